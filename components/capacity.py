"""Whether a model fits a pool, with the arithmetic: pure, so that a plan fails before anything is bought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facts.accelerators import gpu_instance

USABLE_FRACTION = 0.9
"""What an engine may take of a GPU's memory: vLLM's default ``--gpu-memory-utilization`` (vLLM documentation,
"Engine arguments", read 2026-11). The rest is for the driver and for what the engine does not count."""
NODE_OVERHEAD_VCPUS = 1
NODE_OVERHEAD_MIB = 4096
"""Kept for the kubelet, the agents and the mesh; generous, since a model that does not fit by a little waits for ever."""


@dataclass(frozen=True, kw_only=True)
class AcceleratorNeeds:
    """What one replica asks for. ``gpu_memory_gib`` is the sum over its GPUs."""

    gpu_count: int
    gpu_memory_gib: float
    cpu: float
    memory_gib: float


@dataclass(frozen=True)
class Placement:
    """Which instance types of which pools hold a replica, and why the others do not."""

    holds: Mapping[str, Sequence[str]]
    refused: Sequence[str]


def placement(needs: AcceleratorNeeds, pools: Mapping[str, Sequence[str]]) -> Placement:
    """Look at every instance type of every pool.

    Args:
        needs: one replica's needs.
        pools: instance types by pool name.
    """
    holds: dict[str, list[str]] = {}
    refused: list[str] = []
    for pool, types in sorted(pools.items()):
        for name in types:
            reason = _refusal(needs, name)
            if reason is None:
                holds.setdefault(pool, []).append(name)
            else:
                refused.append(f"{pool}: {name} {reason}")
    return Placement(holds=holds, refused=refused)


def _refusal(needs: AcceleratorNeeds, name: str) -> str | None:
    instance = gpu_instance(name)
    if instance.gpu_count < needs.gpu_count:
        return f"has {instance.gpu_count} x {instance.gpu}, a replica needs {needs.gpu_count}"
    usable = needs.gpu_count * instance.gpu_memory_mib / 1024 * USABLE_FRACTION
    if usable < needs.gpu_memory_gib:
        return (
            f"offers {needs.gpu_count} x {instance.gpu_memory_mib / 1024:.1f} GiB x {USABLE_FRACTION} = {usable:.1f} GiB "
            f"of GPU memory, a replica needs {needs.gpu_memory_gib:.1f} GiB"
        )
    vcpus = instance.vcpus - NODE_OVERHEAD_VCPUS
    if vcpus < needs.cpu:
        return f"has {instance.vcpus} - {NODE_OVERHEAD_VCPUS} = {vcpus} vCPUs, a replica needs {needs.cpu:g}"
    memory = (instance.memory_mib - NODE_OVERHEAD_MIB) / 1024
    if memory < needs.memory_gib:
        return f"has {memory:.1f} GiB of memory left, a replica needs {needs.memory_gib:.1f} GiB"
    return None
