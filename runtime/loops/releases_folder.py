"""Records and events as workers read them: one version at a time, with every signature looked at."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from releases import four_eyes
from releases.events import EvaluationEvent
from releases.load import LoadedRelease, ReleaseError, load_version
from releases.measured import GivenShare, measurement_notices
from runtime.loops.contract import ReleaseFacts
from runtime.loops.ports import UnavailableError


@dataclass(frozen=True)
class FolderReleases:
    """``releases/models`` as a folder."""

    models: Path

    def facts(self, model: str, version: str, today: str) -> ReleaseFacts:
        """What is true of a version on a day.

        Raises:
            LookupError: there is no such record.
            UnavailableError: the record or an event is wrong. People mend it, and the run goes on.
        """
        if not (self.models / model / version / "release.yaml").is_file():
            raise LookupError(f"{self.models}: there is no record of {model} {version}")
        try:
            loaded = load_version(self.models / model / version)
        except ReleaseError as error:
            raise UnavailableError(str(error)) from error
        return facts_of(loaded, date.fromisoformat(today))


def facts_of(loaded: LoadedRelease, today: date) -> ReleaseFacts:
    """The record and its events, as policies ask about them."""
    release, state = loaded.release, loaded.state
    measured = [
        event.evaluation.date
        for event in loaded.events
        if isinstance(event, EvaluationEvent) and event.record == loaded.record_digest
    ]
    missing = list(measurement_notices(loaded, GivenShare(percent=1, is_candidate=True), today))
    return ReleaseFacts(
        word=state.word(today),
        record=loaded.record_digest,
        steps=release.rollout.shares,
        data_class=release.data.data_class,
        owner=release.owner,
        approved_by=state.approval.who if state.approval else "",
        evaluation_fresh=not missing,
        evaluation_age_days=max(((today - day).days for day in measured), default=-1),
        open_incidents=len(state.open_incidents),
        fallback=release.rollout.fallback or "",
        four_eyes=bool(four_eyes.reason(release)),
        no_approvers=four_eyes.no_approvers(loaded),
    )
