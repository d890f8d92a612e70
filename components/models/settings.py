"""What a stack chooses about a model: which versions run, where and how many, and who gets the traffic."""

from typing import Self

from pydantic import Field, model_validator

from components.foundation.base import Settings
from components.gateway.caller_settings import Callers
from components.gateway.model_slots import Slot
from components.models.payload_logging import PayloadLogging
from components.models.traffic import TrafficSettings, Version
from facts.strict import Slug


class ReplicaSettings(Settings):
    """How many copies; a release's bounds limit what may be chosen."""

    min: int = Field(default=1, ge=0)
    """0: it sleeps until somebody calls, and the first caller is refused (predictive models only)."""
    max: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _are_ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max})")
        return self


class VersionSettings(Settings):
    """One version of a model in this stack: where it runs, and how many copies of it."""

    pool: Slug = "cpu"
    """A pool of this stack or its upstream: of ``cpu_pools``, or of ``gpu_pools`` where the release asks for GPUs."""
    replicas: ReplicaSettings = Field(default_factory=ReplicaSettings)
    slot: Slot | None = None
    """Its place at the edge, a or b, of a language model; without it a for odd versions and b for even ones."""


class StartSettings(Settings):
    """How often a version is expected to start: what decides how its files reach it."""

    per_day: float = Field(default=0, ge=0, le=10_000)
    nodes: int = Field(default=1, ge=1, le=1000)


class ModelSettings(Settings):
    """One entry of ``models:`` in a stack file, keyed by the model's name."""

    versions: dict[Version, VersionSettings] = Field(min_length=1)
    """Every version listed runs; one that ``traffic`` does not name is kept warm."""
    traffic: TrafficSettings
    callers: Callers = Field(default_factory=dict)
    """Who may call it. Nobody, where nobody is named."""
    starts: StartSettings = Field(default_factory=StartSettings)
    payload_logging: PayloadLogging | None = None
