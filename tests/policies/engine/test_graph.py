"""What is told to the last leaf, and what holds a gap somewhere."""

import pytest

from policies.engine.graph import UNKNOWN, is_told


@pytest.mark.parametrize("value", ["a", 1, 1.5, True, {}, [], {"a": [{"b": 1}, "c"]}], ids=repr)
def test_plain_data_is_told(value):
    assert is_told(value)


@pytest.mark.parametrize(
    "value", [None, UNKNOWN, {"a": None}, [UNKNOWN], {"a": {"b": [1, UNKNOWN]}}, {"a": (1,)}, (1,)], ids=repr
)
def test_a_gap_anywhere_is_seen(value):
    assert not is_told(value)
