"""The subnets of a zone and their tables of routes, as children of the network."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.network.cidr_plan import ZonePlan


class ZoneSubnets:
    """Makes public and private subnets, all alike but for their zone and their way out."""

    def __init__(
        self, network: PlatformComponent, name: str, vpc_id: pulumi.Input[str], cluster: str
    ) -> None:
        self._network, self._name, self._vpc_id, self._cluster = network, name, vpc_id, cluster

    def route_table(
        self,
        role: str,
        *,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
    ) -> aws.ec2.RouteTable:
        """A table whose default route leads to the given way out; with none it leads nowhere but through the VPC."""
        name = f"{self._name}-{role}-routes"
        table = aws.ec2.RouteTable(
            name, vpc_id=self._vpc_id, tags=self._network.tags(name), opts=self._network.child_opts()
        )
        if gateway_id is not None or nat_gateway_id is not None:
            aws.ec2.Route(
                f"{self._name}-{role}-out",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                gateway_id=gateway_id,
                nat_gateway_id=nat_gateway_id,
                opts=self._network.child_opts(),
            )
        return table

    def public_subnet(self, letter: str, plan: ZonePlan, table: aws.ec2.RouteTable) -> aws.ec2.Subnet:
        """Where load balancers for the outside and NAT gateways stand."""
        tags = {"kubernetes.io/role/elb": "1"}
        return self._subnet(f"{self._name}-public-{letter}", plan.zone, plan.public, tags, table)

    def node_subnet(
        self, letter: str, plan: ZonePlan, nat: aws.ec2.NatGateway | None
    ) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTable]:
        """Where nodes and pods live, and its own table of routes."""
        tags = {
            "kubernetes.io/role/internal-elb": "1",
            # Karpenter finds the subnets of its nodes by this tag.
            "karpenter.sh/discovery": self._cluster,
        }
        table = self.route_table(f"nodes-{letter}", nat_gateway_id=nat.id if nat else None)
        return self._subnet(f"{self._name}-nodes-{letter}", plan.zone, plan.nodes, tags, table), table

    def _subnet(
        self, name: str, zone: str, cidr: str, tags: dict[str, str], table: aws.ec2.RouteTable
    ) -> aws.ec2.Subnet:
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self._vpc_id,
            cidr_block=cidr,
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags={**self._network.tags(name), **tags},
            opts=self._network.child_opts(),
        )
        aws.ec2.RouteTableAssociation(
            f"{name}-association",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=self._network.child_opts(),
        )
        return subnet
