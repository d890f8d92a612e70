"""The VPC a cluster lives in: private nodes, few and known ways out, every flow logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.base import Handle, PlatformComponent, Settings
from components.cidr_plan import ZonePlan, plan_subnets
from components.endpoint_plan import endpoint_ranges
from components.endpoint_policy import PerimeterSettings
from components.flow_logs import FlowLogs
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.names import Names
from components.nat import nat_gateway
from components.vpc_endpoints import Endpoints, VpcEndpoints, VpcEndpointsArgs

ZoneLetter = Annotated[str, Field(pattern=r"^[a-f]$")]


class NetworkSettings(Settings):
    """``network:`` in a stack file."""

    vpc_cidr: str = "10.0.0.0/16"
    zones: list[ZoneLetter] = Field(default=["a", "b", "c"], min_length=2, max_length=4)
    cost: Literal["standard", "lean"] = "standard"
    """What ``nat`` and ``endpoints`` are when they do not say: ``per-zone`` and ``core``, or ``single`` and ``s3``."""
    nat: Literal["per-zone", "single", "none"] | None = None
    endpoints: Endpoints | None = None
    perimeter: PerimeterSettings = Field(default_factory=PerimeterSettings)
    flow_logs: Literal["s3", "cloudwatch"] = "s3"
    flow_log_retention_days: Literal[30, 90, 180, 365, 731] = 365

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

    @model_validator(mode="after")
    def _nodes_reach_aws(self) -> Self:
        if self.exits == "none" and self.doors != "all":
            raise ValueError(
                f"endpoints: should be 'all' where nat is 'none': nodes reach neither EC2 nor EKS (got {self.doors!r})"
            )
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
        return self


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


class Network(PlatformComponent):
    """A VPC whose nodes have no public address and reach AWS through endpoints.

    Changing ``vpc_cidr`` or the order of ``zones`` replaces subnets and everything in them; adding a zone
    at the end moves nobody.
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
                perimeter=settings.perimeter,
                ranges=settings.endpoint_ranges,
                route_table_ids=[t.id for t in tables],
            ),
            self.child_opts(),
        )
        self.handle = NetworkHandle(
            vpc_id=vpc.id,
            vpc_cidr=settings.vpc_cidr,
            node_subnet_ids=pulumi.Output.all(*(s.id for s in nodes)),
            ready=(self,),
        )
        self.register_outputs({})

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
            if settings.exits == "per-zone" or (settings.exits == "single" and not exits):
                name = f"{self._name}-nat-{letter}"
                exits.append(nat_gateway(self, name, subnet, gateway, self._args.lifecycle))
        pairs = [
            self._node_zone(
                letter, plan, exits[index if settings.exits == "per-zone" else 0] if exits else None
            )
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
        if gateway_id is not None or nat_gateway_id is not None:
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

    def _node_zone(
        self, letter: str, plan: ZonePlan, nat: aws.ec2.NatGateway | None
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
        table = self._route_table(f"nodes-{letter}", nat_gateway_id=nat.id if nat else None)
        aws.ec2.RouteTableAssociation(
            f"{name}-association", subnet_id=subnet.id, route_table_id=table.id, opts=self.child_opts()
        )
        return subnet, table
