"""Within what an environment may choose: how many, where, and how much a caller may ask."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from facts.strict import Slug, Strict


class Replicas(Strict):
    """The least and the most replicas an environment may ask for."""

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=1, le=100)

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum ({self.minimum}) is above maximum ({self.maximum})")
        return self


class Limits(Strict):
    """The most that an environment may grant one caller."""

    requests_per_minute: int = Field(default=600, ge=1)
    tokens_per_minute: int = Field(default=500_000, ge=1)


class Bounds(Strict):
    """Within what an environment may choose."""

    replicas: Replicas
    placements: list[Slug] = Field(min_length=1, description="Accelerators it may run on, or cpu.")
    limits: Limits = Field(default_factory=Limits)

    @field_validator("placements")
    @classmethod
    def _placements_stand_once(cls, placements: list[str]) -> list[str]:
        twice = sorted({name for name in placements if placements.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice")
        return placements
