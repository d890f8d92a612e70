"""Which agents a stack runs: entries of ``agents`` in a stack file. What they may do stands in their records."""

import ipaddress
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from components.foundation.base import Settings
from facts.strict import Slug
from releases.text import Version

MOST_ADDRESSES: Final = 256
"""Of one range: a wider one opens more than the service that is meant."""
Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]


def _is_narrow(value: str) -> str:
    try:
        network = ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f"should be an address range such as 192.0.2.10/32 ({error})") from None
    if network.num_addresses > MOST_ADDRESSES:
        raise ValueError(
            f"holds {network.num_addresses} addresses; a tool's server answers at {MOST_ADDRESSES} at most "
            f"(got {value!r})"
        )
    return value


NarrowRange = Annotated[str, AfterValidator(_is_narrow)]


class AgentCallers(Settings):
    """As whom its two thinking parts ask their model: entries of that model's ``callers``, with their limits."""

    reason: Slug
    plan: Slug


class AgentSettings(Settings):
    """One entry of ``agents:``. Record, budgets and approvals are the release's own."""

    version: Version
    callers: AgentCallers
    addresses: dict[Host, Annotated[list[NarrowRange], Field(min_length=1)]] = Field(default_factory=dict)
    """Where hosts of its tools answer that stand outside the cluster: the only ways out of the platform it gets."""
