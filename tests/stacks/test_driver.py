"""A version whose shares a controller moves runs where there is one."""

from stacks.driver import driver_problems
from stacks.load import read_stack
from tests.releases.test_checks import loaded

DRIVEN = loaded(change={"rollout": {"driver": "controller"}})


def test_a_controller_that_is_not_there_is_said_with_the_way_out():
    assert list(driver_problems("models.minilm.versions.v1", DRIVEN, has_loops=False)) == [
        (
            "models.minilm.versions.v1: releases/models/minilm/v1/release.yaml: rollout.driver: a controller moves its "
            "shares, and no stack here has one; add loops and durable to this stack or to its upstream, or serve a "
            "version whose record says driver: stack"
        )
    ]


PROMISED = loaded(
    change={
        "slo": {"objectives": [{"indicator": "quality", "target": 0.95, "signal": "prompt-tokens"}]},
        "drift": {"signals": [{"name": "prompt-tokens", "reference": "sha256:" + "0" * 64}]},
    },
    base="chat-on-gpu",
)


def test_an_objective_of_quality_needs_somebody_who_looks():
    assert list(driver_problems("models.chat.versions.v1", PROMISED, has_loops=False)) == [
        (
            "models.chat.versions.v1: releases/models/support-chat/v1/release.yaml: slo.objectives.0: "
            "quality-prompt-tokens is told by the loops' worker of drift, and no stack here has one; add loops and "
            "durable to this stack or to its upstream"
        )
    ]
    assert list(driver_problems("models.chat.versions.v1", PROMISED, has_loops=True)) == []


def test_where_loops_are_here_or_above_and_where_the_stack_moves_them_nothing_is_said():
    assert list(driver_problems("x", DRIVEN, has_loops=True)) == []
    assert list(driver_problems("x", loaded(), has_loops=False)) == []
    assert read_stack("dev").places.has_loops
    assert read_stack("prod-models").places.has_loops
    assert not read_stack("staging-models").places.has_loops
