"""What is measured, by whom and on what; figures are appended whatever they say."""

from dataclasses import replace

import pytest

from runtime.loops.names import evaluation_run
from tests.runtime.loops.examples import EVALUATION
from tests.runtime.loops.memory import Parts


@pytest.fixture
def evaluate(runs):
    def run(parts, **changes):
        async def test(environment):
            handle = await environment.client.start_workflow(
                "evaluation",
                replace(EVALUATION, **changes),
                id=evaluation_run("minilm", "v2"),
                task_queue="evaluation",
            )
            return await handle.result()

        return runs(parts, ["evaluation"], test)

    return run


@pytest.mark.parametrize(("value", "word"), [(0.8, "holds"), (0.62, "below its floor")])
def test_a_figure_is_appended_whatever_it_says(evaluate, value, word):
    parts = Parts()
    parts.measurer.value = value
    outcome = evaluate(parts)
    assert (outcome["result"], outcome["reason"]) == (
        word,
        f"spearman {value}, floor 0.7; the stable has 0.86",
    )
    event = parts.events.said[0]
    assert event["who"] == event["evaluation"]["by"] == "slipway-evaluation@dev"
    assert (event["evaluation"]["value"], event["evaluation"]["floor"]) == (value, 0.7)
    assert event["evaluation"]["dataset_digest"] == f"sha256:{'8' * 64}"
    assert "decided_by" not in event


def test_other_files_than_the_record_s_are_not_measured(evaluate):
    parts = Parts()
    parts.measurer.files = "sha256:damaged"
    assert evaluate(parts)["result"] == "refused"
    assert parts.events.said == []


def test_data_that_the_evaluator_may_not_read_is_no_figure(evaluate):
    parts = Parts()
    parts.measurer.data = False
    outcome = evaluate(parts)
    assert (outcome["result"], outcome["reason"]) == ("refused", "no policy permits it")


def test_whoever_made_it_does_not_measure_it(evaluate):
    parts = Parts()
    outcome = evaluate(parts, makers=("slipway-evaluation@dev",))
    assert outcome["reason"] == "whoever-trained-it-does-not-measure-it"
    assert parts.events.said == []


def test_a_record_that_changed_is_not_measured(evaluate):
    parts = Parts()
    parts.releases.known["v2"] = {"record": "sha256:other"}
    assert evaluate(parts)["reason"] == "the record is not the one the run began with"


def test_a_suite_that_refuses_ends_the_run(evaluate):
    parts = Parts()
    parts.measurer.value = ValueError("the suite knows no such task")
    outcome = evaluate(parts)
    assert (outcome["result"], outcome["reason"]) == ("failed", "ValueError: the suite knows no such task")
