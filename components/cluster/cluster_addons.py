"""Add-ons that need nodes to run on: DNS, block storage, resource metrics; and the encrypted disks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import ClusterHandle
from components.cluster.priorities import priority_classes
from components.cluster.system_nodes import SystemNodesHandle
from components.foundation.base import Handle, PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.system_home import TOLERATES_SYSTEM
from components.identity.pod_roles import add_on_role
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
    there: Collection[str] = ()
    """Add-ons that somebody else has made."""


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
        storage = () if STORAGE in args.there else (self._storage(),)
        disks = KubernetesObject(
            f"{name}-storage-class",
            storage_class(),
            # Volumes of a class whose driver is missing stay pending, and so do their pods.
            self.child_opts(depends_on=[*storage]),
        )
        priorities = [
            KubernetesObject(f"{name}-{priority}", manifest, self.child_opts())
            for priority, manifest in priority_classes().items()
        ]
        plain: dict[str, Mapping[str, Any] | None] = {
            DNS: DNS_VALUES,
            METRICS: METRICS_VALUES,
            MONITORING: None,
        }
        add_ons = [self._add_on(one, values=values) for one, values in plain.items() if one not in args.there]
        # A pod whose priority class is not there is refused.
        self.handle = ClusterAddonsHandle(ready=(*add_ons, *storage, disks, *priorities))
        self.register_outputs({})

    def _storage(self) -> aws.eks.Addon:
        name, names = self._name, self._args.names
        # The second version touches only volumes and snapshots the driver itself has tagged.
        role, attachment = add_on_role(
            self,
            f"{name}-ebs-role",
            names,
            role="ebs-csi",
            account=_STORAGE_ACCOUNT,
            policy="AmazonEBSCSIDriverPolicyV2",
        )
        return self._add_on(
            STORAGE,
            values=STORAGE_VALUES,
            identities=[{"role_arn": role.arn, "service_account": _STORAGE_ACCOUNT}],
            # A driver that starts without its permissions retries for ever and holds the add-on's creation.
            after=[attachment],
        )

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
