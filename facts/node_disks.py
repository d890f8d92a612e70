"""Local disks of instance types: NVMe that a node has without a volume."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "ec2_instances.json"
"""Sources and dates stand in the file."""


@cache
def _instances() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8"))["instances"])


def local_disks_gb(instance_type: str) -> float | None:
    """What an instance has of local NVMe, in GB; 0 where it has none, None where the type is not known."""
    known = _instances().get(instance_type)
    return None if known is None else float(known["local_nvme_gb"] or 0)
