"""What a new measurement of the committed agents is compared with."""

import pytest

from gate.cli.agent_measured import agent_of
from tests.conftest import ROOT
from tools.evaluate_agents import AGENTS, contradictions


def measured(loaded, **changes):
    """What the events say, as the runner would print it."""
    figures = {figure.metric: figure for figure in loaded.state.measured.values()}
    (script,) = {figure.measured_with.script for figure in figures.values()}
    said = {"script": script, "figures": {metric: figure.value for metric, figure in figures.items()}}
    return said | changes


@pytest.mark.parametrize("each", AGENTS, ids=lambda each: each.name)
def test_the_committed_figures_are_of_scripts_that_are_here(each):
    loaded = agent_of(each.name, each.root)
    said = measured(loaded)
    assert list(contradictions(loaded, each.release, said)) == []
    assert (ROOT / each.script).is_file()


def test_another_figure_or_script_is_told_and_what_the_record_does_not_allow():
    loaded = agent_of("agents/incident-triage/v3", ROOT)
    said = measured(loaded)
    worse = said | {"figures": {**said["figures"], "refusals": 0.8}}
    assert list(contradictions(loaded, "support-chat/v1", worse)) == [
        "refusals: measured 0.8, and its event says 1",
        "refusals: measured 0.8, and the record asks for at least 1",
    ]
    other = list(contradictions(loaded, "support-chat/v1", said | {"script": "sha256:" + "1" * 64}))
    assert len(other) == 5
    assert other[0] == ("task-success: measured 1, and no event says so with this script and support-chat/v1")
