"""What bounds a run of an agent: budgets, whose approval is needed, what is remembered, and when it stops by itself."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from facts.strict import Slug, Strict
from releases.data_policy import DataClass
from releases.fail_soft import PoliteRefusal
from releases.text import Person, Version, number


class ModelRange(Strict):
    """The releases of a model that an agent may think with."""

    name: Slug = Field(description="A model with a record of its own.")
    at_least: Version
    below: Version | None = Field(
        default=None, description="The first version that it may not; absent: none."
    )
    cents_per_million_tokens: int = Field(ge=1, le=1_000_000, description="What its tokens count as money.")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.below is not None and number(self.below) <= number(self.at_least):
            raise ValueError(f"below should be after at_least ({self.at_least}) (got {self.below!r})")
        return self

    def holds(self, version: str) -> bool:
        """Whether a version lies in it."""
        return number(self.at_least) <= number(version) and (
            self.below is None or number(version) < number(self.below)
        )

    @property
    def in_words(self) -> str:
        return f"{self.name} {self.at_least}{f' to before {self.below}' if self.below else ' or later'}"


class Budgets(Strict):
    """What one run may use, and how many runs there are at once. What is used up ends the run."""

    steps: int = Field(ge=1, le=200, description="Calls of tools, compensations not counted.")
    rounds: int = Field(ge=1, le=50, description="How often it reasons and plans anew.")
    tokens: int = Field(ge=1, le=10_000_000)
    tokens_per_call: int = Field(
        ge=1, le=1_000_000, description="Of prompt and answer of one call of the model."
    )
    money_cents: int = Field(ge=1, le=10_000_000, description="Tokens, calls of tools and what they spend.")
    wall_minutes: int = Field(ge=1, le=43_200)
    parallel_runs: int = Field(ge=1, le=1000)


class PreApproval(Strict):
    """Calls of one tool that need nobody, because somebody said so when the record was reviewed."""

    tool: Slug
    at_most_cents: int | None = Field(default=None, ge=1, description="Of the argument that spends money.")
    calls: int = Field(ge=1, le=100, description="In one run.")


class Approval(Strict):
    """Who must say yes to a call, and within what time. Nobody's answer is no."""

    effects: list[Literal["read", "reversible", "irreversible"]] = Field(min_length=1)
    by: Slug = Field(description="A group of releases/agents/approvers.yaml.")
    within_minutes: int = Field(ge=1, le=20_160)
    unless: list[PreApproval] = Field(default_factory=list)


class Memory(Strict):
    """What is kept of a run, and how long. No run reads what another one kept."""

    most_kilobytes: int = Field(default=256, ge=1, le=10_240, description="Of one run.")
    retention_days: Mapping[DataClass, Annotated[int, Field(ge=1, le=365)]] = Field(min_length=1)


class Stop(Strict):
    """When a run ends although its budgets are not spent."""

    repetitions: int = Field(
        default=2, ge=1, le=20, description="Times that one call may be planned in a run."
    )
    rounds_without_news: int = Field(default=2, ge=1, le=20, description="Rounds that learn nothing.")
    disagreements: int = Field(
        default=2, ge=1, le=20, description="Steps that did not do what the plan said."
    )


class HandOver(Strict):
    """People take over, with everything the run found."""

    kind: Literal["hand-over"]
    to: Slug = Field(description="A group of releases/agents/approvers.yaml.")


class ReadOnly(Strict):
    """It goes on, and calls only tools that change nothing."""

    kind: Literal["read-only"]


AgentFailSoft = Annotated[ReadOnly | HandOver | PoliteRefusal, Field(discriminator="kind")]
"""What happens when it cannot finish: tried in order."""

Approvers = Mapping[Slug, Annotated[list[Person], Field(min_length=1)]]
"""Groups of people, each by its name."""
