"""The VPC a cluster lives in: private nodes, few and known ways out, every flow logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.network.cidr_plan import plan_subnets
from components.network.control_plane_subnets import ControlPlaneSubnets
from components.network.endpoint_plan import endpoint_ranges
from components.network.endpoint_policy import PerimeterSettings
from components.network.existing_network import ExistingNetwork
from components.network.flow_logs import FlowLogs
from components.network.ground import Ground
from components.network.nat import nat_gateway
from components.network.vpc_endpoints import (
    INTERFACES,
    Endpoints,
    MoreEndpoints,
    VpcEndpoints,
    VpcEndpointsArgs,
)
from components.network.zone_subnets import ZoneSubnets

ZoneLetter = Annotated[str, Field(pattern=r"^[a-f]$")]


class NetworkSettings(Settings):
    """``network:`` in a stack file."""

    vpc_cidr: str = "10.0.0.0/16"
    zones: list[ZoneLetter] = Field(default=["a", "b", "c"], min_length=2, max_length=4)
    control_plane_zones: list[ZoneLetter] | None = Field(default=None, min_length=2)
    """Where EKS puts the control plane's network interfaces. None: the first two of ``zones``. Never changes once the
    cluster is made: EKS refuses other zones."""
    cost: Literal["standard", "lean"] = "standard"
    """What ``nat`` and ``endpoints`` are when they do not say: ``per-zone`` and ``core``, or ``single`` and ``s3``."""
    nat: Literal["per-zone", "single", "none"] | None = None
    endpoints: Endpoints | None = None
    more_endpoints: list[MoreEndpoints] = Field(default_factory=list)
    """Beside those: ``kms`` where there are ``loops``, which sign in it; of services that ``telemetry`` was told to
    use, where there is no NAT."""
    perimeter: PerimeterSettings = Field(default_factory=PerimeterSettings)
    flow_logs: Literal["s3", "cloudwatch"] = "s3"
    flow_log_retention_days: Literal[30, 90, 180, 365, 731] = 365
    existing: ExistingNetwork | None = None
    """A network that somebody else made stands where ours would; then nothing else may be said here."""

    @property
    def exits(self) -> Literal["per-zone", "single", "none"]:
        """The NAT gateways: what ``nat`` says, or the profile."""
        return self.nat or ("per-zone" if self.cost == "standard" else "single")

    @property
    def doors(self) -> Endpoints:
        """The endpoints: what ``endpoints`` says, or the profile."""
        return self.endpoints or ("core" if self.cost == "standard" else "s3")

    @property
    def endpoint_ranges(self) -> dict[str, str]:
        """By zone letter, the addresses of AWS's services in the VPC; ``lean`` has them in its first zone."""
        letters = self.zones if self.cost == "standard" else self.zones[:1]
        return endpoint_ranges(self.vpc_cidr, letters)

    @property
    def ground(self) -> Ground:
        """What components above may know: load balancers stand beside nodes, or in the public subnets."""
        if self.existing is not None:
            return self.existing.ground
        plans = plan_subnets(self.vpc_cidr, self.zones)
        return Ground(
            api_server_range=self.vpc_cidr,
            endpoint_ranges=tuple(self.endpoint_ranges.values()),
            balancer_ranges={"internal": [p.nodes for p in plans], "public": [p.public for p in plans]},
            zones=self.zones,
        )

    @model_validator(mode="after")
    def _is_ours_or_somebody_elses(self) -> Self:
        said = sorted(self.model_fields_set - {"existing"})
        if self.existing is not None and said:
            raise ValueError(f"existing: the network is made by its owner; take out {', '.join(said)}")
        return self

    @model_validator(mode="after")
    def _nodes_reach_aws(self) -> Self:
        if self.exits == "none" and self.doors != "all":
            raise ValueError(
                f"endpoints: should be 'all' where nat is 'none': nodes reach neither EC2 nor EKS (got {self.doors!r})"
            )
        if twice := sorted({one for one in self.more_endpoints if self.more_endpoints.count(one) > 1}):
            raise ValueError(f"more_endpoints: names {', '.join(twice)} twice")
        if self.doors == "all" and (there := set(self.more_endpoints) & set(INTERFACES)):
            raise ValueError(f"more_endpoints: {', '.join(sorted(there))} is one of all (endpoints)")
        return self

    @model_validator(mode="after")
    def _range_can_be_planned(self) -> Self:
        try:
            private = IPv4Network(self.vpc_cidr).is_private
        except ValueError:
            raise ValueError(
                f"vpc_cidr is not an address range such as 10.0.0.0/16 (got {self.vpc_cidr})"
            ) from None
        if not private:
            raise ValueError(f"vpc_cidr must be a private range (got {self.vpc_cidr})")
        plan_subnets(self.vpc_cidr, self.zones)
        own = self.control_plane_zones or []
        if strangers := [zone for zone in own if zone not in self.zones]:
            raise ValueError(
                f"control_plane_zones: should be among zones ({', '.join(self.zones)}) (got {', '.join(strangers)})"
            )
        if len(set(own)) < len(own):
            raise ValueError(f"control_plane_zones: a zone stands twice in {', '.join(own)}")
        return self

    @property
    def control_plane(self) -> list[str]:
        """The letters of the control plane's zones: appending to ``zones`` does not change them."""
        return self.control_plane_zones or self.zones[:2]


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What :class:`Network` needs."""

    settings: NetworkSettings
    names: Names
    lifecycle: Lifecycle = DURABLE
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class NetworkHandle(Handle):
    """What others may use of :class:`Network`."""

    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    node_subnet_ids: pulumi.Input[Sequence[str]]
    """In the order of ``zones``."""
    control_plane_subnet_ids: pulumi.Input[Sequence[str]]


class Network(PlatformComponent):
    """A VPC whose nodes have no public address and reach AWS through endpoints.

    Changing ``vpc_cidr`` or the order of ``zones`` replaces subnets and everything in them; adding a zone at the end
    moves nobody. The control plane has small subnets of its own, so that it keeps its zones when nodes get another.
    """

    TYPE = "slipway:network:Network"

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        settings, names = args.settings, args.names
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=settings.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={**self.tags(f"{name}-vpc"), **names.vpc_tags},
            opts=self.child_opts(),
        )
        self._vpc = vpc
        # Adopts the VPC's own default group and empties it: a resource that names no group gets no traffic.
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-closed",
            vpc_id=vpc.id,
            tags=self.tags(f"{name}-default-closed"),
            opts=self.child_opts(),
        )
        gateway = aws.ec2.InternetGateway(
            f"{name}-internet", vpc_id=vpc.id, tags=self.tags(f"{name}-internet"), opts=self.child_opts()
        )
        nodes, tables = self._zones(gateway)
        ranges = self._control_plane_ranges()
        control_plane = ControlPlaneSubnets(
            f"{name}-control-plane", vpc_id=vpc.id, ranges=ranges, opts=self.child_opts()
        )
        FlowLogs(
            f"{name}-flow-logs",
            vpc_id=vpc.id,
            names=names,
            to=settings.flow_logs,
            retention_days=settings.flow_log_retention_days,
            lifecycle=args.lifecycle,
            opts=self.child_opts(),
        )
        VpcEndpoints(
            f"{name}-endpoints",
            VpcEndpointsArgs(
                names=names,
                vpc_id=vpc.id,
                vpc_cidr=settings.vpc_cidr,
                endpoints=settings.doors,
                more=settings.more_endpoints,
                perimeter=settings.perimeter,
                registry=args.registry,
                ranges=settings.endpoint_ranges,
                route_table_ids=[t.id for t in tables],
            ),
            self.child_opts(),
        )
        self.handle = NetworkHandle(
            vpc_id=vpc.id,
            vpc_cidr=settings.vpc_cidr,
            node_subnet_ids=pulumi.Output.all(*(s.id for s in nodes)),
            control_plane_subnet_ids=control_plane.subnet_ids,
            ready=(self,),
        )
        self.register_outputs({})

    def _control_plane_ranges(self) -> dict[str, tuple[str, str]]:
        """By letter: the zone and the range of the control plane's subnets."""
        settings, region = self._args.settings, self._args.names.region
        plans = plan_subnets(settings.vpc_cidr, [f"{region}{letter}" for letter in settings.zones])
        of_letter = dict(zip(settings.zones, plans, strict=True))
        return {
            letter: (of_letter[letter].zone, of_letter[letter].control_plane)
            for letter in settings.control_plane
        }

    def _zones(
        self, gateway: aws.ec2.InternetGateway
    ) -> tuple[list[aws.ec2.Subnet], list[aws.ec2.RouteTable]]:
        """The node subnets and their route tables, each with its way out."""
        settings, region = self._args.settings, self._args.names.region
        plans = plan_subnets(settings.vpc_cidr, [f"{region}{letter}" for letter in settings.zones])
        ground = ZoneSubnets(self, self._name, self._vpc.id, self._args.names.cluster)
        public = ground.route_table("public", gateway_id=gateway.id)
        exits: list[aws.ec2.NatGateway] = []
        for letter, plan in zip(settings.zones, plans, strict=True):
            subnet = ground.public_subnet(letter, plan, public)
            if settings.exits == "per-zone" or (settings.exits == "single" and not exits):
                name = f"{self._name}-nat-{letter}"
                exits.append(nat_gateway(self, name, subnet, gateway, self._args.lifecycle))
        pairs = [
            ground.node_subnet(
                letter, plan, exits[index if settings.exits == "per-zone" else 0] if exits else None
            )
            for index, (letter, plan) in enumerate(zip(settings.zones, plans, strict=True))
        ]
        return [subnet for subnet, _ in pairs], [table for _, table in pairs]
