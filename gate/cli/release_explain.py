"""``slipway release explain``: the arithmetic of GPU memory, and which pools and instance types hold a replica."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gate.cli.release_list import AGENTS, check_format, console, named, named_records
from gate.core.checkout import ROOT
from gate.render.json_text import as_json
from releases.agent_load import LoadedAgent
from releases.instances import USABLE_FRACTION, Fit, fits
from releases.load import LoadedRelease
from releases.release import Release
from stacks.load import SettingsError
from stacks.pools import PoolFit, pool_fits


@dataclass(frozen=True)
class Sized:
    """A release and what holds it. ``stacks_problem`` says why its pools are not known."""

    loaded: LoadedRelease
    instances: Sequence[Fit]
    pools: Sequence[PoolFit] = ()
    stacks_problem: str = ""

    @property
    def release(self) -> Release:
        return self.loaded.release


def explain_size(name: str, form: str, organisation: Path | None) -> None:
    """Print where the figure comes from, then pools and instance types, with a reason where one is too small.

    Raises:
        GateError: there is no such release, a record is wrong, or the format is unknown.
    """
    check_format(form)
    if name.startswith(AGENTS):
        _explain_agents(name, form, organisation)
        return
    folder = (organisation or ROOT).resolve() / "stacks"
    sized = [_sized(loaded, folder) for loaded in named(name, organisation)]
    if form == "json":
        sys.stdout.write(as_json([_data(each) for each in sized]))
        return
    for each in sized:
        _print(each, console())


def _explain_agents(name: str, form: str, organisation: Path | None) -> None:
    """Print what a run of an agent uses at most, with the arithmetic."""
    agents = [each.agent for each in named_records(name, organisation) if isinstance(each, LoadedAgent)]
    if form == "json":
        plans = [{"release": f"{AGENTS}{a.agent}/{a.version}", **asdict(a.plan)} for a in agents]
        sys.stdout.write(as_json(plans))
        return
    for agent in agents:
        console().print(f"{AGENTS}{agent.agent}/{agent.version}", style="bold", markup=False)
        for line in agent.plan.steps:
            console().print(f"  {line}", markup=False, soft_wrap=True)


def _sized(loaded: LoadedRelease, folder: Path) -> Sized:
    instances = fits(loaded.release)
    try:
        return Sized(loaded, instances, tuple(pool_fits(loaded.release, folder)))
    except SettingsError as error:
        return Sized(
            loaded, instances, stacks_problem=f"{len(error.lines)} problems: slipway config check lists them"
        )


def _data(sized: Sized) -> dict[str, Any]:
    release, memory = sized.release, sized.release.gpu_memory
    return {
        "release": f"{release.model}/{release.version}",
        "arithmetic": memory.arithmetic if memory else "",
        "steps": list(memory.steps) if memory else [],
        "gpu_memory_gib": memory.gib if memory else 0,
        "gpu_count": release.needs.gpu_count,
        "cpu": release.needs.cpu,
        "memory_gib": release.needs.memory_gib,
        "pools": [asdict(pool) for pool in sized.pools],
        "stacks_problem": sized.stacks_problem,
        "instances": [asdict(fit) for fit in sized.instances],
    }


def _print(sized: Sized, out: Console) -> None:
    release, memory = sized.release, sized.release.gpu_memory
    needs = release.needs
    out.print(f"{release.model}/{release.version}", style="bold", markup=False)
    if memory is None:
        _print_cpu(release, out)
        _print_pools(sized, out)
        return
    for step in memory.steps:
        out.print(f"  {step}", markup=False, soft_wrap=True)
    out.print(f"  {memory.arithmetic}", markup=False, soft_wrap=True)
    gpus = f"{needs.gpu_count} GPU{'s' if needs.gpu_count > 1 else ''}"
    out.print(
        f"  over {gpus}: {memory.gib_per_gpu:.2f} GiB each, of which an engine may take {USABLE_FRACTION:g}"
    )
    out.print(f"  besides: {needs.cpu} CPUs and {needs.memory_gib} GiB of the node's memory")
    _print_pools(sized, out)
    table = Table("instance type", "GPUs", "USD an hour", "holds a replica", box=None, pad_edge=False)
    for fit in sized.instances:
        price = "-" if fit.usd_per_hour is None else f"{fit.usd_per_hour:.2f}"
        table.add_row(fit.instance_type, fit.gpus, price, "yes" if not fit.reason else f"no: {fit.reason}")
    out.print(table)


def _print_cpu(release: Release, out: Console) -> None:
    """What runs on the CPU holds its weights in the node's memory, which the record states."""
    needs, size = release.needs, release.artifact.size_bytes / 2**30
    out.print(f"  needs no GPU: {needs.cpu} CPUs and {needs.memory_gib} GiB of memory")
    out.print(
        f"  {release.artifact.size_bytes} bytes of files = {size:.2f} GiB of it; the rest is the engine's"
    )


def _print_pools(sized: Sized, out: Console) -> None:
    if sized.stacks_problem:
        out.print(f"  pools: the stack files have {sized.stacks_problem}", markup=False, soft_wrap=True)
    elif not sized.pools:
        out.print("  pools: no stack has one")
    for pool in sized.pools:
        said = f"yes, on {', '.join(pool.holds)}" if pool.holds else f"no: {'; '.join(pool.reasons)}"
        out.print(f"  pool {pool.pool} of stack {pool.stack}: {said}", markup=False, soft_wrap=True)
