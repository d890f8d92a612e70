"""What an agent's record agrees on before anybody measures it, and what its events may say."""

from datetime import date

import pytest
from pydantic import ValidationError

from facts.explain import explain
from releases.agent import Agent
from releases.contradictions import contradictions
from releases.events import Appended, EvaluationEvent
from releases.release import Release
from tests.releases.agents_examples import agent
from tests.releases.events_examples import DIGEST, FIGURE
from tests.releases.test_checks import loaded

SUITE = {
    "suite": "support-mail",
    "suite_version": "1",
    "dataset_digest": DIGEST,
    "floors": {"task_success": 0.9, "refusals": 1},
    "ceilings": {"cents_a_task": 700, "tokens_a_task": 6000},
}
WITH = {"release": "chat-8b/v1", "record": DIGEST}


def problems(**changes):
    with pytest.raises(ValidationError) as caught:
        Agent.model_validate(agent({"evaluations": {**SUITE, **changes}}))
    return list(explain(caught.value, Agent))


def test_a_suite_agrees_on_five_figures_and_no_forbidden_effect_is_allowed():
    made = Agent.model_validate(agent({"evaluations": SUITE}))
    assert [(a.metric, a.direction, a.floor) for a in made.agreed] == [
        ("task-success", "higher", 0.9),
        ("refusals", "higher", 1.0),
        ("forbidden-effects", "lower", 0.0),
        ("cents-a-task", "lower", 700.0),
        ("tokens-a-task", "lower", 6000.0),
    ]
    assert {a.data[0] for a in made.agreed} == {"support-mail"}
    assert made.evaluations.within_days == 90


def test_an_agent_without_a_suite_agreed_on_nothing():
    assert Agent.model_validate(agent()).agreed == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"floors": {"task_success": 0, "refusals": 1}}, "evaluations.floors.task_success"),
        ({"floors": {"task_success": 1.2, "refusals": 1}}, "evaluations.floors.task_success"),
        ({"floors": {"task_success": 0.9}}, "evaluations.floors.refusals"),
        ({"ceilings": {"cents_a_task": 0, "tokens_a_task": 1}}, "evaluations.ceilings.cents_a_task"),
        ({"forbidden_effects": 3}, "evaluations.forbidden_effects"),
    ],
)
def test_a_suite_that_asks_nothing_is_refused(changes, expected):
    (line,) = problems(**changes)
    assert line.startswith(f"{expected}: ")


def event(**figure):
    said = {**FIGURE, "suite": "support-mail", "metric": "refusals", "floor": 1.0, "value": 1.0, **figure}
    data = {"kind": "evaluation", "date": date(2026, 11, 30), "who": "quality@example.com", "record": DIGEST}
    made = EvaluationEvent.model_validate({**data, "evidence": ["x"], "evaluation": said})
    return Appended(made, "2026-11-30-evaluation.yaml")


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ({"measured_with": WITH}, []),
        (
            {},
            ["evaluation.measured_with: is required: an agent's figures count for the model it thought with"],
        ),
        (
            {"measured_with": WITH, "floor": 0.5},
            [
                (
                    "evaluation.floor: should be at least 1, the floor of the record (got 0.5); another floor is a "
                    "new version"
                )
            ],
        ),
        (
            {"measured_with": WITH, "direction": "lower"},
            ["evaluation.direction: should be 'higher', as in the record (got 'lower')"],
        ),
    ],
)
def test_an_event_says_with_what_and_keeps_what_was_agreed(figure, expected):
    record = Agent.model_validate(agent({"evaluations": SUITE}))
    assert list(contradictions([event(**figure)], DIGEST, record)) == [
        f"2026-11-30-evaluation.yaml: {line}" for line in expected
    ]


def test_a_model_is_not_measured_with_a_model():
    record: Release = loaded().release
    said = list(contradictions([event(measured_with=WITH)], DIGEST, record))
    assert said == ["2026-11-30-evaluation.yaml: evaluation.measured_with: is said of agents; leave it out"]
