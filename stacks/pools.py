"""Which pools of which stacks hold a replica of a release: what a model owner asks before naming one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.models.capacity import placement
from facts.accelerators import gpu_instance
from releases.instances import AcceleratorNeeds, accelerator_needs, cpu_refusal, placement_name
from releases.release import Release
from stacks.load import read_stack, stack_names


@dataclass(frozen=True, kw_only=True)
class PoolFit:
    """One pool of one stack: the instance types of it that hold a replica, or the reasons why none does."""

    stack: str
    pool: str
    holds: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def pool_fits(release: Release, folder: Path) -> Iterator[PoolFit]:
    """Every pool that a stack of this folder holds itself: of GPUs, or for a release without them of CPUs.

    Raises:
        SettingsError: a stack file is wrong.
    """
    needs = accelerator_needs(release)
    for stack in stack_names(folder):
        settings = read_stack(stack, folder).settings
        if release.needs.gpu_count == 0:
            for name, cpus in sorted(settings.cpu_pools.items()):
                yield _on_cpus(stack, name, needs, cpus.instance_types)
            continue
        for name, pool in sorted(settings.gpu_pools.items()):
            found = placement(needs, {name: pool})
            gpu = placement_name(gpu_instance(pool.instance_types[0]))
            if gpu not in release.bounds.placements:
                yield PoolFit(stack=stack, pool=name, reasons=(f"{gpu} is not among bounds.placements",))
                continue
            yield PoolFit(
                stack=stack,
                pool=name,
                holds=tuple(found.holds.get(name, ())),
                reasons=tuple(reason.removeprefix(f"{name}: ") for reason in found.refused),
            )


def _on_cpus(stack: str, pool: str, needs: AcceleratorNeeds, types: Sequence[str]) -> PoolFit:
    refused = {name: cpu_refusal(needs, name) for name in types}
    return PoolFit(
        stack=stack,
        pool=pool,
        holds=tuple(name for name, reason in refused.items() if reason is None),
        reasons=tuple(f"{name} {reason}" for name, reason in refused.items() if reason is not None),
    )
