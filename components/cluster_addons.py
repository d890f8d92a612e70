"""Add-ons that need nodes to run on: DNS and block storage."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Handle, PlatformComponent
from components.cluster import ClusterHandle
from components.iam_document import pod_identity_trust
from components.names import Names
from components.system_nodes import SystemNodesHandle
from facts.pins import add_ons

_EBS = "aws-ebs-csi-driver"
_EBS_ACCOUNT = "ebs-csi-controller-sa"


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsArgs:
    """What :class:`ClusterAddons` needs."""

    names: Names
    cluster: ClusterHandle
    system_nodes: SystemNodesHandle


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsHandle(Handle):
    """What others may use of :class:`ClusterAddons`: a cluster on which pods start, resolve names and get disks."""


class ClusterAddons(PlatformComponent):
    """CoreDNS and the EBS CSI driver, which gets its AWS permissions by pod identity."""

    TYPE = "slipway:cluster:ClusterAddons"

    def __init__(self, name: str, args: ClusterAddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        role = aws.iam.Role(
            f"{name}-ebs-role",
            name=names.role("ebs-csi"),
            assume_role_policy=pod_identity_trust(names, ["kube-system"], [_EBS_ACCOUNT]),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-ebs-role"),
            opts=self.child_opts(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-ebs-role",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
            opts=self.child_opts(),
        )
        dns = self._add_on(f"{name}-coredns", "coredns", args, [], ())
        storage = self._add_on(
            f"{name}-{_EBS}",
            _EBS,
            args,
            [{"role_arn": role.arn, "service_account": _EBS_ACCOUNT}],
            # A driver that starts without its permissions retries for ever and holds the add-on's creation.
            (attachment,),
        )
        self.handle = ClusterAddonsHandle(ready=(dns, storage))
        self.register_outputs({})

    def _add_on(
        self,
        name: str,
        add_on: str,
        args: ClusterAddonsArgs,
        identities: list[aws.eks.AddonPodIdentityAssociationArgsDict],
        after: tuple[pulumi.Resource, ...],
    ) -> aws.eks.Addon:
        return aws.eks.Addon(
            name,
            cluster_name=args.cluster.name,
            addon_name=add_on,
            addon_version=add_ons()[add_on].version,
            pod_identity_associations=identities or None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self.tags(name),
            # Pending pods keep an add-on in "creating" until it times out.
            opts=self.child_opts(depends_on=[*args.system_nodes.ready, *after]),
        )
