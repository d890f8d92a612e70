"""Whether a model fits a pool, with the arithmetic: pure, so that a plan fails before anything is bought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from facts.accelerators import gpu_instance
from releases.instances import AcceleratorNeeds, cpu_refusal, refusal


class Pool(Protocol):
    """What placement reads of a pool's settings."""

    @property
    def instance_types(self) -> Sequence[str]: ...
    @property
    def max_gpus(self) -> int: ...


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
        lines = [f"  {line}" for line in self.refused]
        return "\n".join(["no GPU pool holds a replica; slipway release explain names what does:", *lines])


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
    if needs.gpu_count <= instance.gpu_count > max_gpus:
        return f"brings {instance.gpu_count} x {instance.gpu}, the pool's max_gpus is {max_gpus}"
    return refusal(needs, instance_type)


def cpu_problem(needs: AcceleratorNeeds, pool: str, instance_types: Sequence[str]) -> str | None:
    """The error where no type of a CPU pool holds a replica."""
    refused = {instance_type: cpu_refusal(needs, instance_type) for instance_type in instance_types}
    if any(reason is None for reason in refused.values()):
        return None
    lines = [f"  {pool}: {instance_type} {reason}" for instance_type, reason in refused.items()]
    return "\n".join(["no machine of the pool holds a replica; give it larger instance_types:", *lines])
