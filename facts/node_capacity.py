"""What a node of an instance type leaves for pods: EC2's figures less what EKS's images keep for the node."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from facts.cpu_instances import cpu_instance

_FILE: Final = Path(__file__).parent / "ec2_instances.json"
"""Sources and dates stand in the file."""
_ADDRESSES: Final = {"large": 10, "xlarge": 15, "2xlarge": 15}
_MANY_ADDRESSES: Final = 30
_MOST_ADDRESSES: Final = 50
_MOST_FROM_VCPUS: Final = 64
"""IPv4 addresses a network interface holds, by size, of the generations in the file ("Maximum IP addresses per
network interface", EC2 user guide, read 2026-11-28)."""
_CPU_KEPT: Final = ((1000, 0.06), (1000, 0.01), (2000, 0.005))
_CPU_KEPT_BEYOND: Final = 0.0025
_MIB_KEPT: Final = 255
_MIB_KEPT_A_POD: Final = 11
_MIB_EVICTED_AT: Final = 100
"""kube-reserved and the kubelet's eviction threshold on EKS (``kubeReservedResources`` and ``evictionThreshold`` in
pkg/providers/instancetype/types.go of karpenter-provider-aws v1.14.1, which follow Bottlerocket; read 2026-11-28)."""
_VM_OVERHEAD: Final = 0.075
"""Of a machine's memory its kernel and hypervisor keep up to this (``VM_MEMORY_OVERHEAD_PERCENT``, same source)."""


@dataclass(frozen=True)
class NodeCapacity:
    """What pods of one node may ask for together; ``vcpus`` is what the machine has."""

    cpu_m: int
    memory_mib: int
    gpus: int
    pods: int
    vcpus: int
    usd_per_hour: float | None
    """On demand in us-east-1; None where no price is known."""


@cache
def node_capacity(instance_type: str) -> NodeCapacity | None:
    """What a node of this type holds; nothing where the type is not known."""
    known = _instances().get(instance_type)
    by_name = cpu_instance(instance_type)
    if known is None and by_name is None:
        return None
    vcpus = int(known["vcpus"]) if known else by_name.vcpus if by_name else 0
    memory = int(known["memory_mib"]) if known else by_name.memory_mib if by_name else 0
    pods = _pods(instance_type, vcpus, known)
    return NodeCapacity(
        cpu_m=vcpus * 1000 - _kept_cpu(vcpus * 1000),
        memory_mib=int(memory * (1 - _VM_OVERHEAD)) - _MIB_KEPT - _MIB_KEPT_A_POD * pods - _MIB_EVICTED_AT,
        gpus=sum(gpu["count"] for gpu in (known or {}).get("gpu", ()) if gpu["maker"] == "NVIDIA"),
        pods=pods,
        vcpus=vcpus,
        usd_per_hour=(known or {}).get("on_demand_usd_per_hour_us_east_1"),
    )


def _pods(instance_type: str, vcpus: int, known: dict[str, Any] | None) -> int:
    """As many as network interfaces give addresses to, but one each, and the two on the host's network."""
    size = instance_type.partition(".")[2]
    most = _MOST_ADDRESSES if vcpus >= _MOST_FROM_VCPUS else _MANY_ADDRESSES
    addresses = _ADDRESSES.get(size, most)
    interfaces = (known or {}).get("max_enis")
    if not isinstance(interfaces, int):
        interfaces = 3 if size == "large" else 4 if addresses < _MANY_ADDRESSES else 8
    return interfaces * (addresses - 1) + 2


def _kept_cpu(milli: int) -> int:
    kept, left = 0.0, milli
    for width, share in _CPU_KEPT:
        kept += min(left, width) * share
        left = max(left - width, 0)
    return round(kept + left * _CPU_KEPT_BEYOND)


@cache
def _instances() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))["instances"]
    return found
