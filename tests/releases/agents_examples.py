"""Agents to test with: the committed support agent of the examples, and changes to it."""

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from facts.strict_yaml import load

ROOT = Path(__file__).parents[2]
SUPPORT = ROOT / "examples" / "releases" / "agents" / "support-mail" / "v1" / "agent.yaml"


def agent(change: Mapping[str, Any] | None = None, remove: Sequence[str] = ()) -> dict[str, Any]:
    """The data of the support agent with some values changed or removed; paths are dotted, lists by index."""
    data: dict[str, Any] = load(SUPPORT.read_text(), "agent")
    for path, value in (change or {}).items():
        section, key = _section(data, path)
        section[key] = copy.deepcopy(value)
    for path in remove:
        section, key = _section(data, path)
        del section[key]
    return data


def _section(data: Any, path: str) -> tuple[Any, Any]:
    *above, key = path.split(".")
    for step in above:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data, int(key) if isinstance(data, list) else key
