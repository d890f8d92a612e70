"""A rollout as the lines of a stack file: what comes next, and what would be left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from releases.rollout import Rollout

WHOLE = 100


@dataclass(frozen=True)
class Shares:
    """``traffic:`` of a model in a stack file."""

    stable: str
    candidate: str | None = None
    percent: int | None = None

    def of(self, version: str) -> int:
        """The share of a version, in per cent."""
        if version == self.candidate:
            return self.percent or 0
        return WHOLE - (self.percent or 0) if version == self.stable else 0

    @property
    def data(self) -> dict[str, str | int]:
        """As it stands in a stack file."""
        candidate = {"candidate": self.candidate, "percent": self.percent}
        return {
            "stable": self.stable,
            **{key: value for key, value in candidate.items() if value is not None},
        }


class StepError(ValueError):
    """There is no such step; the message says why and what to do."""


def promoted(now: Shares, version: str, rollout: Rollout, to: int | None = None) -> Shares:
    """The shares after a version's next step, or after the step that is named.

    Raises:
        StepError: it answers everything already, another version is on its way, or it may not be given that share.
    """
    if now.stable == version:
        raise StepError(f"{version} answers everything that no candidate does; there is nothing to promote")
    if now.candidate not in {None, version}:
        raise StepError(f"{now.candidate} is the candidate; promote it or roll it back first")
    share = now.of(version)
    following = [step for step in rollout.shares if step > share]
    chosen = to if to is not None else following[0]
    if chosen not in rollout.shares:
        allowed = ", ".join(map(str, rollout.shares))
        raise StepError(f"a candidate ({rollout.strategy}) may be given {allowed} per cent (got {chosen})")
    if chosen <= share:
        raise StepError(
            f"it has {share} per cent already; slipway release rollback takes a share back (got {chosen})"
        )
    return Shares(version) if chosen == WHOLE else Shares(now.stable, version, chosen)


def skipped_steps(now: Shares, after: Shares, version: str, rollout: Rollout) -> Iterator[int]:
    """The shares that a version should have had between two states."""
    yield from (step for step in rollout.shares if now.of(version) < step < after.of(version))
