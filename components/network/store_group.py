"""The group of a store that only the cluster's nodes reach."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent


def group_for_nodes(
    component: PlatformComponent,
    name: str,
    *,
    vpc_id: pulumi.Input[str],
    nodes: pulumi.Input[str],
    port: int,
    what: str,
    caller: str,
) -> aws.ec2.SecurityGroup:
    """A security group that lets the group ``nodes`` in on one port, and lets nothing out.

    ``what`` and ``caller`` are the descriptions of the group and of its rule, which AWS does not let change.
    """
    group = aws.ec2.SecurityGroup(
        f"{name}-group",
        vpc_id=vpc_id,
        description=what,
        tags=component.tags(f"{name}-group"),
        opts=component.child_opts(),
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-from-nodes",
        security_group_id=group.id,
        description=caller,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        referenced_security_group_id=nodes,
        tags=component.tags(f"{name}-from-nodes"),
        opts=component.child_opts(),
    )
    return group
