"""Records to test with: the files under valid/, and changes to them."""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from facts.strict_yaml import load

HERE = Path(__file__).parent


def record(
    base: str = "embedding-on-cpu", change: Mapping[str, Any] | None = None, remove: Sequence[str] = ()
) -> dict[str, Any]:
    """The data of a valid record with some values changed or removed; paths are dotted."""
    data: dict[str, Any] = load((HERE / "valid" / f"{base}.yaml").read_text(), base)
    for path, value in (change or {}).items():
        section, key = _section(data, path)
        section[key] = copy.deepcopy(value)
    for path in remove:
        section, key = _section(data, path)
        del section[key]
    return data


def _section(data: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *above, key = path.split(".")
    for step in above:
        data = data[step]
    return data, key
