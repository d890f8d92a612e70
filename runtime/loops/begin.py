"""Requests made of records: what a run may do is copied from the record that it is begun with."""

from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from releases import four_eyes
from releases.load import LoadedRelease, ReleaseError, load_version
from releases.release import Release
from runtime.loops.contract import Abort, Bounds, RemedyRequest, RolloutRequest, VersionRef
from runtime.loops.requests import Agreed, DriftRequest, EndOfLifeRequest, EvaluationRequest, Signal
from runtime.loops.settings import LoopsError, LoopsSettings

_HOUR_MINUTES: Final = 60


def ref(loaded: LoadedRelease) -> VersionRef:
    return VersionRef(model=loaded.release.model, version=loaded.release.version, record=loaded.record_digest)


def read(settings: LoopsSettings, model: str, version: str) -> LoadedRelease:
    """One release.

    Raises:
        LoopsError: it is missing or wrong.
    """
    try:
        return load_version(Path(settings.releases) / model / version)
    except ReleaseError as error:
        raise LoopsError(f"{model} {version} cannot be read:", error.problems) from None


def bounds_of(release: Release, minute_seconds: float) -> Bounds:
    """What the record allows. On one machine a minute may last less than one; thresholds and steps stay."""
    rollout = release.rollout
    return Bounds(
        steps=rollout.shares,
        hold_seconds=rollout.hold_minutes * minute_seconds,
        minimum_requests=rollout.minimum_requests,
        aborts=tuple(Abort(metric=abort.metric, above=abort.above) for abort in rollout.abort),
        rollback_seconds=rollout.rollback_window_hours * _HOUR_MINUTES * minute_seconds,
        fallback=rollout.fallback or "",
        four_eyes=bool(four_eyes.reason(release)),
        verify_window_seconds=max(minute_seconds, 10.0),
        verify_seconds=max(15 * minute_seconds, 60.0),
    )


def _bounds(settings: LoopsSettings, loaded: LoadedRelease, begun_by: str = "") -> Bounds:
    """The same, and who may not say yes to this run where two people have to answer for it."""
    bounds = bounds_of(loaded.release, settings.minute_seconds)
    return replace(bounds, no_approvers=four_eyes.no_approvers(loaded, begun_by))


def rollout_request(
    settings: LoopsSettings, model: str, stable: str, candidate: str, begun_by: str
) -> RolloutRequest:
    """A rollout of the candidate.

    Raises:
        LoopsError: a release is missing or wrong, or its shares are somebody else's to write.
    """
    released, before = read(settings, model, candidate), read(settings, model, stable)
    rollout = released.release.rollout
    problems = []
    if rollout.driver != "controller":
        problems.append(
            f"{released.file}: rollout.driver: is {rollout.driver!r}: its shares are written in the stack file; "
            "controller lets a run write them"
        )
    if stable == candidate:
        problems.append(f"{model}: {stable} cannot take over from itself")
    if problems:
        raise LoopsError(f"no rollout of {model} {candidate}:", problems)
    return RolloutRequest(
        stable=ref(before),
        candidate=ref(released),
        bounds=_bounds(settings, released, begun_by),
        environment=settings.environment,
        begun_by=begun_by,
        answer_seconds=settings.answer_minutes * settings.minute_seconds,
    )


def remedy_request(
    settings: LoopsSettings, model: str, version: str, alert: str, severity: str
) -> RemedyRequest:
    loaded = read(settings, model, version)
    return RemedyRequest(
        release=ref(loaded),
        environment=settings.environment,
        alert=alert,
        severity=severity,
        bounds=_bounds(settings, loaded),
        answer_seconds=settings.answer_minutes * settings.minute_seconds,
    )


def evaluation_request(
    settings: LoopsSettings, model: str, version: str, number: int = 0, stable: str = ""
) -> EvaluationRequest:
    """Measure what the record agreed on.

    Args:
        settings: the loops'.
        model: whose version.
        version: what is measured.
        number: which of the record's evaluations.
        stable: the version to compare with; none where it is empty.

    Raises:
        LoopsError: a release is missing or wrong, or its record agreed on no such figure.
    """
    loaded = read(settings, model, version)
    born = loaded.release.evaluations
    if number >= len(born):
        raise LoopsError(f"{loaded.file}: evaluations: should hold what is measured; there are {len(born)}")
    figure = born[number]
    signature = loaded.release.artifact.signature
    beside = read(settings, model, stable).state.evaluations.get(figure.subject) if stable else None
    return EvaluationRequest(
        release=ref(loaded),
        environment=settings.environment,
        artifact=loaded.release.artifact.digest,
        agreed=Agreed(
            suite=figure.suite,
            suite_version=figure.suite_version,
            metric=figure.metric,
            kind=figure.kind,
            floor=figure.floor,
            direction=figure.direction,
            held_out=figure.dataset_digest,
        ),
        makers=tuple(sorted({one.by for one in born} | ({signature.identity} if signature else set()))),
        stable_value=beside.value if beside is not None else None,
    )


def drift_request(settings: LoopsSettings, model: str, version: str) -> DriftRequest:
    """Look at the signals that the record names.

    Raises:
        LoopsError: it names none.
    """
    loaded = read(settings, model, version)
    drift = loaded.release.drift
    if drift is None:
        raise LoopsError(f"{loaded.file}: drift: is absent: the record names no signal to look at")
    return DriftRequest(
        release=ref(loaded),
        environment=settings.environment,
        signals=tuple(
            Signal(
                name=signal.name,
                statistic=signal.statistic,
                reference=signal.reference,
                false_alarms=signal.false_alarms,
                minimum_samples=signal.minimum_samples,
            )
            for signal in drift.signals
        ),
        window_seconds=drift.window_minutes * settings.minute_seconds,
        then=drift.then,
        bounds=_bounds(settings, loaded),
        answer_seconds=settings.answer_minutes * settings.minute_seconds,
    )


def end_request(settings: LoopsSettings, model: str, version: str, begun_by: str) -> EndOfLifeRequest:
    """End a version as its events say: revoked, on its day, or announced.

    Raises:
        LoopsError: nothing says that it ends.
    """
    loaded = read(settings, model, version)
    state = loaded.state
    said = state.sunset or state.deprecation
    if state.revocation is None and said is None:
        way = f"slipway release event {model}/{version} sunset drafts one"
        raise LoopsError(f"{loaded.events_folder}: no event says that {version} ends; {way}")
    successor = said.successor if said is not None else None
    after = read(settings, model, successor) if successor else loaded
    reason: Literal["deprecation", "sunset", "revocation"] = (
        "revocation" if state.revocation else "sunset" if state.sunset else "deprecation"
    )
    return EndOfLifeRequest(
        release=ref(loaded),
        environment=settings.environment,
        reason=reason,
        begun_by=begun_by,
        bounds=_bounds(settings, after, begun_by),
        successor=ref(after) if successor else None,
        answer_seconds=settings.answer_minutes * settings.minute_seconds,
    )
