"""What the screen says."""

from tools.local.layout import Layout
from tools.local.status import events, text

SAID = {
    "processes": {"gateway": True, "worker": False},
    "shares": {"v1": 90, "v2": 10},
    "answered": {"v1": {"good": 161, "bad": 0}, "v2": {"good": 19, "bad": 1}},
    "answered_in_all": {},
    "budget": {"availability": -2.0767, "latency-2500ms": 0.88},
    "alerts": ["ErrorBudgetBurnFast availability"],
    "faults": {"v1": "no fault", "v2": "40% of requests fail"},
    "traffic": "12 requests a second, usual sentences",
    "runs": [{"run": "rollout-minilm", "state": "v2 answers 10 per cent", "ended": ""}],
    "events": ["releases/models/minilm/v2/events/2026-11-29-rollout.yaml"],
}


def test_everything_on_a_line_of_its_own():
    assert text(SAID).splitlines() == [
        "processes   1 of 2 run; ended: worker",
        "shares      v1 90 %, v2 10 %",
        "answered    v1 161 good, 0 bad; v2 19 good, 1 bad (last 15 s, as callers saw it)",
        "budget      availability -208% left, latency-2500ms 88% left",
        "alerts      ErrorBudgetBurnFast availability",
        "fault       v2: 40% of requests fail",
        "traffic     12 requests a second, usual sentences",
        "run         rollout-minilm: v2 answers 10 per cent",
        "events      1, in the folder organisation",
        "            minilm/v2/events/2026-11-29-rollout.yaml",
        "time        an hour of a rule is a minute here, a minute is a second",
    ]


def test_what_does_not_answer_hides_nothing_else():
    silent = {**SAID, "shares": None, "answered": None, "budget": None, "alerts": None, "runs": None}
    said = text(silent).splitlines()
    assert said[1:5] == [
        "shares      does not answer",
        "answered    does not answer",
        "budget      does not answer",
        "alerts      does not answer",
    ]
    assert "runs        do not answer" in said


def test_before_anything_was_counted():
    said = text({**SAID, "budget": {}, "alerts": [], "runs": []}).splitlines()
    assert "budget      counted after the first minute" in said
    assert "alerts      none fires" in said
    assert "runs        none yet" in said


def test_events_are_listed_by_version(tmp_path):
    layout = Layout(tmp_path)
    for version, name in (("v2", "b.yaml"), ("v1", "c.yaml"), ("v2", "a.yaml")):
        folder = layout.models / "minilm" / version / "events"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert events(layout) == [
        "releases/models/minilm/v1/events/c.yaml",
        "releases/models/minilm/v2/events/a.yaml",
        "releases/models/minilm/v2/events/b.yaml",
    ]
