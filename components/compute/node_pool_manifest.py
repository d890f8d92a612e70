"""The two Karpenter objects of a pool of machines, as plain data (fields: Karpenter v1.14.1's CRDs)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi

from components.foundation.well_known import POOL_LABEL
from facts.pins import images

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

INTERRUPTIBLE_LABEL: Final = "slipway.dev/interruptible"
_ARCH: Final = {"x86_64": "amd64", "arm64": "arm64"}
_CRON_DAYS: Final[dict[Day, int]] = {
    "sunday": 0,
    "monday": 1,
    "tuesday": 2,
    "wednesday": 3,
    "thursday": 4,
    "friday": 5,
    "saturday": 6,
}
_HOURS_A_WEEK: Final = 7 * 24
_IDLE_DISK_GIB: Final = 20
"""The size of the second disk in Bottlerocket's image (Karpenter v1.14.1, ``bottlerocket.go``), the least it takes."""


@dataclass(frozen=True)
class Window:
    """A few hours once a week, in UTC, in which nodes that no longer match their pool may be replaced."""

    day: Day
    start_hour: int
    hours: int

    def closed_budget(self) -> dict[str, Any]:
        """The rest of the week, in which none may be.

        Of the budgets in force the smallest holds (NodePool.MustGetAllowedDisruptions in Karpenter v1.14.1),
        so a window cannot open what another budget closes: the closed time is what has to be written down.
        """
        day, hour = divmod(_CRON_DAYS[self.day] * 24 + self.start_hour + self.hours, 24)
        return {
            "nodes": "0",
            "reasons": ["Drifted", "Underutilized"],
            "schedule": f"0 {hour} * * {day % 7}",
            "duration": f"{_HOURS_A_WEEK - self.hours}h",
        }


def budgets(window: Window | None) -> list[dict[str, Any]]:
    """How many nodes may go at once, for which reason, and when."""
    empty = {"nodes": "1", "reasons": ["Empty"]}
    if window is None:
        return [empty, {"nodes": "0", "reasons": ["Drifted", "Underutilized"]}]
    return [empty, {"nodes": "1", "reasons": ["Drifted", "Underutilized"]}, window.closed_budget()]


def node_class(
    *,
    name: str,
    cluster: str,
    node_role: pulumi.Input[str],
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
        # Images of models' servers are large: make room early, and keep enough for the system to stay alive.
        "kubelet": {
            "imageGCHighThresholdPercent": 75,
            "imageGCLowThresholdPercent": 60,
            "evictionHard": {"memory.available": "5%", "nodefs.available": "10%", "imagefs.available": "10%"},
        },
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpPutResponseHopLimit": 1,
            "httpTokens": "required",
        },
        "blockDeviceMappings": [
            _disk("/dev/xvda", 4),
            # With local disks it holds nothing; unmapped, the image's own would come, encrypted or not.
            _disk("/dev/xvdb", _IDLE_DISK_GIB if has_local_nvme else data_disk_gib),
        ],
        "tags": dict(tags),
    }
    if has_local_nvme:
        # Local disks hold images and model files: the fastest cache a node has.
        spec["instanceStorePolicy"] = "RAID0"
    if capacity_reservations:
        spec["capacityReservationSelectorTerms"] = [
            {"id": reservation} for reservation in capacity_reservations
        ]
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": name},
        "spec": spec,
    }


def _disk(device: str, gib: int) -> dict[str, Any]:
    return {
        "deviceName": device,
        "ebs": {
            "volumeSize": f"{gib}Gi",
            "volumeType": "gp3",
            "encrypted": True,
            "deleteOnTermination": True,
        },
    }


def node_pool(
    *,
    name: str,
    pool: str,
    taint: str,
    limits: Mapping[str, str],
    instance_types: Sequence[str],
    arch: str,
    interruptible: bool,
    is_reserved: bool,
    window: Window | None,
) -> dict[str, Any]:
    """The NodePool: which capacity, for whom, how much, and never taken from under a running model.

    ``taint`` is its key, of components/foundation/well_known.py: GPU_TAINT or MODEL_TAINT.
    """
    capacity = [
        *(["reserved"] if is_reserved else []),
        "on-demand",
        *(["spot"] if interruptible else []),
    ]
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {
            "template": {
                "metadata": {"labels": {POOL_LABEL: pool, INTERRUPTIBLE_LABEL: str(interruptible).lower()}},
                "spec": {
                    "nodeClassRef": {
                        "group": "karpenter.k8s.aws",
                        "kind": "EC2NodeClass",
                        "name": name,
                    },
                    "taints": [{"key": taint, "value": "present", "effect": "NoSchedule"}],
                    "requirements": [
                        _in("kubernetes.io/arch", [_ARCH[arch]]),
                        _in("kubernetes.io/os", ["linux"]),
                        _in("node.kubernetes.io/instance-type", list(instance_types)),
                        _in("karpenter.sh/capacity-type", capacity),
                        _in("karpenter.k8s.aws/instance-encryption-in-transit-supported", ["true"]),
                    ],
                    # Expiry heeds no budget: it would drain a busy model. Patches arrive with a new image, when
                    # the node is empty or the maintenance window is open.
                    "expireAfter": "Never",
                },
            },
            "disruption": {
                "consolidationPolicy": "WhenEmpty",
                "consolidateAfter": "10m",
                "budgets": budgets(window),
            },
            "limits": dict(limits),
        },
    }


def _in(key: str, values: list[str]) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": values}
