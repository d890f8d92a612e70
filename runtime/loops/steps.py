"""What workflows hand to activities and get back: small data, as ``contract`` has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.loops.contract import Abort, Decision, Figures, Kind, ReleaseFacts, Shares, VersionRef
from runtime.loops.questions import NOBODY, Approval
from runtime.loops.requests import Signal

ShareAction = Literal["step", "promotion", "rollback", "take-away"]


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Look at everything a verdict needs, once."""

    model: str
    candidate: VersionRef
    stable: str
    window_seconds: float
    today: str


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was seen in one look."""

    shares: Shares
    facts: ReleaseFacts
    candidate: Figures
    stable: Figures


@dataclass(frozen=True, kw_only=True)
class Change:
    """Shares that a workflow wants to stand, and what policies have to know about it."""

    kind: Kind
    environment: str
    action: ShareAction
    release: VersionRef
    """The version that is given or loses traffic."""
    stable: str
    before: Shares
    after: Shares
    today: str
    reason: str
    verdict: str = "first"
    severity: str = "warning"
    held: bool = True
    in_window: bool = True
    target: str = ""
    """The version that takes over, where the record names one; empty: those that answer."""
    approval: Approval = NOBODY


@dataclass(frozen=True, kw_only=True)
class Acted:
    """Whether shares were written, who decided it, and what stands."""

    done: bool
    decision: Decision
    shares: Shares
    moved_by_others: bool = False


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Traffic that should have moved by now: what must stand, who must be quiet, and who must be well."""

    model: str
    quiet: str
    shares: Shares
    window_seconds: float
    aborts: tuple[Abort, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DriftLook:
    """One signal of one window."""

    release: VersionRef
    signal: Signal
    window_seconds: float


@dataclass(frozen=True, kw_only=True)
class SignalSeen:
    """How a signal compared with its reference. ``unknown``: it could not be had."""

    name: str
    word: Literal["quiet", "drift", "few", "unknown"]
    value: float = 0.0
    threshold: float = 0.0
    samples: int = 0


@dataclass(frozen=True, kw_only=True)
class MeasuredValue:
    """A figure, by whom, and who decided that it may be taken. Nothing where that was refused."""

    decision: Decision
    by: str
    value: float | None = None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Something that people have to do, as data."""

    kind: Kind
    environment: str
    release: VersionRef
    run: str
    action: Literal["open-retraining", "open-incident"]
    reason: str
    severity: str
    what: Mapping[str, Any]
    title: str = ""
    """What it is called among the proposals; empty: it is only decided whether it may be opened."""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """An event that a workflow wants appended."""

    kind: Kind
    environment: str
    release: VersionRef
    run: str
    step: int
    event: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change of a stack file that people merge."""

    kind: Kind
    environment: str
    release: VersionRef
    run: str
    what: Literal["promotion", "tear-down"]
    change: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run waits for a person to answer."""

    number: int
    text: str
    policies: tuple[str, ...]
    begun_at: str
    until: str
    no_approvers: tuple[str, ...] = ()
    """Whose yes counts for nothing here: the record wants two people."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended."""

    result: str
    reason: str = ""
    shares: Shares = field(default_factory=dict)
    verified: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a run is doing, for ``slipway runs``."""

    state: str
    lines: tuple[str, ...] = ()
    asked: Asked | None = None
    outcome: Outcome | None = None
