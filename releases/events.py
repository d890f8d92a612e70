"""What happens to a release after its record was merged: typed events, one file each, only ever appended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from facts.licences import Obligation
from facts.strict import Strict
from releases.evaluation import Evaluation
from releases.licence import LicenceName
from releases.text import Digest, Person, Text, Version


class Event(Strict):
    """What every event says. ``record`` pins the record that was judged, so that a later edit voids it."""

    date: date
    who: Person
    record: Digest = Field(
        description="The digest of the record that was judged; the loader says what it is."
    )
    evidence: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    notes: str | None = None


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

    kind: Literal["evaluation"]
    evaluation: Evaluation


class Approval(Event):
    """Somebody answers for the release being served."""

    kind: Literal["approval"]
    decision: Literal["approved", "refused"]


class Incident(Event):
    """It did harm, or might have. An incident stays open until another event of the same name closes it."""

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


_Dated = TypeVar("_Dated", bound=Event)


def _is_later(event: _Dated, field: str, day: date | None) -> _Dated:
    if day is not None and day <= event.date:
        raise ValueError(f"{field} should be after date ({event.date}) (got {day})")
    return event


AnyEvent = LicenceReview | EvaluationEvent | Approval | Incident | Deprecation | Revocation | Sunset

KINDS: Final[Mapping[str, type[AnyEvent]]] = {
    "licence-review": LicenceReview,
    "evaluation": EvaluationEvent,
    "approval": Approval,
    "incident": Incident,
    "deprecation": Deprecation,
    "revocation": Revocation,
    "sunset": Sunset,
}


_NAME: Final = re.compile(r"^(?P<stem>.+?)(-(?P<number>[2-9]|[1-9]\d))?\.yaml$")


def file_name(event: AnyEvent) -> str:
    """The name of an event's file; a second one of the same day and kind ends in ``-2``, and so on."""
    return f"{event.date.isoformat()}-{event.kind}.yaml"


def is_named(event: AnyEvent, name: str) -> bool:
    """Whether a file of this name may hold the event."""
    found = _NAME.fullmatch(name)
    return found is not None and f"{found['stem']}.yaml" == file_name(event)


@dataclass(frozen=True)
class Appended:
    """An event and the name of its file, which says the order of two of one day and kind."""

    event: AnyEvent
    name: str

    @property
    def order(self) -> tuple[date, str, int, str]:
        """When it was said. The content comes last, for events that nobody put into files."""
        found = _NAME.fullmatch(self.name)
        number = int(found["number"] or 1) if found else 1
        return self.event.date, self.event.kind, number, self.event.model_dump_json()
