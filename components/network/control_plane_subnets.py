"""The small subnets of EKS's own network interfaces, apart from those of nodes."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent


class ControlPlaneSubnets(PlatformComponent):
    """A /28 in each of the control plane's zones, whose route table leads nowhere but through the VPC.

    EKS refuses to move a cluster to other zones ("Subnet requirements for clusters", EKS user guide, read 2026-11-28),
    so these stay as they are when nodes get another zone.
    """

    TYPE = "slipway:network:ControlPlaneSubnets"

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        ranges: Mapping[str, tuple[str, str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        table = aws.ec2.RouteTable(
            f"{name}-routes", vpc_id=vpc_id, tags=self.tags(f"{name}-routes"), opts=self.child_opts()
        )
        made = []
        for letter, (zone, cidr) in ranges.items():
            subnet = aws.ec2.Subnet(
                f"{name}-{letter}",
                vpc_id=vpc_id,
                cidr_block=cidr,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags=self.tags(f"{name}-{letter}"),
                opts=self.child_opts(),
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-{letter}-association",
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self.child_opts(),
            )
            made.append(subnet)
        self.subnet_ids = pulumi.Output.all(*(subnet.id for subnet in made))
        self.register_outputs({})
