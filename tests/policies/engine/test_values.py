import pytest

from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError, hours, unfolded


@pytest.mark.parametrize(
    ("duration", "expected"), [("2160h", 2160.0), ("1h30m", 1.5), ("36s", 0.01), ("360000ms", 0.1)]
)
def test_go_durations_are_read_in_hours(duration: str, expected: float) -> None:
    assert hours(duration) == pytest.approx(expected)


def test_a_duration_that_is_not_set_is_none():
    assert (hours(None), hours("")) == (None, None)


@pytest.mark.parametrize("value", ["30d", "720", "720h ", "h", "-1h", 720, UNKNOWN])
def test_what_is_no_duration_is_undecided(value: object) -> None:
    with pytest.raises(UndecidedError):
        hours(value, "expireAfter")


def test_json_text_is_unfolded_and_anything_else_is_as_it_is():
    assert unfolded('{"a": [1]}') == {"a": [1]}
    assert (unfolded(None), unfolded({"a": 1})) == (None, {"a": 1})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('{"a": 1, "a": 2}', "a stands there twice"),
        ("no JSON", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_json_that_cannot_be_read_one_way_is_undecided(said: str, reason: str) -> None:
    with pytest.raises(UndecidedError, match=reason):
        unfolded(said, "policy")
