"""--only and --skip: what is applied, what is said to be left out, and what is refused."""

import json
from datetime import date
from xml.etree.ElementTree import fromstring

import pytest

from gate.checkov.opinion import not_asked
from gate.core.errors import GateError
from gate.deploy.findings import RULE
from gate.evaluate.judgement import SHAPE_RULE, assess
from gate.evaluate.preview import Options
from gate.evaluate.selection import EVERYTHING, OTHERS, Selection, selected
from gate.evaluate.unused_waivers import unused_waivers
from gate.render.junit import as_junit
from gate.render.markdown import as_markdown
from gate.render.sarif import as_sarif
from policies.engine.catalog import RULES
from policies.engine.graph import Graph, Resource

POD = Resource(
    urn="pod",
    type="kubernetes:core/v1:Pod",
    name="x",
    inputs={
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x", "namespace": "n"},
        "spec": {"containers": [{"name": "a", "image": "x"}]},
    },
)


def report(only=(), skip=()):
    return assess(
        Graph([POD]),
        subject="x",
        stack="x",
        today=date(2026, 11, 28),
        waivers={},
        opinion=not_asked("not asked"),
        selection=selected(only, skip),
    )[0]


def test_nothing_is_left_out_by_itself():
    everything = report()
    assert everything.left_out == ()
    assert {"images-are-pinned", "containers-are-bounded"} <= {f.rule for f in everything.findings}


def test_only_what_is_named_is_applied():
    found = report(only=["containers-are-bounded"])
    assert {f.rule for f in found.findings} == {"containers-are-bounded"}
    assert len(found.left_out) == len(RULES) + len(OTHERS)  # all but one, and all of checkov's
    assert found.left_out[-1] == "checkov:*"


def test_what_is_skipped_is_said_in_every_format():
    found = report(skip=["images-*"])
    left = sorted(r.id for r in RULES if r.id.startswith("images-"))
    assert found.left_out == left
    assert not {f.rule for f in found.findings} & set(left)
    assert f"**Left out** by `--only` or `--skip` ({len(left)}): `{left[0]}`" in as_markdown(found)
    assert json.loads(json.dumps(found.as_data()))["left_out"] == left
    (invocation,) = as_sarif(found)["runs"][0]["invocations"]
    assert [o["descriptor"]["id"] for o in invocation["ruleConfigurationOverrides"]] == left
    skipped = {
        case.get("name")
        for case in fromstring(as_junit(found)).iter("testcase")  # noqa: S314 made here
        if (why := case.find("skipped")) is not None and why.get("message") == "left out by --only or --skip"
    }
    assert skipped == set(left)


@pytest.mark.parametrize(
    ("only", "skip", "asks"),
    [
        ((), (), True),
        (("pods-*",), (), False),
        (("checkov:CKV_AWS_7",), (), True),
        (("*",), (), True),
        ((), ("checkov:*",), False),
        ((), ("checkov:CKV_AWS_7",), True),
    ],
)
def test_checkov_is_asked_where_its_checks_may_count(only, skip, asks):
    selection = selected(only, skip)
    assert selection.takes_checkov is asks
    assert Options(today=date(2026, 11, 28), selection=selection).asks_checkov is asks
    assert not selected((), ("checkov:CKV_AWS_7",)).takes("checkov:CKV_AWS_7")


def test_a_pattern_that_fits_nothing_is_refused():
    with pytest.raises(GateError) as refused:
        selected(["keys-rotat"], ["azure-*"])
    assert list(refused.value.problems) == [
        "--only keys-rotat: fits no rule; did you mean kms-keys-rotate?",
        "--skip azure-*: fits no rule; slipway policies lists them",
    ]
    with pytest.raises(GateError) as empty:
        selected(["kms-keys-rotate"], ["kms-keys-*"])
    assert list(empty.value.problems) == ["--only and --skip leave no rule"]


def test_a_waiver_of_a_rule_that_was_left_out_is_not_unused():
    waiver = "waiver"
    assert any(waiver in line for line in unused_waivers([], Options(today=date(2026, 11, 28)))) is False
    assert Selection(skip=("checkov:*",)).takes("kms-keys-rotate")
    assert EVERYTHING.takes("anything")


def test_names_of_findings_that_no_rule_makes_are_known():
    assert {SHAPE_RULE, RULE} <= set(OTHERS)
