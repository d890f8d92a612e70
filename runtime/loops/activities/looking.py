"""Activities that read. A part of the world that does not answer is asked again; it is never taken for a zero."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio import activity

from runtime.loops import moves
from runtime.loops.contract import Figures, ReleaseFacts, Shares, Statement, VersionRef
from runtime.loops.statistics.drift import compare
from runtime.loops.steps import DriftLook, Moved, SignalSeen, Watch, Watched
from runtime.loops.verdict import value_of
from runtime.loops.world import World


class NotYetError(Exception):
    """What should be true by now is not: looked at again until it is, or until time is up."""


@dataclass(frozen=True)
class Looking:
    """Reads the world for workflows."""

    world: World

    def all(self) -> Sequence[Callable[..., Any]]:
        return (
            self.facts,
            self.shares,
            self.watch,
            self.figures,
            self.verify_moved,
            self.verify_statement,
            self.drift,
        )

    @activity.defn(name="facts")
    def facts(self, release: VersionRef, today: str) -> ReleaseFacts:
        return self.world.releases.facts(release.model, release.version, today)

    @activity.defn(name="shares")
    def shares(self, model: str) -> Shares:
        return self.world.shares.read(model)

    @activity.defn(name="watch")
    def watch(self, look: Watch) -> Watched:
        """Shares, facts and both versions' figures, side by side over one window."""
        read, candidate = self.world.figures.read, look.candidate.version
        return Watched(
            shares=self.world.shares.read(look.model),
            facts=self.world.releases.facts(look.model, candidate, look.today),
            candidate=read(look.model, candidate, look.window_seconds),
            stable=read(look.model, look.stable, look.window_seconds),
        )

    @activity.defn(name="figures")
    def figures(self, model: str, version: str, window_seconds: float) -> Figures:
        return self.world.figures.read(model, version, window_seconds)

    @activity.defn(name="verify-moved")
    def verify_moved(self, moved: Moved) -> dict[str, Figures]:
        """The figures that show it: the version is quiet, and those that answer are within the record's limits.

        Raises:
            NotYetError: something is not yet as it should be.
        """
        stands = self.world.shares.read(moved.model)
        if not moves.same(stands, moved.shares):
            raise NotYetError(f"{moved.model}: shares are {stands}, not {moved.shares}")
        read = self.world.figures.read
        quiet = read(moved.model, moved.quiet, moved.window_seconds)
        if quiet.requests >= 1:
            raise NotYetError(f"{moved.model} {moved.quiet} still answered {quiet.requests:.0f} requests")
        figures = {moved.quiet: quiet}
        for version in (name for name, share in moved.shares.items() if share):
            figures[version] = read(moved.model, version, moved.window_seconds)
            for abort in moved.aborts:
                value = value_of(figures[version], abort.metric)
                if value is not None and value > abort.above:
                    raise NotYetError(
                        f"{moved.model} {version}: {abort.metric} is {value:.4g}, above {abort.above:g}"
                    )
        return figures

    @activity.defn(name="verify-statement")
    def verify_statement(self, statement: Statement) -> str:
        return self.world.people.verify(statement)

    @activity.defn(name="drift")
    def drift(self, look: DriftLook) -> SignalSeen:
        """One signal of one window against its reference; also exported as a metric."""
        release, signal = look.release, look.signal
        seen = compare(
            self.world.references.read(signal.reference),
            self.world.figures.histogram(release.model, release.version, signal.name, look.window_seconds),
            statistic=signal.statistic,
            false_alarms=signal.false_alarms,
            minimum_samples=signal.minimum_samples,
        )
        labels = {"model": release.model, "version": release.version, "signal": signal.name}
        meter = activity.metric_meter().with_additional_attributes(labels)
        if seen.word != "few":
            meter.create_gauge_float("slipway_drift_statistic").set(seen.value)
            meter.create_gauge_float("slipway_drift_threshold").set(seen.threshold)
        return SignalSeen(
            name=signal.name,
            word=seen.word,
            value=seen.value,
            threshold=seen.threshold,
            samples=seen.samples,
        )
