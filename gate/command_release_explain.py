"""``slipway release explain``: the arithmetic of GPU memory, and which instance types hold a replica."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from gate import render
from gate.command_release import check_format, console, named
from releases.instances import Fit, fits
from releases.load import LoadedRelease


def explain_size(name: str, form: str, organisation: Path | None) -> None:
    """Print where the figure comes from, then every instance type of the table with a reason where it is too small.

    Raises:
        GateError: there is no such release, a record is wrong, or the format is unknown.
    """
    check_format(form)
    sized = [(loaded, fits(loaded.release)) for loaded in named(name, organisation)]
    if form == "json":
        sys.stdout.write(render.as_json([_data(loaded, found) for loaded, found in sized]))
        return
    for loaded, found in sized:
        _print(loaded, found)


def _data(loaded: LoadedRelease, found: list[Fit]) -> dict[str, Any]:
    memory = loaded.release.gpu_memory
    return {
        "release": f"{loaded.release.model}/{loaded.release.version}",
        "arithmetic": memory.arithmetic if memory else "",
        "gpu_memory_gib": memory.gib if memory else 0,
        "instances": [asdict(fit) for fit in found],
    }


def _print(loaded: LoadedRelease, found: list[Fit]) -> None:
    out, release = console(), loaded.release
    out.print(f"{release.model}/{release.version}", style="bold", markup=False)
    if release.gpu_memory is None:
        out.print(f"  needs no GPU: {release.needs.cpu} CPUs and {release.needs.memory_gib} GiB of memory")
        return
    out.print(f"  {release.gpu_memory.arithmetic}", markup=False)
    gpus = release.needs.gpu_count
    out.print(f"  over {gpus} GPU{'s' if gpus > 1 else ''}: {release.gpu_memory.gib_per_gpu:.2f} GiB each")
    table = Table("instance type", "GPUs", "USD an hour", "holds a replica", box=None, pad_edge=False)
    for fit in found:
        price = "-" if fit.usd_per_hour is None else f"{fit.usd_per_hour:.2f}"
        table.add_row(fit.instance_type, fit.gpus, price, "yes" if not fit.reason else f"no: {fit.reason}")
    out.print(table)
