"""The GPU instance types: one frozen table that everything reads."""

import difflib
import json
from functools import cache
from pathlib import Path

from facts.strict import Strict

_FILE = Path(__file__).parent / "accelerators.json"


class GpuInstance(Strict):
    """One EC2 instance type with whole NVIDIA GPUs. Sources and dates stand in ``accelerators.json``."""

    arch: str
    vcpus: int
    memory_mib: int
    gpu: str
    gpu_count: int
    gpu_memory_mib: int
    """Of one GPU."""
    local_nvme_gb: int
    efa: bool
    encryption_in_transit: bool
    usage_classes: list[str]
    on_demand_usd_per_hour_us_east_1: float | None
    """None where AWS lists no on-demand price."""


class UnknownInstanceTypeError(ValueError):
    """An instance type that is not in the table."""


@cache
def gpu_instances() -> dict[str, GpuInstance]:
    """Every instance type of the table by name, sorted."""
    raw = json.loads(_FILE.read_text(encoding="utf-8"))["instances"]
    return {name: GpuInstance.model_validate(row) for name, row in raw.items()}


def gpu_instance(name: str) -> GpuInstance:
    """One instance type.

    Raises:
        UnknownInstanceTypeError: it is not in the table; close names are suggested.
    """
    table = gpu_instances()
    if name not in table:
        close = difflib.get_close_matches(name, table, n=3)
        hint = (
            f"did you mean {' or '.join(close)}?"
            if close
            else "facts/accelerators.json lists those it can be"
        )
        raise UnknownInstanceTypeError(f"{name!r} is no GPU instance type we know; {hint}")
    return table[name]
