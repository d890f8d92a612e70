"""Add-ons that need nodes to run on: DNS, block storage, resource metrics; and the encrypted disks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import ClusterHandle
from components.cluster.priorities import priority_classes
from components.cluster.system_nodes import SystemNodesHandle
from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import pod_identity_trust
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.system_home import TOLERATES_SYSTEM
from facts.pins import add_ons

DNS: Final = "coredns"
STORAGE: Final = "aws-ebs-csi-driver"
METRICS: Final = "metrics-server"
MONITORING: Final = "eks-node-monitoring-agent"
STORAGE_CLASS: Final = "gp3"
_STORAGE_ACCOUNT: Final = "ebs-csi-controller-sa"

DNS_VALUES: Final[Mapping[str, Any]] = {
    "autoScaling": {"enabled": True, "minReplicas": 2, "maxReplicas": 10},
    "tolerations": TOLERATES_SYSTEM,
}
"""CoreDNS grows with nodes and cores, from two replicas, under the add-on's own disruption budget (EKS user
guide, "Scale CoreDNS Pods for high DNS traffic", read 2026-11)."""

METRICS_VALUES: Final[Mapping[str, Any]] = {"tolerations": TOLERATES_SYSTEM}
STORAGE_VALUES: Final[Mapping[str, Any]] = {
    "controller": {"tolerations": TOLERATES_SYSTEM},
    # Pods on a node cannot ask its metadata service how many network interfaces it has, and the driver then takes it
    # for one; the places of interfaces, of the system's disk and of the containers' disk are kept free instead.
    "node": {"reservedVolumeAttachments": 8},
}


def storage_class() -> dict[str, Any]:
    """The class of every volume that names none: gp3, encrypted, made in the zone of the pod that asks."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true"},
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "reclaimPolicy": "Delete",
    }


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsArgs:
    """What :class:`ClusterAddons` needs."""

    names: Names
    cluster: ClusterHandle
    system_nodes: SystemNodesHandle


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsHandle(Handle):
    """What others may use of :class:`ClusterAddons`: pods start, resolve names and get disks."""


class ClusterAddons(PlatformComponent):
    """DNS, disks, metrics, what tells broken nodes; the default storage class and the priorities."""

    TYPE = "slipway:cluster:ClusterAddons"

    def __init__(
        self, name: str, args: ClusterAddonsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        names = args.names
        role = aws.iam.Role(
            f"{name}-ebs-role",
            name=names.role("ebs-csi"),
            assume_role_policy=pod_identity_trust(names, ["kube-system"], [_STORAGE_ACCOUNT]),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-ebs-role"),
            opts=self.child_opts(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-ebs-role-policy",
            role=role.name,
            # The second version touches only volumes and snapshots the driver itself has tagged.
            policy_arn=f"arn:{names.partition}:iam::aws:policy/AmazonEBSCSIDriverPolicyV2",
            opts=self.child_opts(),
        )
        storage = self._add_on(
            STORAGE,
            values=STORAGE_VALUES,
            identities=[{"role_arn": role.arn, "service_account": _STORAGE_ACCOUNT}],
            # A driver that starts without its permissions retries for ever and holds the add-on's creation.
            after=[attachment],
        )
        disks = KubernetesObject(
            f"{name}-storage-class",
            storage_class(),
            # Volumes of a class whose driver is missing stay pending, and so do their pods.
            self.child_opts(depends_on=[storage]),
        )
        priorities = [
            KubernetesObject(f"{name}-{priority}", manifest, self.child_opts())
            for priority, manifest in priority_classes().items()
        ]
        add_ons = (
            self._add_on(DNS, values=DNS_VALUES),
            storage,
            self._add_on(METRICS, values=METRICS_VALUES),
            self._add_on(MONITORING),
        )
        # A pod whose priority class is not there is refused.
        self.handle = ClusterAddonsHandle(ready=(*add_ons, disks, *priorities))
        self.register_outputs({})

    def _add_on(
        self,
        add_on: str,
        *,
        values: Mapping[str, Any] | None = None,
        identities: list[aws.eks.AddonPodIdentityAssociationArgsDict] | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> aws.eks.Addon:
        name = f"{self._name}-{add_on}"
        return aws.eks.Addon(
            name,
            cluster_name=self._args.cluster.name,
            addon_name=add_on,
            addon_version=add_ons()[add_on].version,
            configuration_values=json.dumps(values) if values else None,
            pod_identity_associations=identities,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self.tags(name),
            # Pending pods keep an add-on in "creating" until it times out.
            opts=self.child_opts(depends_on=[*self._args.system_nodes.ready, *after]),
        )
