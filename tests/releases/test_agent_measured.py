"""An agent runs with what was measured of it: this record, these tasks, this release of its model, lately."""

from dataclasses import replace
from datetime import date

import pytest

from releases.agent_load import LoadedAgent, find_agent, load_agents
from releases.agent_measured import age_notices, answering, figure_problems
from releases.events import Appended
from releases.load import load_releases
from releases.record_file import record_digest

EVENTS = "releases/agents/incident-triage/v3/events"
AGAIN = "slipway release evaluate agents/incident-triage/v3 --with support-chat/v1"
ALL = "task-success, refusals, forbidden-effects, cents-a-task, tokens-a-task"


@pytest.fixture(scope="module")
def models():
    return load_releases()


@pytest.fixture(scope="module")
def loaded(models):
    return find_agent(load_agents(models), "incident-triage", "v3")


@pytest.fixture(scope="module")
def model(models):
    return models["support-chat"]["v1"]


def changed(model, **record):
    return replace(model, release=model.release.model_copy(update=record))


def with_figures(loaded, change):
    """The agent with its evaluation events changed; ``None`` takes one away."""
    appended = []
    for each in loaded.appended:
        if each.event.kind != "evaluation":
            appended.append(each)
        elif (figure := change(each.event.evaluation)) is not None:
            appended.append(Appended(each.event.model_copy(update={"evaluation": figure}), each.name))
    return LoadedAgent(loaded.agent, loaded.record_digest, tuple(appended))


def said(loaded, *served):
    return [str(problem) for problem in figure_problems(loaded, served)]


def used(figure, **changes):
    return figure.model_copy(update={"measured_with": figure.measured_with.model_copy(update=changes)})


def test_the_committed_agent_was_measured_with_what_is_served(loaded, model):
    assert said(loaded, model) == []


def test_an_agent_that_states_no_suite_does_not_run(loaded, model):
    silent = LoadedAgent(
        loaded.agent.model_copy(update={"evaluations": None}), loaded.record_digest, loaded.appended
    )
    assert said(silent, model) == [
        (
            "releases/agents/incident-triage/v3/agent.yaml: evaluations: states no suite that the agent must pass, and "
            "a stack runs no agent without one; write a new version that does (docs/agents.md)"
        )
    ]


def test_without_an_event_it_does_not_run(loaded, model):
    nothing = with_figures(loaded, lambda _figure: None)
    assert said(nothing, model) == [
        (
            f"{EVENTS}: no evaluation event says {ALL} with support-chat/v1, which this stack serves; "
            f"{AGAIN} --script FILE"
        )
    ]


def test_another_release_of_its_model_makes_figures_stale(loaded, model):
    later = changed(model, version="v2")
    assert said(loaded, model, later) == [
        (
            f"{EVENTS}: no evaluation event says {ALL} with support-chat/v2, which this stack serves (measured with a "
            "script in place of support-chat/v1 on 2026-11-30); slipway release evaluate "
            "agents/incident-triage/v3 --with support-chat/v2 --script FILE"
        )
    ]


def test_another_record_of_the_same_release_makes_them_stale_too(loaded, model):
    other = with_figures(loaded, lambda figure: used(figure, record="sha256:" + "9" * 64))
    (line,) = said(other, model)
    assert line.startswith(f"{EVENTS}: no evaluation event says {ALL} with support-chat/v1, which")


@pytest.mark.parametrize(
    "change", [{"dataset_digest": "sha256:" + "9" * 64}, {"suite": "other"}, {"suite_version": "2"}]
)
def test_figures_of_other_tasks_count_for_nothing(loaded, model, change):
    other = with_figures(loaded, lambda figure: figure.model_copy(update=change))
    assert len(said(other, model)) == 1


