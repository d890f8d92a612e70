"""What is true of a release now: the fold of its record and its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from releases.events import AnyEvent, Approval, LicenceReview


@dataclass(frozen=True)
class Decision:
    """The latest decision of one kind."""

    granted: bool
    who: str
    when: date


@dataclass(frozen=True)
class ReleaseState:
    """Nothing where nobody decided yet."""

    licence_review: Decision | None = None
    approval: Decision | None = None

    @property
    def is_licence_accepted(self) -> bool:
        return self.licence_review is not None and self.licence_review.granted

    @property
    def is_approved(self) -> bool:
        """Approved, under a licence that is accepted: a refused licence takes the approval with it."""
        return self.is_licence_accepted and self.approval is not None and self.approval.granted


def fold(record_digest: str, events: Iterable[AnyEvent]) -> ReleaseState:
    """The state after events in any order; the latest of a kind counts, and only if it judged this record."""
    licence_review = approval = None
    for event in sorted(events, key=lambda event: event.date):
        if event.record != record_digest:
            continue
        match event:
            case LicenceReview():
                licence_review = Decision(event.decision == "accepted", event.who, event.date)
            case Approval():
                approval = Decision(event.decision == "approved", event.who, event.date)
    return ReleaseState(licence_review, approval)
