"""What comes next in a rollout, and what would be left out."""

import pytest

from releases.rollout import Rollout
from releases.steps import Shares, StepError, promoted, skipped_steps

CANARY, AT_ONCE = Rollout(), Rollout(strategy="blue-green")


@pytest.mark.parametrize(
    ("now", "rollout", "to", "after", "skipped"),
    [
        (Shares("v1"), CANARY, None, Shares("v1", "v2", 1), []),
        (Shares("v1", "v2", 1), CANARY, None, Shares("v1", "v2", 10), []),
        (Shares("v1", "v2", 7), CANARY, None, Shares("v1", "v2", 10), []),
        (Shares("v1", "v2", 50), CANARY, None, Shares("v2"), []),
        (Shares("v1"), CANARY, 50, Shares("v1", "v2", 50), [1, 10]),
        (Shares("v1", "v2", 1), CANARY, 100, Shares("v2"), [10, 50]),
        (Shares("v1"), AT_ONCE, None, Shares("v1", "v2", 1), []),
        (Shares("v1", "v2", 1), AT_ONCE, None, Shares("v2"), []),
    ],
)
def test_the_next_step(now, rollout, to, after, skipped):
    assert promoted(now, "v2", rollout, to) == after
    assert list(skipped_steps(now, after, "v2", rollout)) == skipped


@pytest.mark.parametrize(
    ("now", "to", "message"),
    [
        (Shares("v2"), None, "v2 answers everything that no candidate does; there is nothing to promote"),
        (Shares("v1", "v3", 1), None, "v3 is the candidate; promote it or roll it back first"),
        (Shares("v1"), 7, r"a candidate \(canary\) may be given 1, 10, 50, 100 per cent \(got 7\)"),
        (
            Shares("v1", "v2", 10),
            10,
            "it has 10 per cent already; slipway release rollback takes a share back",
        ),
    ],
)
def test_a_step_that_is_none_is_said(now, to, message):
    with pytest.raises(StepError, match=message):
        promoted(now, "v2", CANARY, to)


def test_shares_are_written_as_a_stack_file_has_them():
    assert Shares("v1", "v2", 10).data == {"stable": "v1", "candidate": "v2", "percent": 10}
    assert Shares("v1").data == {"stable": "v1"}
    assert [Shares("v1", "v2", 10).of(version) for version in ("v1", "v2", "v3")] == [90, 10, 0]
