"""Whether a machine holds a replica, with the arithmetic: pure, so that a plan fails before anything is bought."""

from dataclasses import dataclass
from typing import Final

from facts.accelerators import GpuInstance, gpu_instance, gpu_instances
from facts.cpu_instances import cpu_instance
from releases.release import Release

USABLE_FRACTION: Final = 0.9
"""What an engine may take of a GPU's memory: vLLM's ``--gpu-memory-utilization`` was 0.9 by default for years
and is 0.92 in its main branch (vllm/config/cache.py, read 2026-11), so that 0.9 holds for both. The rest is
for the driver, for CUDA contexts and for what the engine does not count."""
_MIB_A_GIB: Final = 1024
NODE_OVERHEAD_VCPUS: Final = 1
NODE_OVERHEAD_MIB: Final = 4096
"""Kept for the kubelet, the agents and the mesh; generous, since a pod that does not fit by a little waits
for ever."""


@dataclass(frozen=True, kw_only=True)
class AcceleratorNeeds:
    """What one replica asks for. ``gpu_memory_gib`` is the sum over its GPUs."""

    gpu_count: int
    gpu_memory_gib: float
    cpu: float
    memory_gib: float


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One instance type against a release; ``reason`` says why it does not hold a replica, or is empty."""

    instance_type: str
    gpus: str
    usd_per_hour: float | None
    reason: str


def accelerator_needs(release: Release) -> AcceleratorNeeds:
    """What one replica of a release takes of a machine."""
    needs, memory = release.needs, release.gpu_memory
    return AcceleratorNeeds(
        gpu_count=needs.gpu_count,
        gpu_memory_gib=memory.gib if memory else 0,
        cpu=needs.cpu,
        memory_gib=needs.memory_gib,
    )


def fits(release: Release) -> list[Fit]:
    """Every instance type we know, those that hold a replica first, the cheapest first; nothing without a GPU."""
    if release.gpu_memory is None:
        return []
    needs = accelerator_needs(release)
    found = [_fit(name, instance, needs, release) for name, instance in gpu_instances().items()]
    return sorted(
        found, key=lambda fit: (bool(fit.reason), fit.usd_per_hour or float("inf"), fit.instance_type)
    )


def _fit(name: str, instance: GpuInstance, needs: AcceleratorNeeds, release: Release) -> Fit:
    reason = refusal(needs, name) or ""
    placement = placement_name(instance)
    if not reason and placement not in release.bounds.placements:
        reason = f"{placement} is not among bounds.placements"
    return Fit(
        instance_type=name,
        gpus=f"{instance.gpu_count} x {instance.gpu}",
        usd_per_hour=instance.on_demand_usd_per_hour_us_east_1,
        reason=reason,
    )


def placement_name(instance: GpuInstance) -> str:
    """What ``bounds.placements`` calls the accelerators of an instance type."""
    return instance.gpu.lower().replace(" ", "-")


def refusal(needs: AcceleratorNeeds, instance_type: str) -> str | None:
    """Why an instance type does not hold a replica, with the arithmetic; nothing if it does.

    Raises:
        UnknownInstanceTypeError: it is not in the table.
    """
    instance = gpu_instance(instance_type)
    if instance.gpu_count < needs.gpu_count:
        return f"has {instance.gpu_count} x {instance.gpu}, needs {needs.gpu_count}"
    total = needs.gpu_count * instance.gpu_memory_mib / _MIB_A_GIB
    usable = total * USABLE_FRACTION
    if usable < needs.gpu_memory_gib:
        return (
            f"has {needs.gpu_count} x {instance.gpu_memory_mib} MiB = {total:.1f} GiB, "
            f"x {USABLE_FRACTION} = {usable:.1f} GiB usable, needs {needs.gpu_memory_gib:.1f} GiB"
        )
    return _without_gpus(needs, instance.vcpus, instance.memory_mib)


def cpu_refusal(needs: AcceleratorNeeds, instance_type: str) -> str | None:
    """Why an instance type without GPU does not hold a replica; nothing if it does, or if its name does not tell."""
    instance = cpu_instance(instance_type)
    return None if instance is None else _without_gpus(needs, instance.vcpus, instance.memory_mib)


def _without_gpus(needs: AcceleratorNeeds, vcpus: int, memory_mib: int) -> str | None:
    free = vcpus - NODE_OVERHEAD_VCPUS
    if free < needs.cpu:
        return f"has {vcpus} vCPUs - {NODE_OVERHEAD_VCPUS} for the node = {free}, needs {needs.cpu:g}"
    memory = (memory_mib - NODE_OVERHEAD_MIB) / _MIB_A_GIB
    if memory < needs.memory_gib:
        return (
            f"has {memory_mib} MiB - {NODE_OVERHEAD_MIB} MiB for the node = {memory:.1f} GiB "
            f"of memory, needs {needs.memory_gib:.1f} GiB"
        )
    return None
