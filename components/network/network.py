"""The VPC a cluster lives in: private nodes, few and known ways out, every flow logged."""

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
from components.network.cidr_plan import ZonePlan, plan_subnets
from components.network.control_plane_subnets import ControlPlaneSubnets
from components.network.flow_logs import FlowLogs
from components.network.vpc_endpoints import VpcEndpoints

ZoneLetter = Annotated[str, Field(pattern=r"^[a-f]$")]


class NetworkSettings(Settings):
    """``network:`` in a stack file."""

    vpc_cidr: str = "10.0.0.0/16"
    zones: list[ZoneLetter] = Field(default=["a", "b", "c"], min_length=2, max_length=4)
    control_plane_zones: list[ZoneLetter] | None = Field(default=None, min_length=2)
    """Where EKS puts the control plane's network interfaces. None: the first two of ``zones``. Never changes once the
    cluster is made: EKS refuses other zones."""
    nat: Literal["per-zone", "single"] = "per-zone"
    flow_log_retention_days: Literal[30, 90, 180, 365, 731] = 365

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
            tags=self.tags(f"{name}-vpc"),
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
            retention_days=settings.flow_log_retention_days,
            lifecycle=args.lifecycle,
            opts=self.child_opts(),
        )
        VpcEndpoints(
            f"{name}-endpoints",
            vpc_id=vpc.id,
            vpc_cidr=settings.vpc_cidr,
            region=names.region,
            subnet_ids=[s.id for s in nodes],
            route_table_ids=[t.id for t in tables],
            opts=self.child_opts(),
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
        public = self._route_table("public", gateway_id=gateway.id)
        exits: list[aws.ec2.NatGateway] = []
        for letter, plan in zip(settings.zones, plans, strict=True):
            subnet = self._public_zone(letter, plan, public)
            if settings.nat == "per-zone" or not exits:
                exits.append(self._nat(letter, subnet, gateway))
        pairs = [
            self._node_zone(letter, plan, exits[index] if settings.nat == "per-zone" else exits[0])
            for index, (letter, plan) in enumerate(zip(settings.zones, plans, strict=True))
        ]
        return [subnet for subnet, _ in pairs], [table for _, table in pairs]

    def _route_table(
        self,
        role: str,
        *,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
    ) -> aws.ec2.RouteTable:
        name = f"{self._name}-{role}-routes"
        table = aws.ec2.RouteTable(name, vpc_id=self._vpc.id, tags=self.tags(name), opts=self.child_opts())
        aws.ec2.Route(
            f"{self._name}-{role}-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=self.child_opts(),
        )
        return table

    def _public_zone(self, letter: str, plan: ZonePlan, table: aws.ec2.RouteTable) -> aws.ec2.Subnet:
        name = f"{self._name}-public-{letter}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self._vpc.id,
            cidr_block=plan.public,
            availability_zone=plan.zone,
            map_public_ip_on_launch=False,
            tags={**self.tags(name), "kubernetes.io/role/elb": "1"},
            opts=self.child_opts(),
        )
        aws.ec2.RouteTableAssociation(
            f"{name}-association", subnet_id=subnet.id, route_table_id=table.id, opts=self.child_opts()
        )
        return subnet

    def _nat(
        self, letter: str, subnet: aws.ec2.Subnet, gateway: aws.ec2.InternetGateway
    ) -> aws.ec2.NatGateway:
        name = f"{self._name}-nat-{letter}"
        # AWS refuses both while the VPC has no internet gateway attached, which neither names.
        after = [gateway]
        # Partners put it on their lists of allowed addresses, and AWS gives no address back.
        address = aws.ec2.Eip(
            f"{name}-address",
            domain="vpc",
            tags=self.tags(f"{name}-address"),
            opts=self.child_opts(depends_on=after, protect=self._args.lifecycle.protects),
        )
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=subnet.id,
            tags=self.tags(name),
            opts=self.child_opts(depends_on=after),
        )

    def _node_zone(
        self, letter: str, plan: ZonePlan, nat: aws.ec2.NatGateway
    ) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTable]:
        name = f"{self._name}-nodes-{letter}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self._vpc.id,
            cidr_block=plan.nodes,
            availability_zone=plan.zone,
            map_public_ip_on_launch=False,
            tags={
                **self.tags(name),
                "kubernetes.io/role/internal-elb": "1",
                # Karpenter finds the subnets of its nodes by this tag.
                "karpenter.sh/discovery": self._args.names.cluster,
            },
            opts=self.child_opts(),
        )
        table = self._route_table(f"nodes-{letter}", nat_gateway_id=nat.id)
        aws.ec2.RouteTableAssociation(
            f"{name}-association", subnet_id=subnet.id, route_table_id=table.id, opts=self.child_opts()
        )
        return subnet, table
