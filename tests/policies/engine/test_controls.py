"""Rules and controls: nothing is left out, nothing is claimed twice or against the frameworks' own words."""

import re
from datetime import date

import pytest

from facts.controls import Control, Framework, frameworks
from policies.engine.catalog import RULES
from policies.engine.controls import (
    Check,
    Mapped,
    NoControl,
    committed,
    mapped,
    problems,
    standings,
    tags_of,
    why_none,
)
from releases.dated import notices
from tests.conftest import ROOT

LEVELS = {rule.id: rule.level for rule in RULES}


def test_every_rule_names_its_controls_and_every_control_stands_somewhere():
    """A rule was added without its controls, or a control changed: each line says what to do."""
    assert "\n".join(problems(mapped(), frameworks(), LEVELS)) == ""


def framework(**controls):
    return {
        "f": Framework(
            name="F",
            document="F",
            version="1",
            source="https://f.example",
            read=date(2026, 1, 1),
            controls=controls,
        )
    }


def control(**said):
    return Control(title="What it asks", **said)


HELD = framework(a=control())
HALF = control(partly="half of it")
UNTOLD = control(not_decidable="nobody tells")
NOT_YET = control(not_yet="a rule for it")


def said(rules, known=HELD, levels=None, checks=None):
    mapping = Mapped(rules=rules, checks=checks or {})
    return list(problems(mapping, known, levels if levels is not None else {"r": "mandatory"}))


def test_a_whole_mapping_has_no_problem():
    assert said({"r": ["f:a"]}) == []
    assert said({"r": NoControl(none="no framework asks for it")}, framework(a=NOT_YET)) == []


@pytest.mark.parametrize(
    ("rules", "known", "problem"),
    [
        (
            {},
            framework(a=NOT_YET),
            "r: name the controls it holds in policies/controls.yaml, or say none: and why",
        ),
        ({"r": ["f:a"], "gone": ["f:a"]}, HELD, "gone: there is no such rule; allowed are r"),
        ({"r": ["f:a", "f:b"]}, HELD, "r: there is no control f:b; did you mean f:a?"),
        ({"r": ["f:a", "g:a"]}, HELD, "r: there is no control g:a; did you mean f:a?"),
        ({"r": ["f:a", "f:a"]}, HELD, "r: names a control twice"),
        ({"r": ["f:a"]}, framework(a=NOT_YET), "f:a: said to be not yet, but held by r"),
        ({"r": ["f:a"]}, framework(a=UNTOLD), "f:a: said to be not decidable, but held by r"),
        (
            {"r": ["f:a"]},
            framework(a=control(), b=control()),
            "f:b: nothing holds it: say not_decidable: or not_yet: and why",
        ),
        ({"r": ["f:a"]}, framework(a=control(), b=HALF), "f:b: said to be held partly, but nothing holds it"),
    ],
)
def test_what_does_not_fit_is_told(rules, known, problem):
    assert said(rules, known) == [problem]


def test_advice_enforces_nothing():
    assert said({"r": ["f:a"]}, levels={"r": "advisory"}) == ["f:a: only advised by r: say partly:"]
    assert said({"r": ["f:a"]}, framework(a=control(partly="it is advice")), {"r": "advisory"}) == []
    both = {"r": "advisory", "s": "mandatory"}
    assert said({"r": ["f:a"], "s": ["f:a"]}, levels=both) == []


def test_other_checks_hold_controls_too():
    check = {"c": Check(what="what the gate asks besides", holds=["f:a"])}
    assert said({"r": NoControl(none="no framework asks for it")}, checks=check) == []


def test_each_control_is_in_one_state():
    known = framework(a=control(), b=HALF, c=UNTOLD, d=NOT_YET)
    found = standings(Mapped(rules={"s": ["f:a"], "r": ["f:b", "f:a"]}, checks={}), known)["f"]
    assert [(s.tag, s.state, s.by, s.said) for s in found] == [
        ("f:a", "enforced", ("r", "s"), ""),
        ("f:b", "partly", ("r",), "half of it"),
        ("f:c", "not decidable", (), "nobody tells"),
        ("f:d", "not yet", (), "a rule for it"),
    ]


def test_rules_say_their_controls_or_why_there_are_none():
    assert tags_of("eks-api-not-public") == (
        "cis-eks:5.4.1",
        "cis-eks:5.4.2",
        "fsbp:EKS.1",
        "nsa:network/control-plane",
    )
    assert why_none("eks-api-not-public") == ""
    assert tags_of("add-ons-wait-for-nodes") == tags_of("checkov:CKV_AWS_1") == ()
    assert why_none("add-ons-wait-for-nodes") == "how a rollout succeeds; no framework asks for an order"


def test_checks_are_there():
    """Names of what the gate asks besides rules; a release's notices are read from where they are made."""
    files = (
        "releases/agent_measured.py",
        "releases/dated.py",
        "releases/measured.py",
        "gate/evaluate/share_findings.py",
    )
    text = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
    made = {name for name in mapped().checks if name.startswith("release:")}
    assert notices.__module__ == "releases.dated"
    assert {name for name in made if f'"{name}"' not in text} == set()
    assert set(re.findall(r'(?:rule=|RULE: Final = )"(release:[a-z-]+)"', text)) == made
    assert mapped().checks.keys() - made == {"objects-match-their-schema", "release-record", "waivers"}


def test_some_answers_stay_honest():
    states = {standing.tag: standing.state for found in committed().values() for standing in found}
    assert states["cis-eks:4.1.7"] == "enforced"
    assert states["fsbp:EKS.1"] == "partly"
    assert states["owasp-llm:LLM01"] == "not decidable"
    assert states["nsa:logging/nodes-and-containers"] == "not yet"
