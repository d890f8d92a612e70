"""What a stack chooses about a model: which release, where, and how much."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from components.base import Settings
from facts.strict import Slug


class ReplicaSettings(Settings):
    """How many copies; a release's bounds limit what may be chosen."""

    min: int = Field(default=1, ge=1)
    max: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _are_ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        return self


class ModelSettings(Settings):
    """One entry of ``models:`` in a stack file, keyed by the model's name."""

    version: Annotated[str, Field(pattern=r"^v\d{1,4}$")]
    pool: Slug | None = None
    """A GPU pool of this stack or its upstream; none means the CPU."""
    replicas: ReplicaSettings = Field(default_factory=ReplicaSettings)
