"""Arithmetic of shares: whole, within bounds, never a share for what is taken away."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.loops import moves


@st.composite
def shares(draw):
    count = draw(st.integers(1, 5))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=count - 1, max_size=count - 1)))
    edges = [0, *cuts, 100]
    return {f"v{n + 1}": edges[n + 1] - edges[n] for n in range(count)}


@given(shares(), st.data())
def test_what_is_left_is_whole_and_gives_nothing_to_what_was_taken_away(before, data):
    version = data.draw(st.sampled_from(sorted(before)))
    after = moves.without(before, version)
    if len(before) == 1:
        assert after is None
        return
    assert moves.problem(after) == ""
    assert after[version] == 0
    assert after.keys() == before.keys()
    others = [v for v in before if v != version]
    if any(before[v] for v in others):
        assert all(after[v] >= before[v] for v in others)
        assert all(after[v] == 0 for v in others if before[v] == 0)


@given(st.lists(st.integers(1, 99), unique=True, max_size=6), st.integers(0, 100), st.integers(-5, 105))
def test_only_the_next_step_is_the_next(steps, now, share):
    steps = (*sorted(steps), 100)
    if moves.is_next(steps, now, share):
        assert share in steps
        assert share > now
        assert not [s for s in steps if now < s < share]


def test_what_is_no_share_is_named():
    assert moves.problem({"v1": 60, "v2": 60}) == "shares should add up to 100 (got {'v1': 60, 'v2': 60})"
    assert moves.problem({"v1": 120, "v2": -20}) == (
        "a share should be between 0 and 100 (got {'v1': 120, 'v2': -20})"
    )


def test_all_traffic_goes_to_the_newest_that_is_warm():
    assert moves.without({"v2": 0, "v10": 0, "v11": 100}, "v11") == {"v2": 0, "v10": 100, "v11": 0}


def test_one_other_takes_over_all_of_it():
    assert moves.over({"v1": 20, "v2": 60, "v3": 20}, "v2", "v3") == {"v1": 20, "v2": 0, "v3": 80}
    assert moves.over({"v1": 0, "v2": 100}, "v2", "v1") == {"v1": 100, "v2": 0}


def test_more_than_half_is_the_stable():
    assert [moves.is_stable({"v1": s, "v2": 100 - s}, "v1") for s in (49, 50, 51)] == [False, False, True]


def test_a_version_at_nothing_may_be_left_out():
    assert moves.same({"v1": 100, "v2": 0}, {"v1": 100})
    assert not moves.same({"v1": 99, "v2": 1}, {"v1": 100})
