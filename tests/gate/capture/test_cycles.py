"""The light check for cycles says what the SDK's own says."""

import random

import pytest
from pulumi.runtime import resource_cycle_breaker as sdk

from gate.capture.sdk_patches import patched
from tests.conftest import ROOT

WALK = sdk.declare_dependency


class Node:
    """Any object carries its dependencies, as the SDK keeps them."""


def accepted(pairs: list[tuple[int, int]], size: int) -> list[bool]:
    nodes = [Node() for _ in range(size)]
    return [WALK(nodes[dependent], nodes[dependency]) for dependent, dependency in pairs]


@pytest.mark.parametrize("seed", range(40))
def test_it_accepts_and_refuses_what_the_sdk_does(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret hangs on it
    size = chance.randint(2, 25)
    pairs = [(chance.randrange(size), chance.randrange(size)) for _ in range(4 * size)]

    own = accepted(pairs, size)
    with patched(ROOT):
        light = accepted(pairs, size)

    assert light == own
    assert False in own


def test_afterwards_the_sdk_walks_itself_again() -> None:
    walk, add = sdk._reachable, sdk._add_dep
    with patched(ROOT):
        assert sdk._reachable is not walk
    assert (sdk._reachable, sdk._add_dep) == (walk, add)
