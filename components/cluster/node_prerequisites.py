"""The add-ons a node needs before it can join: its network, its service routing, its pods' credentials."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import PlatformComponent
from components.foundation.iam_document import pod_identity_trust
from components.foundation.names import Names
from facts.pins import add_ons

IDENTITY_AGENT: Final = "eks-pod-identity-agent"
PROXY: Final = "kube-proxy"
NETWORK: Final = "vpc-cni"
_NETWORK_ACCOUNT: Final = "aws-node"


class NodePrerequisites(PlatformComponent):
    """The VPC CNI, kube-proxy and the pod identity agent, pinned.

    The CNI gets its permissions by pod identity: it and the agent run on the host's network, so neither
    waits for the other, and no pod can borrow them from the node's role. ``ready`` is what a node group must
    wait for.
    """

    TYPE = "slipway:cluster:NodePrerequisites"

    def __init__(
        self, name: str, *, names: Names, cluster: aws.eks.Cluster, opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__(name, opts)
        self._name, self._cluster = name, cluster
        role = aws.iam.Role(
            f"{name}-cni-role",
            name=names.role("vpc-cni"),
            assume_role_policy=pod_identity_trust(names, ["kube-system"], [_NETWORK_ACCOUNT]),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-cni-role"),
            opts=self.child_opts(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-cni-role-policy",
            role=role.name,
            policy_arn=f"arn:{names.partition}:iam::aws:policy/AmazonEKS_CNI_Policy",
            opts=self.child_opts(),
        )
        agent = self._add_on(IDENTITY_AGENT)
        network = self._add_on(
            NETWORK,
            # Without it the CNI accepts every NetworkPolicy and enforces none.
            values={"enableNetworkPolicy": "true"},
            identities=[{"role_arn": role.arn, "service_account": _NETWORK_ACCOUNT}],
            # EKS refuses pod identity associations of an add-on on a cluster without the agent; without the
            # policy the CNI cannot give a single pod an address.
            after=[agent, attachment],
        )
        self.ready: tuple[pulumi.Resource, ...] = (network, self._add_on(PROXY), agent)
        self.register_outputs({})

    def _add_on(
        self,
        add_on: str,
        *,
        values: dict[str, str] | None = None,
        identities: list[aws.eks.AddonPodIdentityAssociationArgsDict] | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> aws.eks.Addon:
        name = f"{self._name}-{add_on}"
        return aws.eks.Addon(
            name,
            cluster_name=self._cluster.name,
            addon_name=add_on,
            addon_version=add_ons()[add_on].version,
            configuration_values=json.dumps(values) if values else None,
            pod_identity_associations=identities,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self.tags(name),
            opts=self.child_opts(depends_on=list(after)),
        )
