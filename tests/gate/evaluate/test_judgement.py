"""From a graph to a verdict: rules that break, what is undecided, waivers, and the report's contract."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from gate.checkov.opinion import Opinion, not_asked
from gate.evaluate.apply_waivers import waive
from gate.evaluate.judgement import SHAPE_RULE, assess
from gate.report.report import EXIT_CODES
from policies.engine.evaluate import Finding
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError
from policies.engine.waiver import Waiver
from tests.policies.cases import resource

TODAY = date(2026, 11, 23)
QUEUE = resource("aws:sqs/queue:Queue", {"name": "q"}, "jobs")
NONE = not_asked("not asked")
BAD = Offence(path="", problem="bad")


def rule(check, level="mandatory"):
    return Rule(
        id="queues-are-fine", applies_to=(QUEUE.type,), why="w", fix="mend it", check=check, level=level
    )


def judged(check, level="mandatory", *, waivers=None, opinion=NONE, graph=(QUEUE,)):
    return assess(
        Graph(graph), subject="test", stack="dev", today=TODAY, waivers=waivers or {}, opinion=opinion,
        rules=[rule(check, level)],
    )  # fmt: skip


def raising(error):
    def check(_resource, _graph):
        raise error

    return check


def waiver(**changes):
    record = {
        "rule": "queues-are-fine", "resource": f"{QUEUE.type} jobs", "finding": "bad", "stacks": ["dev"],
        "reason": "It is known and accepted for now.", "owner": "ml", "created": date(2026, 11, 1),
        "expires": date(2026, 11, 23),
    }  # fmt: skip
    return Waiver.model_validate(record | changes)


def test_nothing_found_passes():
    report, used = judged(lambda _r, _g: ())
    assert (report.verdict, EXIT_CODES[report.verdict], report.decided, used) == ("pass", 0, 1, frozenset())


@pytest.mark.parametrize(("level", "verdict"), [("mandatory", "fail"), ("advisory", "pass")])
def test_a_finding_fails_if_its_rule_is_mandatory(level, verdict):
    report, _ = judged(lambda _r, _g: [BAD], level)
    assert report.verdict == verdict
    assert [(f.rule, f.level, f.urn, f.message, f.fix) for f in report.findings] == [
        ("queues-are-fine", level, QUEUE.urn, "bad", "mend it")
    ]


@pytest.mark.parametrize(("level", "verdict"), [("mandatory", "fail"), ("advisory", "pass")])
def test_what_is_undecided_fails_if_its_rule_is_mandatory(level, verdict):
    report, _ = judged(raising(UndecidedError("name is not known yet")), level)
    assert (report.verdict, report.decided) == (verdict, 0)
    assert [u.message for u in report.undecided] == ["name is not known yet"]


@pytest.mark.parametrize("level", ["mandatory", "advisory"])
def test_a_rule_that_raises_is_an_error(level):
    report, _ = judged(raising(KeyError("tags")), level)
    assert (report.verdict, EXIT_CODES[report.verdict]) == ("error", 2)
    assert report.faults == (f"rule queues-are-fine on {QUEUE.urn}: KeyError: 'tags'",)


@pytest.mark.parametrize(
    "error",
    [
        SystemExit(0),
        GeneratorExit(),
        RecursionError("deep"),
        MemoryError(),
        AssertionError(),
        StopIteration(),
    ],
)
def test_whatever_a_rule_raises_it_ends_nothing_and_is_an_error(error):
    """A rule that calls sys.exit(0) would end ``slipway judge`` with the code of a pass."""
    report, _ = judged(raising(error))
    assert report.verdict == "error"
    assert type(error).__name__ in report.faults[0]


def test_what_a_rule_said_before_it_raised_is_kept():
    def check(_resource, _graph):
        yield BAD
        raise SystemExit(0)

    report, _ = judged(check)
    assert (report.verdict, [f.message for f in report.findings]) == ("error", ["bad"])


def test_a_hand_at_the_keyboard_still_ends_it():
    with pytest.raises(KeyboardInterrupt):
        judged(raising(KeyboardInterrupt()))


@pytest.mark.parametrize(
    "nonsense", [3, "", "bad", None, True, ["x"], b"bad", {}, Offence(path="a", problem="")]
)
def test_a_rule_that_answers_nonsense_is_an_error(nonsense):
    report, _ = judged(lambda _r, _g: [nonsense])
    assert report.verdict == "error"
    assert report.faults == (f"rule queues-are-fine on {QUEUE.urn}: answered {nonsense!r}, not an offence",)


@pytest.mark.parametrize("nonsense", [3, None, True, {}, b"", ""])
def test_a_rule_that_answers_no_list_is_an_error(nonsense):
    report, _ = judged(lambda _r, _g: nonsense)
    assert report.verdict == "error"
    assert "TypeError" in report.faults[0]


def test_a_rule_that_answers_one_text_is_an_error_and_not_a_finding_a_letter():
    report, _ = judged(lambda _r, _g: "bad")
    assert report.verdict == "error"
    assert report.findings == ()


def test_a_fault_outweighs_findings():
    def check(_resource, _graph):
        yield BAD
        raise ValueError("x")

    report, _ = judged(check)
    assert (report.verdict, [f.message for f in report.findings]) == ("error", ["bad"])


def test_checkovs_findings_and_faults_count():
    found = Finding(rule="checkov:CKV_1", level="mandatory", urn=QUEUE.urn, message="Ensure")
    assert judged(lambda _r, _g: (), opinion=Opinion(findings=(found,)))[0].verdict == "fail"
    assert judged(lambda _r, _g: (), opinion=Opinion(faults=("x",)))[0].verdict == "error"


def test_shape_is_judged_with_the_rules():
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "x"},
        "dato": {},
        "data": UNKNOWN,
    }
    report, _ = judged(lambda _r, _g: (), graph=[resource("kubernetes:core/v1:ConfigMap", manifest)])
    assert [(f.rule, f.message) for f in report.findings] == [
        (SHAPE_RULE, "dato: unknown field; did you mean data?")
    ]
    assert [(u.rule, u.message) for u in report.undecided] == [(SHAPE_RULE, "data: is not known yet")]


def test_a_waiver_holds_until_the_end_of_its_last_day():
    report, used = judged(
        lambda _r, _g: [BAD, Offence(path="", problem="worse")], waivers={"w": waiver(finding="bad")}
    )
    assert [(f.message, f.waiver) for f in report.findings] == [
        ("bad", "w (ml, until 2026-11-23)"),
        ("worse", ""),
    ]
    assert (report.verdict, used) == ("fail", {"w"})
    assert judged(lambda _r, _g: [BAD], waivers={"w": waiver()})[0].verdict == "pass"


def test_an_expired_waiver_is_an_error_and_excuses_nothing():
    report, used = judged(lambda _r, _g: [BAD], waivers={"w": waiver(expires=date(2026, 11, 22))})
    assert report.verdict == "error"
    assert report.faults == (
        "waiver w of ml expired on 2026-11-22: queues-are-fine, aws:sqs/queue:Queue jobs",
    )  # fmt: skip
    assert [f.waiver for f in report.findings] == [""]
    assert used == {"w"}


@pytest.mark.parametrize(
    ("created", "verdict"),
    [
        (date(2026, 11, 23), "pass"),
        (date(2026, 11, 24), "pass"),  # tomorrow here is today further east
        (date(2026, 11, 25), "error"),
        (date(2998, 12, 1), "error"),
    ],
)
def test_a_waiver_from_the_future_excuses_nothing_or_half_a_year_would_begin_at_will(created, verdict):
    later = waiver(created=created, expires=created + timedelta(days=180))
    report, used = judged(lambda _r, _g: [BAD], waivers={"w": later})
    assert (report.verdict, used) == (verdict, {"w"})
    if verdict == "error":
        assert report.faults == (
            f"waiver w of ml is dated {created}, which is yet to come: queues-are-fine, aws:sqs/queue:Queue jobs",
        )
        assert [f.waiver for f in report.findings] == [""]


def test_a_waiver_lasts_180_days_and_no_more():
    assert waiver(expires=date(2027, 4, 30)).expires == date(2027, 4, 30)
    with pytest.raises(ValidationError, match="the latest expiry is 2027-04-30"):
        waiver(expires=date(2027, 5, 1))


def test_a_waiver_that_would_excuse_two_resources_of_one_name_is_an_error():
    other = replace(QUEUE, urn=f"{QUEUE.urn}-of-another-component", parent="urn:another")
    report, _ = judged(lambda _r, _g: [BAD], waivers={"w": waiver()}, graph=(QUEUE, other))
    assert report.verdict == "error"
    assert report.faults[0].startswith(
        "waiver w excuses 2 resources that are both called aws:sqs/queue:Queue jobs: rename one"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "queues-are-good"},
        {"resource": "aws:sqs/queue:Queue job"},
        {"resource": "aws:sqs/queue:Queue *"},
        {"finding": "bad "},
        {"finding": "BAD"},
        {"stacks": ["prod"]},
    ],
)
def test_a_waiver_for_anything_else_excuses_nothing(changes):
    report, used = judged(lambda _r, _g: [BAD], waivers={"w": waiver(**changes)})
    assert (report.verdict, used) == ("fail", frozenset())


OPEN = Offence(path="cidrs[0]", problem="is the internet", value="0.0.0.0/0", expected="ranges you own")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"finding": "cidrs[0]", "value": "0.0.0.0/0"}, "pass"),
        ({"finding": "cidrs[0]: is the internet; ranges you own"}, "pass"),
        ({"finding": "cidrs[0]"}, "fail"),
        ({"finding": "cidrs[0]", "value": "10.0.0.0/8"}, "fail"),
        ({"finding": "cidrs[1]", "value": "0.0.0.0/0"}, "fail"),
        ({"finding": "cidrs[0]: is the internet"}, "fail"),
    ],
)
def test_a_waiver_by_path_holds_for_the_value_somebody_read(changes, verdict):
    report, _ = judged(lambda _r, _g: [OPEN], waivers={"w": waiver(**changes)})
    assert report.verdict == verdict


def test_a_waiver_by_path_outlives_its_sentence():
    said = Offence(path="cidrs[0]", problem="is open to everybody", value="0.0.0.0/0")
    w = waiver(finding="cidrs[0]", value="0.0.0.0/0")
    assert judged(lambda _r, _g: [said], waivers={"w": w})[0].verdict == "pass"


def test_a_value_without_a_finding_is_refused():
    with pytest.raises(ValidationError, match="value goes with resource and finding"):
        waiver(finding=None, resource=None, chart="a 1.0", objects={"Pod a/b": ["spec.x"]}, value=3)


def test_a_waiver_names_objects_of_files_by_their_source():
    pod = resource("kubernetes:core/v1:Pod", {"kind": "Pod"}, source="f.yaml#Pod/default/x")
    found = Finding(rule="queues-are-fine", level="mandatory", urn=pod.urn, message="bad")
    waived = waive([found], {"w": waiver(resource="f.yaml#Pod/default/x")}, [pod], "dev", TODAY)
    assert waived.findings[0].waiver == "w (ml, until 2026-11-23)"


def test_the_report_keeps_its_contract():
    report, _ = judged(lambda _r, _g: [BAD])
    data = json.loads(json.dumps(report.as_data()))
    assert set(data) >= {"verdict", "resources", "findings", "undecided", "not_seen"}
    assert set(data["resources"][0]) >= {"urn", "type", "name", "parent", "inputs"}
    assert set(data["findings"][0]) >= {"rule", "level", "urn", "object", "message", "waiver"}
    assert (data["format"], data["judged_on"], data["verdict"]) == (1, "2026-11-23", "fail")
    assert data["summary"] == {
        "resources": 1, "decided": 1, "mandatory_findings": 1, "advisory_findings": 0, "waived": 0,
        "undecided": 0, "faults": 0,
    }  # fmt: skip
    assert "checkov: not asked" in data["not_seen"]
