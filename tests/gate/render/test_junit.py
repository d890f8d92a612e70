"""JUnit that CI lists: one case a rule, red exactly where the verdict is."""

import re
from xml.etree import ElementTree as ET

from gate.render.junit import as_junit
from gate.report.report import Report
from policies.engine.catalog import PLATFORM, RULES
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import Graph
from tests.policies.cases import resource

QUEUE = resource("aws:sqs/queue:Queue", {}, "jobs")


def finding(rule, message, **changes):
    return Finding(**{"rule": rule, "level": "mandatory", "urn": QUEUE.urn, "message": message} | changes)


def cases(**given):
    report = Report(subject="stack test", judged_on="2026-11-23", resources=(QUEUE,), **given)
    root = ET.fromstring(as_junit(report))  # noqa: S314 our own text
    suite = root.find("testsuite")
    counted = {k: int(suite.get(k)) for k in ("tests", "failures", "errors", "skipped")}
    return counted, {c.get("name"): c for c in suite}


def test_every_rule_is_a_case_and_what_nothing_falls_under_is_skipped():
    counted, found = cases()
    judging = Graph([QUEUE])
    applies = sorted(r.id for r in RULES if judging.of_type(*r.applies_to))
    assert sorted(found) == sorted(r.id for r in RULES)
    assert applies != []
    judged = sorted(name for name, case in found.items() if case.find("skipped") is None)
    assert judged == applies
    assert counted == {"tests": len(RULES), "failures": 0, "errors": 0, "skipped": len(RULES) - len(judged)}


def test_open_mandatory_findings_and_what_is_undecided_fail():
    counted, found = cases(
        findings=(
            finding("a", "one"),
            finding("a", "two"),
            finding("b", "waived", waiver="w (ml, until 2027-01-01)"),
            finding("c", "better", level="advisory"),
        ),
        undecided=(Undecided(rule="d", level="mandatory", urn=QUEUE.urn, message="not known"),),
    )
    label = "aws:sqs/queue:Queue jobs"
    assert counted["failures"] == 2
    assert found["a"].find("failure").text == f"mandatory: {label}: one\nmandatory: {label}: two"
    assert found["d"].find("failure").text == f"undecided: {label}: not known"
    assert found["b"].find("failure") is None
    assert (
        found["b"].findtext("system-out") == f"mandatory: {label}: waived [waived: w (ml, until 2027-01-01)]"
    )
    assert found["c"].findtext("system-out") == f"advisory: {label}: better"


def test_a_fault_is_an_error():
    counted, found = cases(faults=("rule x: KeyError",))
    assert counted["errors"] == 1
    assert found["fault 1"].find("error").get("message") == "rule x: KeyError"


def test_no_text_breaks_the_file():
    hostile = ']]> <a & "b" \x00\x1b\ud800\ufffe\uffff\r'
    report = Report(
        subject=hostile, judged_on="2026-11-23", resources=(QUEUE,), findings=(finding("a", hostile),)
    )
    text = as_junit(report)
    ET.fromstring(text)  # noqa: S314 our own text
    assert re.search("[\x00-\x09\x0b-\x1f\ufffe\uffff]", text) is None
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    assert text == as_junit(report)


def test_rules_of_a_pack_that_was_not_asked_are_no_pass():
    _, found = cases(pack="portable")
    skipped = {name for name, case in found.items() if case.find("skipped") is not None}
    assert skipped >= PLATFORM
    said = {found[rule].find("skipped").get("message") for rule in PLATFORM}
    assert said == {"of a pack that was not asked (--pack all)"}


def test_a_line_begins_with_the_file_it_comes_from():
    _, found = cases(findings=(finding("a", "one", file="components/x.py"),))
    assert found["a"].find("failure").text == "components/x.py: mandatory: aws:sqs/queue:Queue jobs: one"
