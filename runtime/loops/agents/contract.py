"""What crosses the engine's history of an agent's run: names, digests and figures. Texts stay in the store."""

from dataclasses import dataclass
from typing import Literal

from runtime.loops.contract import Decision, Statement


@dataclass(frozen=True, kw_only=True)
class AgentRef:
    """One version of an agent, and the digest of the record that a run was begun with."""

    agent: str
    version: str
    record: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something in the store, by its digest."""

    digest: str
    what: Literal["task", "thought", "plan", "observation", "question", "answer", "problem"]
    data_class: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a record bounds a run with that the workflow itself counts, as copied when it began."""

    rounds: int
    tokens: int
    cents_per_million_tokens: int
    wall_seconds: float
    minute_seconds: float
    repetitions: int
    rounds_without_news: int
    disagreements: int
    read_only_first: bool
    """Whether a run that may not go on as planned goes on reading."""
    hand_over_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Alerted:
    """A task that an alert is: names alone, which history may hold. ``version`` is empty where none is named."""

    model: str
    version: str
    alert: str
    severity: str

    def task(self) -> dict[str, str]:
        """As the agent reads it."""
        said = {"alert": self.alert, "severity": self.severity, "model": self.model}
        return {**said, "version": self.version} if self.version else said


@dataclass(frozen=True, kw_only=True)
class AgentRequest:
    """Do this task as this agent."""

    agent: AgentRef
    task: Note
    environment: str
    begun_by: str
    queue: str
    limits: Limits
    alerted: Alerted | None = None
    """The task itself, where an alert began the run: the door for alerts has no store, and who acts keeps it."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a thinking activity reads, and how much it may still use."""

    agent: AgentRef
    run: str
    round: int
    notes: tuple[Note, ...]
    tokens_left: int
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class Thought:
    """What came of reasoning. ``done`` is the model's own word, and ends the run."""

    note: Note
    done: bool
    tokens: int


@dataclass(frozen=True, kw_only=True)
class StepShown:
    """One step of a plan as history has it: no argument, only their digest."""

    tool: str
    effect: str
    arguments: str
    """Digest of the arguments."""
    timeout_seconds: int
    """Of its call and of the call that undoes it, the longer one."""
    approval_minutes: int
    """How long a question about it is open."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan by its digest, or what is wrong with it."""

    plan: Note | None
    steps: tuple[StepShown, ...]
    tokens: int
    problem: Note | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """Do one step of a plan that was shown. ``statement`` is a person's answer, ``question`` the one it answers."""

    agent: AgentRef
    run: str
    environment: str
    begun_by: str
    plan: str
    round: int
    index: int
    tokens_left: int
    token_cents: int
    seconds_left: float
    read_only: bool
    question: int = 0
    statement: Statement | None = None

    @property
    def key(self) -> str:
        """What a step is called within its run; with the run's id it is the key a server knows a call by."""
        return f"{self.round}.{self.index}"


Result = Literal["done", "ask", "refused", "failed", "spent", "unknown"]
"""``failed``: the tool did nothing and says why. ``unknown``: nobody knows whether it did something."""


@dataclass(frozen=True, kw_only=True)
class Acted:
    """What came of a step."""

    result: Result
    decision: Decision
    reason: str = ""
    note: Note | None = None
    is_as_expected: bool = True


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A question to people, recorded before it is asked: this step, these arguments, until then."""

    act: Act
    question: int
    until: str


@dataclass(frozen=True, kw_only=True)
class Undo:
    """Undo one step of a run, whatever became of it."""

    act: Act


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended, for its journal."""

    agent: AgentRef
    run: str
    result: str
    reason: str
    hand_over_to: str = ""
    answer: Note | None = None
    begun: float = 0.0
    """When the engine began the run, in seconds since 1970."""
    tokens: int = 0
