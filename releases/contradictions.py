"""Where an event contradicts the record it judged, the events before it, or the versions there are.

Only what stays so is refused: an event that was merged cannot be taken back, so nothing here may depend on what
somebody else appends on another branch.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from releases.agent import Agent
from releases.evaluation import Agreed, Evaluation
from releases.events import (
    Appended,
    Deprecation,
    EvaluationEvent,
    Incident,
    LicenceReview,
    Sunset,
    file_name,
    is_named,
)
from releases.release import Release

_OF_MODELS: Final = frozenset({"licence-review", "rollout", "drift"})
"""Kinds that an agent's record knows nothing of: its model's licence and shares are the model's."""
_WAY_OUT: Final = (
    "an event that is not merged yet takes this digest; if it is merged, the record must not change: "
    "take its change back and write a new version"
)


def contradictions(events: Sequence[Appended], digest: str, release: Release | Agent | None) -> Iterator[str]:
    """One line each, beginning with the file's name. A record that is still wrong will change: it is not asked."""
    for appended in events:
        event = appended.event
        if not is_named(event, appended.name):
            yield f"{appended.name}: its name should be {file_name(event)}, as its date and kind"
        if release is not None:
            yield from (f"{appended.name}: {said}" for said in _against_the_record(appended, digest, release))
        if (
            isinstance(event, Incident)
            and event.status == "closed"
            and not _is_known(event, appended, events)
        ):
            yield f"{appended.name}: name: no incident {event.name!r} was open before; name the one it closes"


def successor_problems(events: Sequence[Appended], version: str, versions: Collection[str]) -> Iterator[str]:
    """A successor is another version that has a record."""
    for appended in events:
        event = appended.event
        if not isinstance(event, Deprecation | Sunset) or event.successor is None:
            continue
        if event.successor == version:
            yield f"{appended.name}: successor: should be another version (got {version!r})"
        elif event.successor not in versions:
            others = ", ".join(sorted(set(versions) - {version})) or "none; leave it out"
            yield f"{appended.name}: successor: there is no record of it; there are {others} (got {event.successor!r})"


def _against_the_record(appended: Appended, digest: str, release: Release | Agent) -> Iterator[str]:
    event = appended.event
    if isinstance(release, Agent) and event.kind in _OF_MODELS:
        yield f"kind: is said of models, not of agents (got {event.kind!r})"
        return
    if event.record != digest:
        yield f"record: should be {digest}, the digest of the record beside it (got {event.record!r}); {_WAY_OUT}"
    field, day = max(days_of(release), key=lambda known: known[1], default=("", date.min))
    if event.date < day:
        yield f"date: should not be before {day}, which the record states in {field} (got {event.date})"
    if (
        isinstance(event, LicenceReview)
        and isinstance(release, Release)
        and event.licence != release.licence.name
    ):
        yield f"licence: should be {release.licence.name!r}, as in the record (got {event.licence!r})"
    if isinstance(event, EvaluationEvent):
        yield from _against_birth(event, release)


def days_of(release: Release | Agent) -> Iterator[tuple[str, date]]:
    """What must have happened before anybody could judge the record."""
    if isinstance(release, Release):
        yield "origin.read", release.origin.read
        yield "licence.read", release.licence.read
        for index, evaluation in enumerate(release.evaluations):
            yield f"evaluations.{index}.date", evaluation.date


def _against_birth(event: EvaluationEvent, release: Release | Agent) -> Iterator[str]:
    """A later figure replaces the earlier one, and not what was agreed before either was known."""
    later = event.evaluation
    if later.date > event.date:
        yield f"evaluation.date: should not be after date ({event.date}) (got {later.date})"
    if isinstance(release, Agent) and later.measured_with is None:
        yield "evaluation.measured_with: is required: an agent's figures count for the model it thought with"
    if isinstance(release, Release) and later.measured_with is not None:
        yield "evaluation.measured_with: is said of agents; leave it out"
    for born in release.evaluations if isinstance(release, Release) else release.agreed:
        if born.subject != later.subject:
            continue
        if born.direction != later.direction:
            yield f"evaluation.direction: should be {born.direction!r}, as in the record (got {later.direction!r})"
        elif _is_laxer(later, born):
            least = "at least" if born.direction == "higher" else "at most"
            yield (
                f"evaluation.floor: should be {least} {born.floor:g}, the floor of the record "
                f"(got {later.floor:g}); another floor is a new version"
            )


def _is_laxer(later: Evaluation, born: Agreed) -> bool:
    return later.floor < born.floor if born.direction == "higher" else later.floor > born.floor


def _is_known(closing: Incident, appended: Appended, events: Sequence[Appended]) -> bool:
    return any(
        isinstance(other.event, Incident)
        and other.event.name == closing.name
        and other.event.status == "open"
        and other.order < appended.order
        for other in events
    )
