"""Private ways from the nodes to the AWS services they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.network.endpoint_policy import PerimeterSettings, endpoint_document

INTERFACES: Final = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sqs", "sts")
"""What nodes, the pod identity agent, Karpenter and the collectors call (EKS user guide, "Deploy private
clusters with limited internet access", read 2026-11)."""
CORE: Final = ("ecr.api", "ecr.dkr", "eks-auth", "logs", "sts")
"""Those without which a node cannot start or a pod has no credentials while NAT is down, and through which a
platform's own data could leave in bulk."""

MoreEndpoints = Literal["aps-workspaces", "kms", "sns", "xray"]
"""What telemetry calls where it is told to (Amazon Managed Prometheus, topics of alerts, X-Ray), and what signs for
the loops."""
Endpoints = Literal["s3", "core", "all"]
_SERVICES: Final[dict[Endpoints, tuple[str, ...]]] = {"s3": (), "core": CORE, "all": INTERFACES}


@dataclass(frozen=True, kw_only=True)
class VpcEndpointsArgs:
    """What :class:`VpcEndpoints` needs."""

    names: Names
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    endpoints: Endpoints
    more: Sequence[MoreEndpoints]
    perimeter: PerimeterSettings
    ranges: Mapping[str, str]
    """By zone letter, where interface endpoints stand."""
    route_table_ids: Sequence[pulumi.Input[str]]
    registry: Registry = UPSTREAM


class VpcEndpoints(PlatformComponent):
    """Interface endpoints in small subnets of their own, open to the VPC on 443 only, and a gateway endpoint for S3.

    S3 has both: names lead to the interface endpoint, whose addresses a NetworkPolicy can name; the gateway takes
    what was resolved elsewhere. Each but eks-auth's has a policy: what is not the platform's own does not pass.
    """

    TYPE = "slipway:network:VpcEndpoints"

    def __init__(self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__(name, opts)
        self._args = args
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.names.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=args.route_table_ids,
            policy=endpoint_document(args.names, "s3", args.perimeter, args.registry),
            tags=self.tags(f"{name}-s3"),
            opts=self.child_opts(),
        )
        group = self._group(name)
        subnets = [self._subnet(f"{name}-{letter}", letter, cidr) for letter, cidr in args.ranges.items()]
        # Pods of models may open port 443 to these addresses only, so S3 answers here too. A gateway endpoint has
        # no address of its own: the names then lead to all of S3.
        for service in ("s3", *_SERVICES[args.endpoints], *args.more):
            role = "s3-private" if service == "s3" else service.replace(".", "-")
            self._interface(f"{name}-{role}", service, group, subnets)
        self.register_outputs({})

    def _subnet(self, name: str, letter: str, cidr: str) -> aws.ec2.Subnet:
        # The VPC's main table serves it: no way but within the VPC.
        return aws.ec2.Subnet(
            name,
            vpc_id=self._args.vpc_id,
            cidr_block=cidr,
            availability_zone=f"{self._args.names.region}{letter}",
            map_public_ip_on_launch=False,
            tags=self.tags(name),
            opts=self.child_opts(),
        )

    def _group(self, name: str) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=self._args.vpc_id,
            description="HTTPS from the VPC to the interface endpoints",
            tags=self.tags(f"{name}-group"),
            opts=self.child_opts(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-https",
            security_group_id=group.id,
            description="HTTPS from the VPC",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=self._args.vpc_cidr,
            tags=self.tags(f"{name}-https"),
            opts=self.child_opts(),
        )
        return group

    def _interface(
        self,
        name: str,
        service: str,
        group: aws.ec2.SecurityGroup,
        subnets: Sequence[aws.ec2.Subnet],
    ) -> None:
        args = self._args
        aws.ec2.VpcEndpoint(
            name,
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.names.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            # Without it names of S3 would lead to the gateway endpoint, for all but resolvers outside.
            dns_options={"private_dns_only_for_inbound_resolver_endpoint": False}
            if service == "s3"
            else None,
            policy=endpoint_document(args.names, service, args.perimeter, args.registry),
            tags=self.tags(name),
            opts=self.child_opts(),
        )
