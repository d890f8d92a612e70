"""What a common EC2 instance type without GPU holds: its name says it, since these families grow evenly."""

import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = re.compile(r"^(?P<family>[cmr])[6-8][ai](n|d|dn|en|-flex)?\.(?P<size>\d*x?large)$")
_GIB_A_VCPU: Final = {"c": 2, "m": 4, "r": 8}
"""Compute, general purpose, memory optimised: "Amazon EC2 instance types by family" (docs.aws.amazon.com/ec2), read
2026-11-25. Older generations have exceptions, so they are not told."""


@dataclass(frozen=True)
class CpuInstance:
    """One x86 instance type."""

    vcpus: int
    memory_mib: int


def cpu_instance(name: str) -> CpuInstance | None:
    """What an instance type holds; nothing for one whose name does not say it."""
    found = _NAME.match(name)
    if found is None:
        return None
    size = found["size"].removesuffix("large")
    vcpus = 2 if not size else 4 * int(size.removesuffix("x") or 1)
    return CpuInstance(vcpus=vcpus, memory_mib=vcpus * _GIB_A_VCPU[found["family"]] * 1024)
