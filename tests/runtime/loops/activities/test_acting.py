"""The activity that acts: within the record whatever a workflow asks for, and as nobody but its own kind."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.loops import moves
from runtime.loops.activities.acting import Acting, BoundsError, RefusedError
from runtime.loops.contract import Decision, Question
from runtime.loops.questions import NOBODY
from runtime.loops.steps import Change, Opening, Proposal, Saying
from tests.runtime.loops.examples import BOUNDS, V2
from tests.runtime.loops.memory import Parts
from tests.runtime.loops.test_moves import shares

HOME = {"v1": 100, "v2": 0}


class Everything:
    """A policy that permits whatever it is asked: what bounds hold alone."""

    def decide(self, _question):
        return Decision(answer="allowed", policies=("all",), inputs="", policy_set="")


def change(**changes):
    return Change(
        **{
            "kind": "rollout",
            "environment": "dev",
            "action": "step",
            "release": V2,
            "stable": "v1",
            "before": HOME,
            "after": {"v1": 95, "v2": 5},
            "today": "2026-11-29",
            "reason": "",
            "approval": NOBODY,
            **changes,
        }
    )


@given(shares(), shares(), st.sampled_from(["step", "promotion", "rollback", "take-away"]))
def test_no_share_outside_the_record_is_ever_written(before, after, action):
    """Whatever is asked for, by a policy that lets all of it."""
    parts = Parts(**before)
    parts.policy = Everything()
    with contextlib.suppress(BoundsError):
        Acting(parts.world(), "rollout").set_shares(change(before=before, after=after, action=action))
    stands = parts.shares.read("minilm")
    assert moves.problem(stands) == ""
    if not moves.same(stands, before):
        given_ = stands.get("v2", 0)
        now = before.get("v2", 0)
        if action in ("step", "promotion"):
            assert given_ in BOUNDS.steps
            assert moves.is_next(BOUNDS.steps, now, given_)
        else:
            assert given_ == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"after": {"v1": 75, "v2": 25}}, r"25 per cent is not the step after 0 in \[5, 25, 50, 100\]$"),
        ({"after": {"v1": 93, "v2": 7}}, r"7 per cent is not the step after 0"),
        ({"after": {"v3": 95, "v2": 5}}, r"a step is between v1 and v2 alone"),
        ({"after": {"v1": 95, "v2": 6}}, r"shares should add up to 100"),
        ({"action": "rollback"}, r"rollback takes all traffic of v2 away"),
    ],
)
def test_what_is_out_of_bounds_is_named(changes, said):
    parts = Parts(v1=100)
    with pytest.raises(BoundsError, match=said):
        Acting(parts.world(), "rollout").set_shares(change(**changes))
    assert parts.shares.written == []


AWAY = {"action": "take-away", "before": {"v1": 20, "v2": 60, "v3": 20}, "target": "v3"}
TO_V3 = {"v1": 20, "v2": 0, "v3": 80}


@pytest.mark.parametrize(
    ("fallback", "after", "said"),
    [
        ("v1", TO_V3, r"v3 is not the fallback that the record of v2 names \(v1\)"),
        ("", TO_V3, r"v3 is not the fallback that the record of v2 names \(none\)"),
        ("v3", {"v1": 50, "v2": 0, "v3": 50}, r"all of v2 goes to v3, and nothing else moves"),
    ],
)
def test_only_the_record_s_fallback_takes_over(fallback, after, said):
    parts = Parts(**AWAY["before"])
    parts.policy = Everything()
    parts.releases.known["v2"] = {"fallback": fallback}
    with pytest.raises(BoundsError, match=said):
        Acting(parts.world(), "rollout").set_shares(change(**AWAY, after=after))
    assert parts.shares.written == []


@pytest.mark.parametrize(("word", "done"), [("approved", True), ("deprecated", True), ("revoked", False)])
def test_a_fallback_that_may_not_be_served_gets_nothing_whatever_policy_says(word, done):
    parts = Parts(**AWAY["before"])
    parts.policy = Everything()
    parts.releases.known["v2"], parts.releases.known["v3"] = {"fallback": "v3"}, {"word": word}
    acted = Acting(parts.world(), "rollout").set_shares(change(**AWAY, after=TO_V3))
    assert acted.done is done
    assert parts.shares.written == ([TO_V3] if done else [])


def test_a_step_that_is_tried_again_after_it_was_written_is_done_once():
    parts = Parts(v1=100)
    acting = Acting(parts.world(), "rollout")
    assert [acting.set_shares(change()).done for _ in range(2)] == [True, True]
    assert parts.shares.written == [{"v1": 95, "v2": 5}]


def test_a_worker_acts_as_its_own_kind_only():
    acting = Acting(Parts(v1=80, v2=20).world(), "remedy")
    common = {"kind": "rollout", "environment": "dev", "release": V2, "run": "r"}
    for act, words in (
        (acting.set_shares, change()),
        (acting.append, Saying(**common, step=0, event={"kind": "rollout"})),
        (acting.propose, Proposal(**common, what="promotion", change={})),
        (acting.open, Opening(**common, action="open-incident", reason="", severity="critical", what={})),
        (acting.decide, Question(principal="rollout", action="set-share", resource="minilm", context={})),
    ):
        with pytest.raises(RefusedError, match=r"^a worker of remedy does not act as rollout$"):
            act(words)


def test_an_event_of_another_kind_of_workflow_is_refused():
    acting = Acting(Parts(v1=100).world(), "evaluation")
    saying = Saying(
        kind="evaluation", environment="dev", release=V2, run="r", step=0, event={"kind": "approval"}
    )
    with pytest.raises(RefusedError, match=r"^evaluation may not append-event: no policy permits it$"):
        acting.append(saying)
