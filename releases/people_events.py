"""What happens to a release after its record was merged: events that people write; those of runs are ``run_events``."""

from datetime import date
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from facts.licences import Obligation
from facts.strict import Strict
from releases.evaluation import Evaluation
from releases.event_signature import EventSignature
from releases.licence import LicenceName
from releases.text import Digest, Person, Speaker, Text, Version


class Event(Strict):
    """What every event says. ``record`` pins the record that was judged, so that a later edit voids it."""

    date: date
    who: Person
    record: Digest = Field(
        description="The digest of the record that was judged; the loader says what it is."
    )
    evidence: list[Text] = Field(min_length=1)
    notes: str | None = None
    signature: EventSignature | None = Field(
        default=None, description="Of a workflow: what it appends by itself is signed."
    )

    @model_validator(mode="after")
    def _a_workflow_signs(self) -> Self:
        if is_workflow(self.who) and self.signature is None:
            raise ValueError(f"signature is required: {self.who} is no person")
        return self


class LicenceReview(Event):
    """Somebody read the licence and decided whether the release may be used under it."""

    kind: Literal["licence-review"]
    licence: LicenceName
    decision: Literal["accepted", "refused"]
    expires: date | None = Field(default=None, description="When it must be read again; absent: never.")
    obligations_met: list[Obligation] = Field(
        default_factory=list,
        description="What the licence asks of who serves it, as far as it is met; the evidence says how.",
    )

    @model_validator(mode="after")
    def _expires_later(self) -> Self:
        return _is_later(self, "expires", self.expires)


class EvaluationEvent(Event):
    """It was measured again. The latest figure of a suite and metric counts, whatever it says."""

    who: Speaker
    kind: Literal["evaluation"]
    evaluation: Evaluation


class Approval(Event):
    """Somebody answers for the release being served."""

    kind: Literal["approval"]
    decision: Literal["approved", "refused"]


class Incident(Event):
    """It did harm, or might have. An incident stays open until another event of the same name closes it."""

    who: Speaker
    kind: Literal["incident"]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
    severity: Literal["low", "high", "critical"]
    status: Literal["open", "closed"]
    summary: Text


class Deprecation(Event):
    """Nothing new should use it."""

    kind: Literal["deprecation"]
    reason: Text
    successor: Version | None = None


class Revocation(Event):
    """It must not be served from now on. There is no way back: a new version needs a new record."""

    kind: Literal["revocation"]
    reason: Text


class Sunset(Event):
    """The day on which it stops being served."""

    kind: Literal["sunset"]
    ends: date
    reason: Text
    successor: Version | None = None

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        return _is_later(self, "ends", self.ends)


def is_workflow(who: str) -> bool:
    """Whether a workflow says it, ``slipway-rollout@prod``: a person's address has a dot after the @."""
    return who.startswith("slipway-") and "." not in who.partition("@")[2]


_Dated = TypeVar("_Dated", bound=Event)


def _is_later(event: _Dated, field: str, day: date | None) -> _Dated:
    if day is not None and day <= event.date:
        raise ValueError(f"{field} should be after date ({event.date}) (got {day})")
    return event
