"""State is the fold of a record and its events: the latest decision of a kind, if it judged this record."""

from datetime import date
from itertools import permutations

import pytest

from releases.events import Appended, Approval, LicenceReview, file_name
from releases.state import Decision, ReleaseState, fold
from tests.releases.events_examples import RECORD, appended

OTHER = "sha256:" + "b" * 64


def review(day: int, decision: str, record: str = RECORD) -> LicenceReview:
    return LicenceReview.model_validate(
        {
            "kind": "licence-review",
            "date": date(2026, 11, day),
            "who": "licences@example.com",
            "record": record,
            "licence": "MIT",
            "decision": decision,
            "evidence": ["LICENSE"],
        }
    )


def approval(day: int, decision: str, record: str = RECORD) -> Approval:
    return Approval.model_validate(
        {
            "kind": "approval",
            "date": date(2026, 11, day),
            "who": "risk@example.com",
            "record": record,
            "decision": decision,
            "evidence": ["report 12"],
        }
    )


def test_nothing_happened_yet() -> None:
    state = fold(RECORD, appended([]))

    assert state == ReleaseState(licence_review=None, approval=None)
    assert not state.is_approved


def test_who_decided_and_when_is_kept() -> None:
    assert fold(RECORD, appended([review(1, "accepted")])).licence_review == Decision(
        granted=True, who="licences@example.com", when=date(2026, 11, 1)
    )


@pytest.mark.parametrize(
    ("events", "is_approved"),
    [
        ([review(1, "accepted"), approval(2, "approved")], True),
        ([approval(1, "approved"), review(2, "accepted")], True),
        ([review(1, "accepted")], False),
        ([approval(1, "approved")], False),
        ([review(1, "accepted"), approval(2, "approved"), approval(3, "refused")], False),
        ([review(1, "accepted"), approval(2, "refused"), approval(3, "approved")], True),
        ([review(1, "accepted"), approval(2, "approved"), review(3, "refused")], False),
        ([review(1, "accepted"), approval(2, "approved", OTHER)], False),
        ([review(1, "accepted", OTHER), approval(2, "approved")], False),
        ([review(1, "accepted"), approval(2, "approved"), approval(3, "refused", OTHER)], True),
    ],
)
def test_the_latest_decision_on_this_record_counts_in_any_order(
    events: list[LicenceReview | Approval], is_approved: bool
) -> None:
    assert {fold(RECORD, appended(order)).is_approved for order in permutations(events)} == {is_approved}


def test_a_file_is_named_after_date_and_kind() -> None:
    assert file_name(review(1, "accepted")) == "2026-11-01-licence-review.yaml"


@pytest.mark.parametrize(
    "others", [("aa@example.com", "zz@example.com"), ("zz@example.com", "aa@example.com")]
)
def test_of_two_of_one_day_the_higher_number_counts_whoever_said_it(others: tuple[str, str]) -> None:
    """Nothing but the file's name says which came first; who signed it must not."""
    said = [approval(2, "approved"), approval(2, "refused")]
    first, second = (event.model_copy(update={"who": who}) for event, who in zip(said, others, strict=True))
    files = [
        Appended(review(1, "accepted"), "2026-11-01-licence-review.yaml"),
        Appended(first, "2026-11-02-approval.yaml"),
        Appended(second, "2026-11-02-approval-2.yaml"),
        Appended(first, "2026-11-02-approval-10.yaml"),
    ]
    for order in permutations(files[:3]):
        assert not fold(RECORD, order).is_approved
    for order in permutations(files):
        assert fold(RECORD, order).is_approved
