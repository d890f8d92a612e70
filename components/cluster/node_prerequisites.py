"""The add-ons a node needs before it can join: its network, its service routing, its pods' credentials."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from components.cluster.existing_cluster import AGENT, NETWORK, PROXY
from components.foundation.base import PlatformComponent
from components.foundation.names import Names
from components.identity.pod_roles import add_on_role
from facts.pins import add_ons

_NETWORK_ACCOUNT: Final = "aws-node"


class NodePrerequisites(PlatformComponent):
    """The VPC CNI, kube-proxy and the pod identity agent, pinned.

    The CNI gets its permissions by pod identity: it and the agent run on the host's network, so neither
    waits for the other, and no pod can borrow them from the node's role. ``ready`` is what a node group must
    wait for. What is in ``there`` somebody else has made.
    """

    TYPE = "slipway:cluster:NodePrerequisites"

    def __init__(
        self,
        name: str,
        *,
        names: Names,
        cluster_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
        there: Collection[str] = (),
    ) -> None:
        super().__init__(name, opts)
        self._name, self._cluster_name = name, cluster_name
        agent = () if AGENT in there else (self._add_on(AGENT),)
        network = () if NETWORK in there else (self._network(names, agent),)
        proxy = () if PROXY in there else (self._add_on(PROXY),)
        self.ready: tuple[pulumi.Resource, ...] = (*network, *proxy, *agent)
        self.register_outputs({})

    def _network(self, names: Names, agent: Sequence[pulumi.Resource]) -> pulumi.Resource:
        name = self._name
        role, attachment = add_on_role(
            self,
            f"{name}-cni-role",
            names,
            role="vpc-cni",
            account=_NETWORK_ACCOUNT,
            policy="AmazonEKS_CNI_Policy",
        )
        return self._add_on(
            NETWORK,
            # Without it the CNI accepts every NetworkPolicy and enforces none.
            values={"enableNetworkPolicy": "true"},
            identities=[{"role_arn": role.arn, "service_account": _NETWORK_ACCOUNT}],
            # EKS refuses pod identity associations of an add-on on a cluster without the agent; without the
            # policy the CNI cannot give a single pod an address.
            after=[*agent, attachment],
        )

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
            cluster_name=self._cluster_name,
            addon_name=add_on,
            addon_version=add_ons()[add_on].version,
            configuration_values=json.dumps(values) if values else None,
            pod_identity_associations=identities,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self.tags(name),
            opts=self.child_opts(depends_on=list(after)),
        )
