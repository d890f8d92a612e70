"""How a new version may take over: in steps or at once, when it must stop, and how long the old one waits."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from facts.strict import Strict
from releases.text import Version

Percent = Annotated[int, Field(ge=1, le=100)]


class Abort(Strict):
    """A rollout that goes beyond this is taken back."""

    metric: Literal["error-rate", "latency-p95-ms", "latency-p99-ms", "time-to-first-token-p95-ms"]
    above: float = Field(gt=0, description="A fraction for rates, milliseconds for times.")

    @model_validator(mode="after")
    def _a_rate_is_a_fraction(self) -> Self:
        if self.metric == "error-rate" and self.above >= 1:
            raise ValueError(
                f"above should be a fraction below 1 for error-rate, such as 0.02 (got {self.above:g})"
            )
        return self


class FreshEvaluation(Strict):
    """What must have been measured anew before a version is given a share."""

    within_days: int = Field(
        default=90, ge=1, le=365, description="How many days old an evaluation event may be at most."
    )
    by_others: bool = Field(
        default=False,
        description="It counts only if neither the owner, the signer, nor whoever measured at birth measured it.",
    )


class Rollout(Strict):
    """The envelope of a version's rollout; the stack file chooses a step, or a controller does."""

    strategy: Literal["canary", "blue-green"] = "canary"
    steps: list[Percent] = Field(
        default_factory=lambda: [1, 10, 50, 100], description="The shares of a canary, in per cent."
    )
    hold_minutes: int = Field(default=60, ge=1, description="How long a step is watched at least.")
    abort: list[Abort] = Field(default_factory=list)
    evaluation: FreshEvaluation = Field(
        default_factory=FreshEvaluation,
        description="Of this record's digest, on the data of its evaluations. Stated: asked of a stable version too.",
    )
    minimum_requests: int = Field(
        default=100,
        ge=1,
        description="What a step must have answered before it is judged; fewer are no figure.",
    )
    rollback_window_hours: int = Field(
        default=24, ge=1, le=720, description="How long the version before is kept warm after a promotion."
    )
    four_eyes: bool = Field(
        default=False,
        description="Nobody approves what they made, measured or began; confidential and restricted data ask anyway.",
    )
    fallback: Version | None = Field(
        default=None,
        description="The version that takes over when a loop takes this one's traffic away; absent: those that answer.",
    )
    driver: Literal["stack", "controller"] = Field(
        default="stack", description="Who writes shares: the stack file, or a controller in the cluster."
    )

    @model_validator(mode="after")
    def _steps_lead_to_the_whole(self) -> Self:
        if self.strategy == "blue-green" and "steps" in self.model_fields_set:
            raise ValueError("strategy blue-green has no steps: it is asked for 1 per cent, then for all")
        metrics = [condition.metric for condition in self.abort]
        twice = sorted({metric for metric in metrics if metrics.count(metric) > 1})
        if twice:
            raise ValueError(f"abort: {', '.join(twice)} stands twice; the stricter one is meant")
        if not self.steps or self.steps[-1] != 100:  # noqa: PLR2004 per cent
            raise ValueError(f"steps should end with 100 (got {self.steps})")
        if any(later <= earlier for earlier, later in pairwise(self.steps)):
            raise ValueError(f"steps should rise (got {self.steps})")
        return self

    @property
    def shares(self) -> tuple[int, ...]:
        """What a candidate may be given, in per cent."""
        return (1, 100) if self.strategy == "blue-green" else tuple(self.steps)
