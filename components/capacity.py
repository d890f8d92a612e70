"""Whether a model fits a pool, with the arithmetic: pure, so that a plan fails before anything is bought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from facts.accelerators import gpu_instance

USABLE_FRACTION: Final = 0.9
"""What an engine may take of a GPU's memory: vLLM's ``--gpu-memory-utilization`` was 0.9 by default for years
and is 0.92 in its main branch (vllm/config/cache.py, read 2026-11), so that 0.9 holds for both. The rest is
for the driver, for CUDA contexts and for what the engine does not count."""
_MIB_A_GIB: Final = 1024
NODE_OVERHEAD_VCPUS: Final = 1
NODE_OVERHEAD_MIB: Final = 4096
"""Kept for the kubelet, the agents and the mesh; generous, since a pod that does not fit by a little waits
for ever."""


class Pool(Protocol):
    """What placement reads of a pool's settings."""

    @property
    def instance_types(self) -> Sequence[str]: ...
    @property
    def max_gpus(self) -> int: ...


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

    @property
    def problem(self) -> str | None:
        """The error where no pool holds a replica, with the arithmetic of every instance type looked at."""
        if self.holds:
            return None
        if not self.refused:
            return "there is no GPU pool; add one under gpu_pools"
        return "no GPU pool holds a replica:\n" + "\n".join(f"  {line}" for line in self.refused)


def placement(needs: AcceleratorNeeds, pools: Mapping[str, Pool]) -> Placement:
    """Look at every instance type of every pool.

    Args:
        needs: one replica's needs.
        pools: settings of pools by name.
    """
    holds: dict[str, list[str]] = {}
    refused: list[str] = []
    for name, pool in sorted(pools.items()):
        for instance_type in pool.instance_types:
            reason = _refusal(needs, instance_type, pool.max_gpus)
            if reason is None:
                holds.setdefault(name, []).append(instance_type)
            else:
                refused.append(f"{name}: {instance_type} {reason}")
    return Placement(holds=holds, refused=refused)


def _refusal(needs: AcceleratorNeeds, instance_type: str, max_gpus: int) -> str | None:
    instance = gpu_instance(instance_type)
    if instance.gpu_count < needs.gpu_count:
        return f"has {instance.gpu_count} x {instance.gpu}, needs {needs.gpu_count}"
    if instance.gpu_count > max_gpus:
        return f"brings {instance.gpu_count} x {instance.gpu}, the pool's max_gpus is {max_gpus}"
    total = needs.gpu_count * instance.gpu_memory_mib / _MIB_A_GIB
    usable = total * USABLE_FRACTION
    if usable < needs.gpu_memory_gib:
        return (
            f"has {needs.gpu_count} x {instance.gpu_memory_mib} MiB = {total:.1f} GiB, "
            f"x {USABLE_FRACTION} = {usable:.1f} GiB usable, needs {needs.gpu_memory_gib:.1f} GiB"
        )
    vcpus = instance.vcpus - NODE_OVERHEAD_VCPUS
    if vcpus < needs.cpu:
        return (
            f"has {instance.vcpus} vCPUs - {NODE_OVERHEAD_VCPUS} for the node = {vcpus}, needs {needs.cpu:g}"
        )
    memory = (instance.memory_mib - NODE_OVERHEAD_MIB) / _MIB_A_GIB
    if memory < needs.memory_gib:
        return (
            f"has {instance.memory_mib} MiB - {NODE_OVERHEAD_MIB} MiB for the node = {memory:.1f} GiB "
            f"of memory, needs {needs.memory_gib:.1f} GiB"
        )
    return None
