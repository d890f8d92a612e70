"""Every kind of event of a release, what its file is called, and the order of two of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from releases.people_events import (
    Approval,
    Deprecation,
    EvaluationEvent,
    Event,
    Incident,
    LicenceReview,
    Revocation,
    Sunset,
    is_workflow,
)
from releases.run_events import DecisionEvent, DriftEvent, RolloutEvent

__all__ = [
    "KINDS",
    "OF_RUNS",
    "AnyEvent",
    "Appended",
    "Approval",
    "DecisionEvent",
    "Deprecation",
    "DriftEvent",
    "EvaluationEvent",
    "Event",
    "Incident",
    "LicenceReview",
    "Revocation",
    "RolloutEvent",
    "Sunset",
    "file_name",
    "is_named",
    "is_workflow",
]

AnyEvent = (
    LicenceReview
    | EvaluationEvent
    | Approval
    | Incident
    | Deprecation
    | Revocation
    | Sunset
    | RolloutEvent
    | DriftEvent
    | DecisionEvent
)

KINDS: Final[Mapping[str, type[AnyEvent]]] = {
    "licence-review": LicenceReview,
    "evaluation": EvaluationEvent,
    "approval": Approval,
    "incident": Incident,
    "deprecation": Deprecation,
    "revocation": Revocation,
    "sunset": Sunset,
    "rollout": RolloutEvent,
    "drift": DriftEvent,
    "decision": DecisionEvent,
}
OF_RUNS: Final = frozenset({"rollout", "drift", "decision"})
"""Kinds that only a run may say: people do not write them."""


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
