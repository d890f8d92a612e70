"""Dividing a VPC's address range: pure, and stable when a zone is added."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

_CONTROL_PLANE_PREFIX = 28
MOST_ZONES = 4
"""Room is kept for four zones, so that a fourth one moves nobody."""


@dataclass(frozen=True)
class ZonePlan:
    """The subnets of one availability zone."""

    zone: str
    nodes: str
    public: str
    control_plane: str
    """A /28 for the network interfaces of EKS's control plane: at least six addresses, sixteen recommended."""


def plan_subnets(vpc_cidr: str, zones: Sequence[str]) -> list[ZonePlan]:
    """The subnets of each zone, in the order of ``zones``.

    The range is cut into eight equal blocks. Blocks 0 to 3 are the zones' node subnets, since every pod takes
    an address there; block 4 is cut into sixteen, of which the first four are the public subnets (only NAT
    gateways and load balancers), and the next four begin with the control plane's. Blocks 5 to 7 stay free.

    Raises:
        ValueError: no zone, more than four, one twice, or a range that is not /16 to /20.
    """
    network = IPv4Network(vpc_cidr)
    if not 16 <= network.prefixlen <= 20:  # noqa: PLR2004 the sentence below names both
        raise ValueError(f"the VPC's range must be /16 to /20 (got {vpc_cidr})")
    if not 1 <= len(zones) <= MOST_ZONES:
        raise ValueError(f"a plan holds 1 to {MOST_ZONES} zones (got {len(zones)})")
    if len(set(zones)) != len(zones):
        raise ValueError(f"a zone stands twice in {', '.join(zones)}")
    blocks = list(network.subnets(prefixlen_diff=3))
    public = list(blocks[MOST_ZONES].subnets(prefixlen_diff=4))
    return [
        ZonePlan(
            zone=zone,
            nodes=str(blocks[index]),
            public=str(public[index]),
            control_plane=str(next(public[MOST_ZONES + index].subnets(new_prefix=_CONTROL_PLANE_PREFIX))),
        )
        for index, zone in enumerate(zones)
    ]
