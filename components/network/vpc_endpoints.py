"""Private ways from the nodes to the AWS services they need."""

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent

INTERFACES: Final = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sqs", "sts")
"""What nodes, the pod identity agent, Karpenter and the collectors call (EKS user guide, "Deploy private
clusters with limited internet access", read 2026-11)."""


class VpcEndpoints(PlatformComponent):
    """One gateway endpoint for S3 and one interface endpoint a service, open to the VPC on 443 only."""

    TYPE = "slipway:network:VpcEndpoints"

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        vpc_cidr: str,
        region: str,
        subnet_ids: Sequence[pulumi.Input[str]],
        route_table_ids: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(name, opts)
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=vpc_id,
            service_name=f"com.amazonaws.{region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=route_table_ids,
            tags=self.tags(f"{name}-s3"),
            opts=self.child_opts(),
        )
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=vpc_id,
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
            cidr_ipv4=vpc_cidr,
            tags=self.tags(f"{name}-https"),
            opts=self.child_opts(),
        )
        for service in INTERFACES:
            role = service.replace(".", "-")
            aws.ec2.VpcEndpoint(
                f"{name}-{role}",
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=subnet_ids,
                security_group_ids=[group.id],
                tags=self.tags(f"{name}-{role}"),
                opts=self.child_opts(),
            )
        self.register_outputs({})
