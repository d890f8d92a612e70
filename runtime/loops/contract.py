"""What crosses the engine's history: requests, figures, decisions. What touches the world stands in ``ports``.

History keeps what stands here: names, digests, shares and figures. No prompt, no answer, no row of data and no token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["rollout", "remedy", "evaluation", "drift", "end-of-life"]
"""A kind of workflow: its task queue, its identity, and the principal of its policies."""

Shares = dict[str, int]
"""What each version of a model answers, in per cent. They add up to 100."""

Answer = Literal["allowed", "refused", "ask"]

Said = Literal["approved", "refused", "aborted"]
"""What a person says to a run."""


@dataclass(frozen=True, kw_only=True)
class VersionRef:
    """One version of a model, and the digest of the record that a run was begun with."""

    model: str
    version: str
    record: str

    @property
    def identity(self) -> str:
        return f"{self.model}-{self.version}"


@dataclass(frozen=True, kw_only=True)
class Abort:
    """A step is taken back above this: a fraction for rates, milliseconds for times (``rollout.abort`` of a record)."""

    metric: str
    above: float


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a record allows a rollout, as copied when it began; the activity that acts reads the record again."""

    steps: tuple[int, ...]
    hold_seconds: float
    minimum_requests: int
    aborts: tuple[Abort, ...] = ()
    rollback_seconds: float = 0.0
    """How long the version before stays warm after a promotion, and can be returned to."""
    four_eyes: bool = False
    """Whoever began the run or had a hand in the version may not be who approves it."""
    no_approvers: tuple[str, ...] = ()
    """Who that is, by each of their addresses, as it was when the run began."""
    fallback: str = ""
    """The version that the record has take over when this one's traffic is taken away; empty: those that answer."""
    verify_window_seconds: float = 60.0
    """Over how long figures must be good after traffic moved."""
    verify_seconds: float = 900.0
    """How long that may take; then the move counts as not verified, and an incident is opened."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a rollout carries on with when its history has become long."""

    now: int
    step: int
    asked: int
    window_left: float


@dataclass(frozen=True, kw_only=True)
class RolloutRequest:
    """Take a candidate from its first step to all traffic, or back."""

    stable: VersionRef
    candidate: VersionRef
    bounds: Bounds
    environment: str
    begun_by: str
    answer_seconds: float = 86400.0
    """How long a question to people stays open; then it counts as refused."""
    purpose: Literal["rollout", "sunset"] = "rollout"
    progress: Progress | None = None

    @property
    def model(self) -> str:
        return self.candidate.model


@dataclass(frozen=True, kw_only=True)
class RemedyRequest:
    """An alert names a version that does harm: take its traffic away, if policy lets it."""

    release: VersionRef
    environment: str
    alert: str
    severity: str
    bounds: Bounds
    answer_seconds: float = 3600.0


@dataclass(frozen=True, kw_only=True)
class Question:
    """May this kind of workflow do this to this model now? Policies read ``context``; what is missing denies.

    Of an agent the same: may it use this tool now?
    """

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any]
    principal_type: Literal["Workflow", "Agent"] = "Workflow"
    resource_type: Literal["Model", "Tool"] = "Model"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What policy answered, which policies said so (their ``@id``), and the digest of what they were asked."""

    answer: Answer
    policies: tuple[str, ...]
    inputs: str
    policy_set: str
    """The digest of the policies and schema that were asked."""
    problems: tuple[str, ...] = ()
    """Why nothing could be decided, such as an attribute that is missing. Such an answer is a refusal."""

    @property
    def allows(self) -> bool:
        return self.answer == "allowed"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A person's answer to a run's question, signed at the front door that verified who they are.

    The token they showed goes no further than that door: history would keep it.
    """

    run: str
    question: int
    """Which question of the run; an answer to one is none to the next. 0 ends the whole run."""
    decision: Said
    who: str
    at: str
    signature: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was measured of one version in a window. A time is absent where nothing was measured."""

    requests: float
    errors: float
    latency_p95_ms: float | None = None
    latency_p99_ms: float | None = None
    time_to_first_token_p95_ms: float | None = None

    @property
    def error_rate(self) -> float:
        return self.errors / self.requests if self.requests else 0.0


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """What is true of a version today, from its record and its events."""

    word: str
    """``approved``, ``not approved``, ``revoked``, ``sunset``, ``deprecated`` and so on (releases/state.py)."""
    record: str
    """The digest of the record as it stands; another than a run began with ends the run."""
    steps: tuple[int, ...]
    data_class: str
    owner: str
    approved_by: str = ""
    evaluation_fresh: bool = False
    evaluation_age_days: int = -1
    """Of the oldest figure that counts; -1 where there is none."""
    open_incidents: int = 0
    fallback: str = ""
    four_eyes: bool = False
    no_approvers: tuple[str, ...] = ()
    """Who had a hand in the version, by each of their addresses: their yes counts for nothing under four eyes."""


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Counts in bins: of a window of traffic, or of a reference. ``edges`` has one entry less than ``counts``."""

    edges: tuple[float, ...]
    counts: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Appendix:
    """An event to append. ``step`` makes a retried append the same one: a run says each step once."""

    release: VersionRef
    run: str
    step: int
    event: Mapping[str, Any] = field(default_factory=dict)
