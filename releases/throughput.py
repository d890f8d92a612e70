"""How many tokens a machine full of a model's replicas handles, as measured, and what a million of them then cost."""

from datetime import date
from typing import Final

from pydantic import Field, field_validator

from facts.node_capacity import node_capacity
from facts.strict import Strict
from releases.text import Text

OF_TOKENS: Final = frozenset(
    {"chat", "text-generation", "text-embedding", "reranking", "text-classification"}
)
"""Tasks whose engines count tokens."""


class Throughput(Strict):
    """A figure somebody measured: on which machine, with how many replicas on it, and where it stands written."""

    tokens_per_second: float = Field(
        gt=0,
        le=100_000_000,
        description="Of prompt and answer together, of all replicas on the machine at full concurrency.",
    )
    machine: str = Field(
        pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", description="The instance type that it was measured on."
    )
    replicas: int = Field(default=1, ge=1, le=100, description="How many of them stood on that machine.")
    source: Text = Field(description="Where the measurement stands written: tool, setting, address.")
    measured: date

    @field_validator("machine")
    @classmethod
    def _is_known(cls, machine: str) -> str:
        if node_capacity(machine) is None:
            raise ValueError(f"should be an instance type of facts/ec2_instances.json (got {machine!r})")
        return machine

    def usd_per_million(self, usd_an_hour: float) -> float:
        """USD for a million tokens on a machine of that price that is never idle."""
        return usd_an_hour / (self.tokens_per_second * 3600) * 1_000_000
