"""Decisions count when who may decide made them, somebody else than who made the model, and signed."""

from datetime import date

import pytest

from releases.load import LoadedRelease
from releases.people import Decider, People
from releases.release import Release
from releases.trust import trust_problems
from tests.releases.events_examples import FIGURE, appended
from tests.releases.records import record
from tests.releases.test_state import RECORD, approval, review

REVIEW, APPROVAL = "2026-11-01-licence-review.yaml", "2026-11-02-approval.yaml"
LAW, RISK = Decider(roles=["reviewer"]), Decider(roles=["approver"])
PEOPLE = People(people={"licences@example.com": LAW, "risk@example.com": RISK})


def loaded(
    base="embedding-on-cpu",
    *,
    who="risk@example.com",
    reviewer="licences@example.com",
    people=PEOPLE,
    signed=(),
    rollout=None,
):
    events = (
        review(1, "accepted").model_copy(update={"who": reviewer}),
        approval(2, "approved").model_copy(update={"who": who}),
    )
    changes = {"evaluations": [FIGURE]} if base == "embedding-on-cpu" else {}
    release = Release.model_validate(record(base, changes | ({"rollout": rollout} if rollout else {})))
    return LoadedRelease(release, RECORD, appended(events), frozenset(signed), people)


def said(*arguments, signed_only=False, **changes):
    return [
        (p.kind, p.path.rpartition("/")[2], p.message)
        for p in trust_problems(loaded(*arguments, **changes), signed_only=signed_only)
    ]


def test_different_people_who_stand_in_the_list_may():
    assert said() == []
    assert said("chat-on-gpu") == []
    assert said(signed_only=True, signed=(REVIEW, APPROVAL)) == []


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (None, "risk@example.com does not stand in releases/people.yaml; add them there, or ask who does"),
        (LAW, "risk@example.com is reviewer in releases/people.yaml, and this is for somebody who is approver"),
        (Decider(roles=["approver"], until=date(2026, 11, 2)),
         "risk@example.com decides until 2026-11-02 in releases/people.yaml (got 2026-11-02)"),
    ],
)  # fmt: skip
def test_who_may_not_decide_does_not_count(entry, message):
    listed = {"licences@example.com": LAW} | ({"risk@example.com": entry} if entry else {})
    assert said(people=People(people=listed)) == [("people", f"{APPROVAL}: who", message)]


def test_an_unsigned_decision_does_not_count_where_a_stack_asks():
    found = said(signed_only=True, signed=(REVIEW,))
    assert [(kind, path) for kind, path, _ in found] == [("unsigned-decision", APPROVAL)]
    assert [kind for kind, _, _ in said(signed_only=True, people=None)] == ["unsigned-decision"] * 2


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"reviewer": "risk@example.com"}, "accepted its licence"),
        ({"reviewer": "r.isk@example.com"}, "accepted its licence"),
    ],
)
def test_nobody_approves_what_they_reviewed_themselves_where_data_asks(changes, what):
    both = Decider(roles=["reviewer", "approver"], same_as=["r.isk@example.com"])
    people = People(people={"licences@example.com": LAW, "risk@example.com": both})
    assert said(people=people, **changes) == []
    ((kind, path, message),) = said("chat-on-gpu", people=people, **changes)
    assert (kind, path) == ("four-eyes", f"{APPROVAL}: who")
    assert message == (
        f"risk@example.com {what} too, and data_class confidential asks for another pair of eyes; "
        "somebody else approves"
    )


def test_nobody_approves_what_they_measured_where_a_stack_asks():
    maker = "quality@example.com"
    people = People(people={**PEOPLE.people, maker: RISK})
    assert said(people=people, who=maker) == []
    found = said(people=people, who=maker, signed_only=True, signed=(REVIEW, APPROVAL))
    assert [(kind, "made or measured it" in message) for kind, _, message in found] == [("four-eyes", True)]


def test_nobody_approves_what_they_measured_where_the_record_asks():
    maker = "quality@example.com"
    people = People(people={**PEOPLE.people, maker: RISK})
    found = said(people=people, who=maker, rollout={"four_eyes": True})
    ((_, _, message),) = found
    assert message == (
        f"{maker} made or measured it too, and rollout.four_eyes asks for another pair of eyes; "
        "somebody else approves"
    )


def test_four_eyes_need_no_list():
    assert [kind for kind, _, _ in said("chat-on-gpu", people=None, reviewer="risk@example.com")] == [
        "four-eyes"
    ]
