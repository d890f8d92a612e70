"""What happens to a release after its record was merged: typed events, one file each, only ever appended."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from facts.strict import Strict
from releases.artifact import Digest
from releases.release import LicenceName

Person = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$")]
"""An address that reaches who decided."""


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


class Approval(Event):
    """Somebody answers for the release being served."""

    kind: Literal["approval"]
    decision: Literal["approved", "refused"]


AnyEvent = LicenceReview | Approval

KINDS: Final[Mapping[str, type[LicenceReview] | type[Approval]]] = {
    "licence-review": LicenceReview,
    "approval": Approval,
}


def file_name(event: AnyEvent) -> str:
    """The only name an event's file may have."""
    return f"{event.date.isoformat()}-{event.kind}.yaml"
