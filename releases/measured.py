"""Whether what is given a share was measured anew: an evaluation event for this record, on the data it agreed on.

A figure at birth is its author's and counts towards the floors only. A candidate without a fresh event gets nothing. A
stable version that was measured once and whose figure grew old is told and not stopped: the way back to it must not
wait for a measurement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from releases.dated import Notice
from releases.evaluation import Evaluation
from releases.events import EvaluationEvent
from releases.load import LoadedRelease

_FIX: Final = (
    "Measure it (make evaluate-releases) and append an evaluation event with the record's digest, "
    "or take the share away."
)


@dataclass(frozen=True, kw_only=True)
class GivenShare:
    """What a stack gives a version: its per cent, and whether it is on trial. ``is_driven``: a controller gives it."""

    percent: int
    is_candidate: bool = False
    is_driven: bool = False


def measurement_notices(loaded: LoadedRelease, given: GivenShare, today: date) -> Iterator[Notice]:
    """What is missing before this version may have its share; nothing for one that has none."""
    asked = "evaluation" in loaded.release.rollout.model_fields_set
    if not given.percent or not (given.is_candidate or asked):
        return
    level: Literal["mandatory", "advisory"] = "advisory" if given.is_driven else "mandatory"
    subjects: list[Evaluation | None] = [*loaded.release.evaluations] or [None]
    for agreed in subjects:
        counting = [event for event in _events(loaded, agreed) if not _is_of_its_makers(loaded, event)]
        if not counting:
            yield _notice(
                loaded, level, f"{_what(agreed)} has no evaluation event{_by_others(loaded)}", given
            )
            continue
        latest = max(event.evaluation.date for event in counting)
        days = loaded.release.rollout.evaluation.within_days
        if latest + timedelta(days=days) <= today:
            stale: Literal["mandatory", "advisory"] = level if given.is_candidate else "advisory"
            said = f"{_what(agreed)} was measured on {latest}, {(today - latest).days} days ago; {days} are allowed"
            yield _notice(loaded, stale, said, given)


def _notice(
    loaded: LoadedRelease, level: Literal["mandatory", "advisory"], said: str, given: GivenShare
) -> Notice:
    who = (
        "the controller gives it no share until then" if given.is_driven else f"got {given.percent} per cent"
    )
    return Notice(
        rule="release:shares-are-measured",
        level=level,
        file=f"{loaded.file}: rollout.evaluation",
        message=f"{said} ({who})",
        fix=_FIX,
    )


def _events(loaded: LoadedRelease, agreed: Evaluation | None) -> list[EvaluationEvent]:
    """Those that judged this record, of the suite, metric and data that were agreed; all where nothing was."""
    found = [e for e in loaded.events if isinstance(e, EvaluationEvent) and e.record == loaded.record_digest]
    return [e for e in found if agreed is None or e.evaluation.data == agreed.data]


def _is_of_its_makers(loaded: LoadedRelease, event: EvaluationEvent) -> bool:
    release = loaded.release
    if not release.rollout.evaluation.by_others:
        return False
    makers = {born.by for born in release.evaluations}
    if release.artifact.signature is not None:
        makers.add(release.artifact.signature.identity)
    return event.evaluation.by in makers or event.evaluation.by.partition("@")[0] == release.owner


def _what(agreed: Evaluation | None) -> str:
    if agreed is None:
        return "the record's digest"
    return f"{agreed.suite} {agreed.suite_version} {agreed.metric} on {agreed.dataset_digest[:19]}"


def _by_others(loaded: LoadedRelease) -> str:
    return " by somebody else than its makers" if loaded.release.rollout.evaluation.by_others else ""
