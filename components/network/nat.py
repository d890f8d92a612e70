"""The way out of private subnets: a NAT gateway with an address that stays."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.lifecycle import Lifecycle


def nat_gateway(
    network: PlatformComponent,
    name: str,
    subnet: aws.ec2.Subnet,
    internet: aws.ec2.InternetGateway,
    lifecycle: Lifecycle,
) -> aws.ec2.NatGateway:
    """A NAT gateway in a public subnet, as a child of the network. Its address is on lists of partners."""
    # AWS refuses both while the VPC has no internet gateway attached, which neither names.
    after: list[pulumi.Resource] = [internet]
    address = aws.ec2.Eip(
        f"{name}-address",
        domain="vpc",
        tags=network.tags(f"{name}-address"),
        # AWS gives no address back.
        opts=network.child_opts(depends_on=after, protect=lifecycle.protects),
    )
    return aws.ec2.NatGateway(
        name,
        allocation_id=address.id,
        subnet_id=subnet.id,
        tags=network.tags(name),
        opts=network.child_opts(depends_on=after),
    )
