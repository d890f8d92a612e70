"""What is true of a release now: the fold of its record and its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from releases.evaluation import Evaluation
from releases.events import (
    Appended,
    Approval,
    Deprecation,
    EvaluationEvent,
    Incident,
    LicenceReview,
    Revocation,
    Sunset,
)


@dataclass(frozen=True)
class Decision:
    """The latest decision of one kind; ``until`` is the first day on which it no longer counts."""

    granted: bool
    who: str
    when: date
    until: date | None = None
    name: str = field(default="", compare=False)
    """Of the file that says so."""
    obligations_met: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReleaseState:
    """Nothing where nobody decided yet."""

    licence_review: Decision | None = None
    approval: Decision | None = None
    evaluations: Mapping[tuple[str, ...], Evaluation] = field(default_factory=dict)
    measured: Mapping[tuple[str, ...], Evaluation] = field(default_factory=dict)
    """An agent's figures, by data, the model's release and record, and the script that stood in for it."""
    open_incidents: Sequence[Incident] = ()
    deprecation: Deprecation | None = None
    revocation: Revocation | None = None
    sunset: Sunset | None = None
    has_licence: bool = True
    """An agent's record has none: it is this repository's own, and its model's licence is the model's."""

    @property
    def figures(self) -> list[Evaluation]:
        """All figures that count, a model's and an agent's."""
        return [*self.evaluations.values(), *self.measured.values()]

    @property
    def is_licence_accepted(self) -> bool:
        if not self.has_licence:
            return True
        return self.licence_review is not None and self.licence_review.granted

    @property
    def is_approved(self) -> bool:
        """Approved, under a licence that is accepted: a refused licence takes the approval with it."""
        return self.is_licence_accepted and self.approval is not None and self.approval.granted

    def word(self, today: date) -> str:
        """The state in one word, as of a day."""
        if self.revocation is not None:
            return "revoked"
        if self.sunset is not None and self.sunset.ends <= today:
            return "sunset"
        if not self.is_approved:
            return "not approved"
        if not all(evaluation.holds for evaluation in self.evaluations.values()):
            return "below its floor"
        expiry = self.licence_review.until if self.licence_review else None
        if expiry is not None and expiry <= today:
            return "licence review expired"
        return "deprecated" if self.deprecation is not None else "approved"


def fold(
    record_digest: str,
    events: Iterable[Appended],
    at_birth: Iterable[Evaluation] = (),
    *,
    has_licence: bool = True,
) -> ReleaseState:
    """The state after events in any order; the latest of a kind counts, and only if it judged this record.

    Args:
        record_digest: the record's own.
        events: in any order; of two of one day and kind the one whose file has the higher number counts.
        at_birth: the record's evaluations, which later ones replace.
        has_licence: whether somebody must accept one before anything is approved.
    """
    licence_review = approval = None
    deprecation = revocation = sunset = None
    evaluations = {evaluation.key: evaluation for evaluation in at_birth}
    incidents: dict[str, Incident] = {}
    for appended in sorted(events, key=lambda appended: appended.order):
        event, name = appended.event, appended.name
        if event.record != record_digest:
            continue
        match event:
            case LicenceReview():
                granted = event.decision == "accepted"
                licence_review = Decision(
                    granted, event.who, event.date, event.expires, name, tuple(event.obligations_met)
                )
            case Approval():
                approval = Decision(event.decision == "approved", event.who, event.date, name=name)
            case EvaluationEvent():
                evaluations[event.evaluation.key] = event.evaluation
            case Incident():
                incidents[event.name] = event
            case Deprecation():
                deprecation = event
            case Revocation():
                revocation = revocation or event
            case Sunset():
                sunset = event
    return ReleaseState(
        licence_review=licence_review,
        approval=approval,
        evaluations={key: said for key, said in evaluations.items() if said.measured_with is None},
        measured={key: said for key, said in evaluations.items() if said.measured_with is not None},
        open_incidents=tuple(i for i in incidents.values() if i.status == "open"),
        deprecation=deprecation,
        revocation=revocation,
        sunset=sunset,
        has_licence=has_licence,
    )
