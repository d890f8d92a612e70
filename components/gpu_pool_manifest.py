"""The two Karpenter objects of a GPU pool, as plain data (fields: Karpenter v1.14.1's CRDs)."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.namespaces import GPU_TAINT, POOL_LABEL
from facts.pins import images

_ARCH = {"x86_64": "amd64", "arm64": "arm64"}


def node_class(
    *,
    pool: str,
    cluster: str,
    node_role: str,
    data_disk_gib: int,
    capacity_reservations: Sequence[str],
    has_local_nvme: bool,
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """The EC2NodeClass: pinned Bottlerocket, encrypted disks, metadata out of the pods' reach."""
    spec: dict[str, Any] = {
        "amiFamily": "Bottlerocket",
        "amiSelectorTerms": [{"alias": f"bottlerocket@{images()['bottlerocket'].version}"}],
        "role": node_role,
        "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": cluster}}],
        "securityGroupSelectorTerms": [{"tags": {"karpenter.sh/discovery": cluster}}],
        "associatePublicIPAddress": False,
        "detailedMonitoring": True,
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpPutResponseHopLimit": 1,
            "httpTokens": "required",
        },
        "blockDeviceMappings": [
            _disk("/dev/xvda", 4),
            _disk("/dev/xvdb", data_disk_gib),
        ],
        "tags": dict(tags),
    }
    if has_local_nvme:
        # Local disks hold images and model files: the fastest cache a node has.
        spec["instanceStorePolicy"] = "RAID0"
    if capacity_reservations:
        spec["capacityReservationSelectorTerms"] = [{"id": reservation} for reservation in capacity_reservations]
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": f"gpu-{pool}"},
        "spec": spec,
    }


def _disk(device: str, gib: int) -> dict[str, Any]:
    return {
        "deviceName": device,
        "ebs": {"volumeSize": f"{gib}Gi", "volumeType": "gp3", "encrypted": True, "deleteOnTermination": True},
    }


def node_pool(
    *,
    pool: str,
    instance_types: Sequence[str],
    arch: str,
    max_gpus: int,
    interruptible: bool,
    is_reserved: bool,
) -> dict[str, Any]:
    """The NodePool: which capacity, for whom, how much, and never taken from under a running model."""
    capacity = [
        *(["reserved"] if is_reserved else []),
        "on-demand",
        *(["spot"] if interruptible else []),
    ]
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": f"gpu-{pool}"},
        "spec": {
            "template": {
                "metadata": {"labels": {POOL_LABEL: pool, "slipway.dev/interruptible": str(interruptible).lower()}},
                "spec": {
                    "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": f"gpu-{pool}"},
                    "taints": [{"key": GPU_TAINT, "value": "present", "effect": "NoSchedule"}],
                    "requirements": [
                        _in("kubernetes.io/arch", [_ARCH[arch]]),
                        _in("kubernetes.io/os", ["linux"]),
                        _in("node.kubernetes.io/instance-type", list(instance_types)),
                        _in("karpenter.sh/capacity-type", capacity),
                        _in("karpenter.k8s.aws/instance-encryption-in-transit-supported", ["true"]),
                    ],
                    # A GPU in use is not replaced for its age; patches arrive when it is free.
                    "expireAfter": "Never",
                },
            },
            "disruption": {
                "consolidationPolicy": "WhenEmpty",
                "consolidateAfter": "10m",
                "budgets": [
                    {"nodes": "1", "reasons": ["Empty"]},
                    {"nodes": "0", "reasons": ["Drifted", "Underutilized"]},
                ],
            },
            "limits": {GPU_TAINT: str(max_gpus)},
        },
    }


def _in(key: str, values: list[str]) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": values}