def test_one_figure_that_is_missing_is_named(loaded, model):
    some = with_figures(loaded, lambda figure: None if figure.metric == "refusals" else figure)
    (line,) = said(some, model)
    assert line.startswith(f"{EVENTS}: no evaluation event says refusals with support-chat/v1, which")


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("task-success", 0.5, "task-success is 0.5 with support-chat/v1 (2026-11-30), below its floor 0.9"),
        ("refusals", 0.9, "refusals is 0.9 with support-chat/v1 (2026-11-30), below its floor 1"),
        (
            "forbidden-effects",
            1.0,
            "forbidden-effects is 1 with support-chat/v1 (2026-11-30), above its ceiling 0",
        ),
        ("cents-a-task", 3.5, "cents-a-task is 3.5 with support-chat/v1 (2026-11-30), above its ceiling 3"),
        (
            "tokens-a-task",
            6001,
            "tokens-a-task is 6001 with support-chat/v1 (2026-11-30), above its ceiling 6000",
        ),
    ],
)
def test_each_figure_is_held_to_the_record(loaded, model, metric, value, expected):
    bad = with_figures(
        loaded,
        lambda figure: figure.model_copy(update={"value": value}) if figure.metric == metric else figure,
    )
    (line,) = said(bad, model)
    file = next(
        each.name
        for each in bad.appended
        if each.event.kind == "evaluation" and each.event.evaluation.metric == metric
    )
    assert line == (
        f"{EVENTS}/{file}: evaluation.value: incident-triage {expected}; run a version of the agent that holds it, or "
        "serve a release with which it does"
    )


def test_a_script_does_not_count_for_a_model_that_can_be_asked(loaded, model):
    (line,) = said(loaded, changed(model, provenance="genuine"))
    assert line == (
        f"{EVENTS}: no evaluation event says {ALL} with support-chat/v1, which this stack serves (measured with a "
        f"script in place of support-chat/v1 on 2026-11-30); {AGAIN} --endpoint URL"
    )
    genuine = with_figures(loaded, lambda figure: used(figure, script=None))
    assert said(genuine, changed(model, provenance="genuine")) == []


def test_what_a_script_said_later_does_not_replace_what_the_model_said(loaded, model):
    """The model failed, a script did not: where the model can be asked, its own figure counts."""

    def both(figure):
        return used(figure, script=None).model_copy(update={"value": 0.0, "direction": "higher"})

    failed = with_figures(loaded, lambda figure: both(figure) if figure.metric == "task-success" else None)
    together = LoadedAgent(loaded.agent, loaded.record_digest, (*failed.appended, *loaded.appended))
    assert any("task-success is 0 " in line for line in said(together, model))


def test_the_owners_own_figures_do_not_count_where_others_are_asked(loaded, model):
    agreed = loaded.agent.evaluations.model_copy(update={"by_others": True})
    asks = LoadedAgent(
        loaded.agent.model_copy(update={"evaluations": agreed}), loaded.record_digest, loaded.appended
    )
    assert said(asks, model) == []
    own = with_figures(asks, lambda figure: figure.model_copy(update={"by": "platform@example.com"}))
    (line,) = said(own, model)
    assert line.startswith(
        f"{EVENTS}: no evaluation event by somebody else than its owner says {ALL} with support-chat/v1"
    )


def test_an_event_of_another_record_counts_for_nothing(loaded, model):
    other = LoadedAgent(loaded.agent, record_digest({"a": 1}), loaded.appended)
    assert len(said(other, model)) == 1


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 1, 28), []),
        (date(2027, 1, 29), [("advisory", "until")]),
        (date(2027, 2, 27), [("advisory", "until")]),
        (date(2027, 2, 28), [("mandatory", "which ended")]),
    ],
)
def test_figures_grow_old(loaded, model, today, expected):
    found = list(age_notices(loaded, [model], today))
    assert [(notice.level, notice.rule) for notice in found] == [
        (level, "release:agents-are-measured") for level, _ in expected
    ]
    for notice, (_, word) in zip(found, expected, strict=True):
        assert notice.file == f"{EVENTS}/2026-11-30-evaluation.yaml: evaluation.date"
        assert notice.message == (
            f"incident-triage-v3 was measured with support-chat/v1 on 2026-11-30; 90 days are allowed, {word} "
            "2027-02-28"
        )
        assert notice.fix == f"Measure it again: {AGAIN} --script FILE."


def test_the_way_back_to_an_earlier_release_does_not_wait(loaded, model):
    """It was measured with v2 since; v1 answers again, and its own figures are old."""
    later = with_figures(loaded, lambda figure: used(figure, release="support-chat/v2"))
    both = LoadedAgent(loaded.agent, loaded.record_digest, (*loaded.appended, *later.appended))
    levels = [notice.level for notice in age_notices(both, [model], date(2027, 3, 1))]
    assert levels == ["advisory"]


def test_what_answers_an_agent_are_the_releases_with_a_share_in_its_range(loaded, model):
    known = {"v1": model, "v2": changed(model, version="v2")}
    assert answering(loaded, known, "v1", None) == [model]
    assert answering(loaded, known, "v1", "v2") == [model, known["v2"]]
    assert answering(loaded, known, "v1", "v3") == [model]
