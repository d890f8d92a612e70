"""What workflows append by themselves, signed: steps of rollouts, drift they saw, and whom they asked."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from facts.strict import Slug, Strict
from releases.event_signature import EventSignature
from releases.people_events import Event
from releases.text import Bot, Digest, Person, Text, Version

Share = Annotated[int, Field(ge=0, le=100)]


class RunEvent(Event):
    """What every event of a run says: which run and step, and which policies let it."""

    run: Text = Field(description="The workflow's id and, after a slash, the id of its run.")
    step: int = Field(ge=0, description="Counts what the run appended: no step stands twice.")
    decided_by: list[Text] = Field(
        description="Policies (policies/actions) that decided; none: nothing let it."
    )
    policy_set: Digest = Field(description="Of the policies and their schema as they were asked.")
    signature: EventSignature


class Measured(Strict):
    """Figures of one version in the window that was judged."""

    version: Version
    requests: float = Field(ge=0)
    error_rate: float = Field(ge=0)
    latency_p95_ms: float | None = None
    latency_p99_ms: float | None = None
    time_to_first_token_p95_ms: float | None = None


class RolloutEvent(RunEvent):
    """Shares moved, or were not let move."""

    kind: Literal["rollout"]
    who: Bot
    action: Literal["step", "promotion", "rollback", "take-away", "move", "refused"]
    before: dict[str, Share] = Field(description="Per cent by version.")
    after: dict[str, Share]
    verdict: Text
    verified: bool | None = Field(
        default=None, description="Whether figures showed it; absent: not looked at."
    )
    figures: list[Measured] = Field(default_factory=list)

    @model_validator(mode="after")
    def _shares_are_whole(self) -> Self:
        for name, shares in (("before", self.before), ("after", self.after)):
            if sum(shares.values()) != 100:  # noqa: PLR2004 per cent
                raise ValueError(f"{name} should add up to 100 (got {shares})")
        return self


class DriftEvent(RunEvent):
    """A signal's distribution is not its reference's."""

    kind: Literal["drift"]
    who: Bot
    signal: Slug
    statistic: Literal["psi", "ks"]
    value: float = Field(ge=0)
    threshold: float = Field(ge=0)
    samples: int = Field(ge=0)
    window_seconds: float = Field(gt=0)
    reference: Digest
    remedy: Text


class DecisionEvent(RunEvent):
    """A person answered what a run asked, or nobody did in time."""

    kind: Literal["decision"]
    who: Person | Bot
    question: Text
    decision: Literal["approved", "refused"]
    waited_seconds: float = Field(ge=0)
