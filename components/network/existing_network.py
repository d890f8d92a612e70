"""A network that somebody else made: what a stack file says of it, and what must hold for us to stand on it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.foundation.base import Settings
from components.network.ground import Ground

_WIDEST: Final = 16
_NODES_AT_MOST: Final = 24
"""The prefix of the smallest subnet for nodes: every pod takes an address, and a load balancer keeps eight free."""
_CONTROL_PLANE_AT_MOST: Final = 28
"""EKS asks for six free addresses in each subnet of the control plane (user guide, "VPC and subnet requirements")."""


def _private(cidr: str) -> str:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        raise ValueError(f"not an address range such as 10.0.0.0/19 (got {cidr!r})") from None
    if not (network.is_private or network.subnet_of(IPv4Network("100.64.0.0/10"))):
        raise ValueError(f"must be a private range (got {cidr!r})")
    return cidr


Range = Annotated[str, AfterValidator(_private)]


class ExistingSubnet(Settings):
    """One subnet: its id and its range, since documents name addresses before anything is asked of AWS."""

    id: Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
    range: Range


class ExistingZone(Settings):
    """The subnets of one availability zone."""

    nodes: ExistingSubnet
    control_plane: ExistingSubnet | None = None
    """Two zones have one, and never others later: EKS refuses another zone on a live cluster."""
    public: ExistingSubnet | None = None
    """For load balancers with ``gateway.exposure: public``."""

    def subnets(self) -> dict[str, ExistingSubnet]:
        """Those that are there, by what they are for."""
        found = {"nodes": self.nodes, "control_plane": self.control_plane, "public": self.public}
        return {role: subnet for role, subnet in found.items() if subnet is not None}


class ExistingNetwork(Settings):
    """``network.existing:`` in a stack file."""

    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
    vpc_cidr: Range
    zones: dict[Annotated[str, Field(pattern=r"^[a-f]$")], ExistingZone] = Field(min_length=2, max_length=4)
    endpoint_ranges: list[Range] = Field(default_factory=list)
    """Where AWS's services answer inside the VPC; empty: pods of models reach them by no private way."""
    tags: Literal["write", "there"] = "write"
    """``there``: whoever owns the subnets has written the tags, as in a VPC that is shared between accounts."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if problems := [*self._places(), *self._sizes()]:
            raise ValueError("; ".join(problems))
        return self

    def _places(self) -> Iterator[str]:
        whole = IPv4Network(self.vpc_cidr)
        if whole.prefixlen < _WIDEST:
            yield f"vpc_cidr: a VPC's range is a /{_WIDEST} or smaller (got {self.vpc_cidr})"
        named = [
            (f"zones.{letter}.{role}", subnet)
            for letter, zone in self.zones.items()
            for role, subnet in zone.subnets().items()
        ]
        for path, subnet in named:
            if not IPv4Network(subnet.range).subnet_of(whole):
                yield f"{path}.range: lies outside of vpc_cidr {self.vpc_cidr} (got {subnet.range})"
        for (path, one), (other_path, other) in combinations(named, 2):
            if one.id == other.id:
                yield f"{other_path}.id: is {path}'s already (got {other.id})"
            elif IPv4Network(one.range).overlaps(IPv4Network(other.range)):
                yield f"{other_path}.range: overlaps {path}'s {one.range} (got {other.range})"

    def _sizes(self) -> Iterator[str]:
        for letter, zone in self.zones.items():
            if IPv4Network(zone.nodes.range).prefixlen > _NODES_AT_MOST:
                yield (
                    f"zones.{letter}.nodes.range: holds too few pods, a /{_NODES_AT_MOST} is the least "
                    f"(got {zone.nodes.range})"
                )
            plane = zone.control_plane
            if plane is not None and IPv4Network(plane.range).prefixlen > _CONTROL_PLANE_AT_MOST:
                yield (
                    f"zones.{letter}.control_plane.range: EKS needs a /{_CONTROL_PLANE_AT_MOST} at least "
                    f"(got {plane.range})"
                )
        planes = [letter for letter, zone in self.zones.items() if zone.control_plane is not None]
        if len(planes) < 2:  # noqa: PLR2004 the sentence names it
            yield f"zones: control_plane should stand in two zones at least (got {', '.join(planes) or 'none'})"

    @property
    def ground(self) -> Ground:
        """What components above may know of it."""
        zones = self.zones.values()
        return Ground(
            api_server_range=self.vpc_cidr,
            endpoint_ranges=tuple(self.endpoint_ranges),
            balancer_ranges={
                "internal": [zone.nodes.range for zone in zones],
                "public": [zone.public.range for zone in zones if zone.public is not None],
            },
            zones=list(self.zones),
        )
