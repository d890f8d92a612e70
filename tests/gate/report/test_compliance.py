"""Where a stack stands with controls and rules: nothing is said to hold of which nothing was looked at."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from facts.controls import frameworks
from gate.checkov.opinion import not_asked
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.judgement import assess
from gate.report.compliance import compliance
from policies.engine.evaluate import Finding, Undecided
from tests.captured import captured
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def report():
    said, _ = assess(
        captured("prod").graph,
        subject="stack prod",
        stack="prod",
        today=date(2026, 11, 29),
        waivers=load_waivers(ROOT / "policies" / "waivers.yaml"),
        opinion=not_asked("no"),
    )
    return said


def control(report, name, framework="CIS EKS"):
    return next(c for c in compliance(report).frameworks[framework] if c.control == name)


def test_every_control_of_every_framework_stands_somewhere(report):
    found = compliance(report).frameworks
    assert {name: len(held) for name, held in found.items()} == {
        framework.name: len(framework.controls) for framework in frameworks().values()
    }


def test_what_rules_looked_at_is_what_was_judged(report):
    looked_at = sum(len(one.looked_at) for one in compliance(report).rules)
    assert looked_at == report.decided + len(report.undecided) + len(report.faults)


def test_a_control_holds_with_what_was_looked_at(report):
    api = control(report, "5.4.1")
    assert api.state in {"holds", "holds in part"}
    assert ("aws:eks/cluster:Cluster", 1) in api.kinds


def test_a_control_fails_by_an_open_finding_and_is_waived_by_whom_until_when(report):
    urn = next(r.urn for r in report.resources if r.type == "aws:eks/cluster:Cluster")
    found = Finding(rule="eks-api-not-public", level="mandatory", urn=urn, message="open")
    assert control(replace(report, findings=(found,)), "5.4.1").state == "fails"
    excused = replace(found, waiver="api-for-now (platform, until 2027-01-01)")
    waived = control(replace(report, findings=(excused,)), "5.4.1")
    assert waived.state == "waived"
    assert waived.waivers == ["api-for-now (platform, until 2027-01-01)"]
    both = control(replace(report, findings=(found, excused)), "5.4.1")
    assert both.state == "fails"


def test_a_control_that_could_not_be_decided_does_not_hold(report):
    urn = next(r.urn for r in report.resources if r.type == "aws:eks/cluster:Cluster")
    missing = Undecided(rule="eks-api-not-public", level="mandatory", urn=urn, message="not known")
    assert control(replace(report, undecided=(missing,)), "5.4.1").state == "undecided"


def test_rules_that_were_left_out_hold_nothing(report):
    every = tuple(one.rule for one in compliance(report).rules)
    left = compliance(replace(report, left_out=every))
    assert {one.state for one in left.rules} == {"not asked"}
    states = Counter(c.state for held in left.frameworks.values() for c in held)
    assert set(states) == {"not asked", "not covered"}


def test_of_a_stack_without_models_no_release_is_said_to_pass(report):
    said = {one.rule: one.state for one in compliance(report).rules}
    assert said["release-record"] == "nothing here"
    assert said["objects-match-their-schema"] == "passes"


def test_an_empty_stack_holds_no_control(report):
    bare = replace(report, resources=(), findings=(), undecided=())
    held = [c for held in compliance(bare).frameworks.values() for c in held if c.looked_at]
    assert held == []
