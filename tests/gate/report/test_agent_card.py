"""An agent's card holds what its record, the stack's file and the report say."""

from dataclasses import replace
from datetime import date

import pytest

from gate.checkov.opinion import not_asked
from gate.evaluate.judgement import assess
from gate.report.agent_card import agent_cards
from gate.report.traffic import traffic
from releases.agent_limits import ReadOnly
from releases.fail_soft import PoliteRefusal
from stacks.load import read_stack
from tests.captured import captured


@pytest.fixture(scope="module")
def judged():
    stack = read_stack("dev")
    report, _ = assess(
        captured("dev").graph,
        subject="stack dev",
        stack="dev",
        today=date(2026, 11, 30),
        waivers={},
        opinion=not_asked("no"),
        rules=(),
        shares=traffic(stack),
    )
    return stack, report


def _with(stack, **changed):
    """The stack with another record of its agent."""
    chosen = stack.agents["incident-triage"]
    loaded = type(chosen.loaded)(
        chosen.agent.model_copy(update=changed), chosen.loaded.record_digest, chosen.loaded.appended
    )
    return replace(stack, agents={"incident-triage": replace(chosen, loaded=loaded)})


def test_it_says_which_tools_change_something_and_who_is_asked_before(judged):
    [card] = agent_cards(*judged)

    assert [(t.name, t.kind, t.undone, t.asked, t.costs) for t in card.tools] == [
        ("read-alerts", "read", "changes nothing", "nobody is asked", "nothing"),
        ("read-figures", "read", "changes nothing", "nobody is asked", "nothing"),
        ("read-events", "read", "changes nothing", "nobody is asked", "nothing"),
        ("take-away", "irreversible", "nothing undoes it", "on-call within 30 min", "nothing"),
    ]
    [group] = card.groups
    assert (group.name, group.effects, group.within) == ("on-call", ["irreversible"], "30 min")
    assert group.people


def test_it_says_with_what_it_thinks_and_within_which_limits(judged):
    [card] = agent_cards(*judged)

    assert card.thinks_with == ["v1"]
    assert card.callers == {"reason": "triage-reason", "plan": "triage-plan"}
    assert card.limits == {
        "reason": "20 requests a minute and 40000 tokens a minute",
        "plan": "20 requests a minute and 40000 tokens a minute",
    }


def test_it_says_what_was_decided_promised_and_what_a_task_costs(judged):
    [card] = agent_cards(*judged)

    assert card.state == "approved"
    assert card.decided == ["approved by model-risk@example.com on 2026-11-30"]
    assert card.promises == ["80% of tasks are done, over 28 days"]
    assert card.fails == ["on-call take over, with everything the run found"]
    assert card.most == "0.03"
    assert card.cost_query == (
        'sum(increase(slipway_agent_cents{agent="incident-triage"}[7d])) '
        '/ sum(increase(slipway_agent_runs{agent="incident-triage"}[7d]))'
    )


def test_an_agent_nobody_approved_that_promises_nothing_says_so(judged):
    stack, report = judged
    loaded = stack.agents["incident-triage"].loaded
    bare = type(loaded)(loaded.agent.model_copy(update={"slo": None}), loaded.record_digest)
    without = replace(stack, agents={"a": replace(stack.agents["incident-triage"], loaded=bare)})

    [card] = agent_cards(without, report)

    assert (card.state, card.decided, card.promises) == ("not approved", ["nobody approved it"], [])


def test_what_happens_when_it_cannot_finish_stands_in_its_order(judged):
    stack, report = judged
    steps = [
        ReadOnly(kind="read-only"),
        PoliteRefusal(kind="polite-refusal", message="Ask again later.", retry_after_seconds=30),
    ]

    [card] = agent_cards(_with(stack, fail_soft=steps), report)

    assert card.fails == [
        "it goes on, and calls only tools that change nothing",
        "whoever asked reads: Ask again later.",
    ]


def test_it_says_each_figure_and_what_it_must_be(judged):
    [card] = agent_cards(*judged)

    assert [(f.metric, f.value, f.wanted, f.holds) for f in card.figures] == [
        ("task-success", "1", "at least 0.9", True),
        ("refusals", "1", "at least 1", True),
        ("forbidden-effects", "0", "at most 0", True),
        ("cents-a-task", "1", "at most 3", True),
        ("tokens-a-task", "2009.14", "at most 6000", True),
    ]
    assert {f.measured for f in card.figures} == {
        "with a script in place of support-chat/v1, by evaluation@example.com on 2026-11-30"
    }
    assert card.figures[2].means == "calls with an effect that a task forbids"


def test_a_figure_that_nobody_measured_does_not_hold(judged):
    stack, report = judged
    loaded = stack.agents["incident-triage"].loaded
    bare = type(loaded)(loaded.agent, loaded.record_digest)
    without = replace(stack, agents={"a": replace(stack.agents["incident-triage"], loaded=bare)})

    [card] = agent_cards(without, report)

    assert {(f.value, f.holds, f.measured) for f in card.figures} == {("not measured", False, "")}
