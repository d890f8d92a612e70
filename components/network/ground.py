"""What settings alone say of a network, before anything exists: addresses that documents name in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Exposure = Literal["internal", "public"]
BalancerRanges = Mapping[Exposure, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What components above a network may know of it, whoever made it."""

    api_server_range: str
    """Where the API server calls from."""
    endpoint_ranges: Sequence[str]
    """Where AWS's services answer inside the VPC."""
    balancer_ranges: BalancerRanges
    """By exposure, where load balancers have their addresses."""
    zones: Sequence[str]
    """The letters of the zones in which there are nodes, in the order of their subnets."""
