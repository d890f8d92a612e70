"""A cluster that somebody else made, behind the handle of our own."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import ClusterArgs, ClusterHandle
from components.cluster.cluster_access import ClusterAccess
from components.cluster.node_prerequisites import NodePrerequisites
from components.foundation.base import PlatformComponent


class AdoptedCluster(PlatformComponent):
    """The same handle as :class:`Cluster`'s, the roles' access entries, and the nodes' add-ons that are not there yet.

    The control plane, its key, its logs and the add-ons that are named are its owner's: none of them is changed.
    """

    TYPE = "slipway:cluster:AdoptedCluster"

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        there = args.settings.existing
        if there is None:
            raise ValueError(f"{name}: cluster.existing is not said")
        super().__init__(name, opts, says=there.shown)
        names = args.names
        access = ClusterAccess(
            f"{name}-access",
            names=names,
            deploy_role_arn=args.settings.deploy_role_arn or names.role_arn("deploy"),
            preview_role_arn=args.settings.preview_role_arn or names.role_arn("preview"),
            access=args.settings.access,
            cluster_name=there.name,
            admits_roles=there.entries == "write",
            opts=self.child_opts(),
        )
        if there.tags == "write":
            # Karpenter finds its nodes' security group by this tag. It stays when the section goes.
            aws.ec2.Tag(
                f"{name}-group-discovery",
                resource_id=there.security_group_id,
                key="karpenter.sh/discovery",
                value=there.name,
                opts=self.child_opts(retain_on_delete=True),
            )
        prerequisites = NodePrerequisites(
            f"{name}-nodes-need",
            names=names,
            cluster_name=there.name,
            there=frozenset(there.add_ons),
            opts=self.child_opts(),
        )
        self.handle = ClusterHandle(
            name=there.name,
            arn=names.cluster_arn,
            endpoint=there.endpoint,
            certificate_authority=there.certificate_authority,
            security_group_id=there.security_group_id,
            version=there.version,
            ready=(*access.ready, *prerequisites.ready),
        )
        self.register_outputs({})
