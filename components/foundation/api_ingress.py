"""Who reaches the private endpoint of the Kubernetes API, besides the nodes: rules of the group that EKS makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.foundation.base import PlatformComponent
from components.foundation.cidr import narrow

API_PORT: Final = 443
Cidr = Annotated[str, narrow("the Kubernetes API", 16)]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$")]


def api_ingress(
    component: PlatformComponent,
    name: str,
    cluster_group: pulumi.Input[str],
    ranges: Sequence[str],
    groups: Sequence[str],
) -> None:
    """One rule for each range and each group, for HTTPS to the API, and for nothing else in the cluster's group.

    The group is the nodes' too; none of them serves on this port.
    """
    for told in ranges:
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-api-from-{told.replace('/', '-').replace('.', '-')}",
            security_group_id=cluster_group,
            description=f"HTTPS to the Kubernetes API from {told}",
            cidr_ipv4=told,
            from_port=API_PORT,
            to_port=API_PORT,
            ip_protocol="tcp",
            tags=component.tags(f"{name}-api"),
            opts=component.child_opts(),
        )
    for group in groups:
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-api-from-{group}",
            security_group_id=cluster_group,
            description=f"HTTPS to the Kubernetes API from {group}",
            referenced_security_group_id=group,
            from_port=API_PORT,
            to_port=API_PORT,
            ip_protocol="tcp",
            tags=component.tags(f"{name}-api"),
            opts=component.child_opts(),
        )
