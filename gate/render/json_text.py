"""What a command or a report says, as JSON: byte-identical on a second run."""

import json
from typing import Any, Final

_DEEPEST_INDENT: Final = 5
"""Levels with a line for each value. Below stand schemas of definitions: megabytes, of which no person reads one."""


def as_json(data: Any) -> str:
    """JSON, keys as given: indented to a depth that people read, what is deeper on one line."""
    return f"{_indented(data, 0)}\n"


def _indented(value: Any, depth: int) -> str:
    if not value or depth > _DEEPEST_INDENT or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        lines = (
            f"{json.dumps(key, ensure_ascii=False)}: {_indented(item, depth + 1)}"
            for key, item in value.items()
        )
        return f"{{{inner}{f',{inner}'.join(lines)}{outer}}}"
    return f"[{inner}{f',{inner}'.join(_indented(item, depth + 1) for item in value)}{outer}]"
