"""What evaluation, drift and end of life are begun with."""

from dataclasses import dataclass
from typing import Literal

from runtime.loops.contract import Bounds, VersionRef


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What was agreed before anybody knew the figure: the record's own words."""

    suite: str
    suite_version: str
    metric: str
    kind: str
    floor: float
    direction: Literal["higher", "lower"]
    held_out: str
    """The digest of the data; where it lies is the evaluator's own settings."""

    def holds(self, value: float) -> bool:
        return value >= self.floor if self.direction == "higher" else value <= self.floor


@dataclass(frozen=True, kw_only=True)
class EvaluationRequest:
    """Measure one digest on held-out data by an identity that did not train it."""

    release: VersionRef
    environment: str
    artifact: str
    agreed: Agreed
    makers: tuple[str, ...] = ()
    """Who trained, signed or measured it at birth."""
    stable_value: float | None = None
    """The same figure of the version that answers now."""
    timeout_seconds: float = 3600.0


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One figure whose distribution is compared with a reference (``drift.signals`` of a record)."""

    name: str
    statistic: Literal["psi", "ks"]
    reference: str
    """Digest of the reference histogram."""
    false_alarms: float
    """The rate at which the test may be wrong on traffic that did not change."""
    minimum_samples: int


@dataclass(frozen=True, kw_only=True)
class DriftRequest:
    """Compare a version's signals with their references once a window."""

    release: VersionRef
    environment: str
    signals: tuple[Signal, ...]
    window_seconds: float
    then: Literal["alert", "less-traffic", "fallback", "retraining-ticket", "incident"]
    bounds: Bounds
    answer_seconds: float = 86400.0
    windows: int = 0
    """How many windows to look at; 0 goes on until it is ended."""
    step: int = 0
    drifting: tuple[str, ...] = ()
    """What the run carries on with when its history has become long."""


@dataclass(frozen=True, kw_only=True)
class EndOfLifeRequest:
    """A version stops being served: announced, on its day, or at once."""

    release: VersionRef
    environment: str
    reason: Literal["deprecation", "sunset", "revocation"]
    begun_by: str
    bounds: Bounds
    successor: VersionRef | None = None
    answer_seconds: float = 86400.0
