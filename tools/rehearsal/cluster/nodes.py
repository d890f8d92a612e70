"""Which nodes a cluster has: those of the account's node groups, and one for each of Karpenter's pools. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from facts.node_capacity import node_capacity
from tools.rehearsal.account.records import Record

_TYPE: Final = "node.kubernetes.io/instance-type"
_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
_EPHEMERAL: Final = "500Gi"
_KARPENTER: Final = "karpenter.k8s.aws"

Object = Mapping[str, Any]


def of_group(group: Record, zones: Sequence[str]) -> list[dict[str, Any]]:
    """The nodes of a managed node group: as many as desired, spread over its zones."""
    settings = group.settings
    name = str(settings["nodeGroupName"])
    taints = [
        {"key": one["key"], "effect": _EFFECTS[one["effect"]], **({"value": one["value"]} if one.get("value") else {})}
        for one in settings.get("taints") or ()
    ]  # fmt: skip
    labels = {**(settings.get("labels") or {}), "eks.amazonaws.com/nodegroup": name}
    type_ = (settings.get("instanceTypes") or ["m7i.xlarge"])[0]
    return [
        _node(f"{name}-{number}", type_, zones[number % len(zones)], labels, taints)
        for number in range(int(settings["scalingConfig"]["desiredSize"]))
    ]


def of_pool(pool: Object, zone: str) -> dict[str, Any]:
    """The one node that stands for a NodePool: of the first instance type it allows."""
    template = pool["spec"]["template"]
    type_ = next(
        one["values"][0]
        for one in template["spec"]["requirements"]
        if one["key"] == _TYPE and one.get("values")
    )
    name = pool["metadata"]["name"]
    labels = {
        **template.get("metadata", {}).get("labels", {}),
        "karpenter.sh/nodepool": name,
        "karpenter.sh/capacity-type": "on-demand",
    }
    held = node_capacity(type_)
    if held is not None and held.gpus:
        labels |= {f"{_KARPENTER}/instance-gpu-manufacturer": "nvidia", "nvidia.com/gpu.present": "true"}
    return _node(f"pool-{name}", type_, zone, labels, template["spec"].get("taints", ()))


def _node(
    name: str, type_: str, zone: str, labels: Mapping[str, str], taints: Iterable[Object]
) -> dict[str, Any]:
    held = node_capacity(type_)
    if held is None:
        raise LookupError(
            f"{type_}: facts/ec2_instances.json and the names of families do not say what it holds"
        )
    room = {
        "cpu": f"{held.cpu_m}m",
        "memory": f"{held.memory_mib}Mi",
        "pods": str(held.pods),
        "ephemeral-storage": _EPHEMERAL,
        **({"nvidia.com/gpu": str(held.gpus)} if held.gpus else {}),
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/zone": zone,
                _TYPE: type_,
                **labels,
            },
        },
        "spec": {"taints": [dict(one) for one in taints]},
        "status": {
            "capacity": room,
            "allocatable": room,
            "conditions": [{"type": "Ready", "status": "True", "reason": "Rehearsed"}],
        },
    }
