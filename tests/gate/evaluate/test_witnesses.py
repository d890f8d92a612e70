"""One defect that a rule and checkov find is told once, and nothing that gates is lost on the way."""

from gate.evaluate.witnesses import told_once
from policies.engine.evaluate import Finding
from policies.engine.rule import Rule

RULE = Rule(
    id="keys-rotate",
    applies_to=("aws:kms/key:Key",),
    why="w",
    fix="f",
    check=lambda _r, _g: (),
    same_as=("CKV_AWS_7",),
)
URN = "urn:key"


def ours(**changes):
    return Finding(rule="keys-rotate", level="mandatory", urn=URN, message="does not rotate", **changes)


def theirs(rule="checkov:CKV_AWS_7", urn=URN, waiver=""):
    return Finding(rule=rule, level="mandatory", urn=urn, message="Ensure it rotates", waiver=waiver)


def told(*findings):
    return [(one.rule, one.witnesses) for one in told_once(findings, [RULE])]


def test_what_both_find_is_told_under_our_rule():
    assert told(theirs(), ours()) == [("keys-rotate", ("checkov:CKV_AWS_7",))]


def test_what_only_checkov_finds_stays():
    assert told(theirs()) == [("checkov:CKV_AWS_7", ())]


def test_of_another_resource_or_another_check_both_stay():
    assert told(ours(), theirs(urn="urn:other")) == [("keys-rotate", ()), ("checkov:CKV_AWS_7", ())]
    assert told(ours(), theirs(rule="checkov:CKV_AWS_33")) == [
        ("keys-rotate", ()),
        ("checkov:CKV_AWS_33", ()),
    ]


def test_a_finding_without_a_resource_is_nobodys_twin():
    assert len(told(Finding(rule="keys-rotate", level="mandatory", urn="", message="x"), theirs(urn=""))) == 2


def test_ours_waived_leaves_checkovs_open():
    assert told(ours(waiver="known"), theirs()) == [("keys-rotate", ()), ("checkov:CKV_AWS_7", ())]


def test_both_waived_or_only_checkovs_is_one_finding():
    assert told(ours(waiver="known"), theirs(waiver="w")) == [("keys-rotate", ("checkov:CKV_AWS_7",))]
    assert told(ours(), theirs(waiver="w")) == [("keys-rotate", ("checkov:CKV_AWS_7",))]


def test_an_advisory_of_ours_takes_nothing_that_gates():
    advisory = Finding(rule="keys-rotate", level="advisory", urn=URN, message="does not rotate")
    assert told(advisory, theirs()) == [("keys-rotate", ()), ("checkov:CKV_AWS_7", ())]
