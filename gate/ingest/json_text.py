"""JSON that others wrote, with bounds on what it may cost."""

import json
import math
import re
from typing import Any

from gate.ingest.bounds import DEEPEST, LARGEST_TEXT, Bounds, DamageError, too_deep, too_long, whole_number

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain_json(text: str, bounds: Bounds) -> Any:
    """The data of a JSON text.

    Raises:
        DamageError: it is not JSON, is too deep or too much, has a key twice or holds what JSON cannot hold.
    """
    _measure(text, bounds)
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_int=whole_number)
    except json.JSONDecodeError as error:
        raise DamageError(f"line {error.lineno}: is not JSON: {error.msg}") from None
    _check(data, "")
    return data


def _measure(text: str, bounds: Bounds) -> None:
    """Count before anything is made: the parser recurses, and a file of brackets takes all memory."""
    values, depth = 1, 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        first = text[start]
        if first == ",":
            values += 1
        elif first == '"':
            if end - start > LARGEST_TEXT:
                raise DamageError(f"line {text.count(chr(10), 0, start) + 1}: {too_long(end - start)}")
        elif first in "[{":
            values += 1
            depth += 1
            if depth > DEEPEST:
                raise too_deep()
        else:
            depth -= 1
        if values > bounds.values_left:
            break
    bounds.take_values(values)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DamageError(f"the key {key!r} stands twice in one mapping")
            seen.add(key)
    return made


def _check(value: Any, path: str) -> None:
    if isinstance(value, str):
        if not value.isascii() and _SURROGATE.search(value):
            raise DamageError(f"{ascii(path[-80:])[1:-1]}: holds half a character (a lone surrogate)")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, path)
            _check(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _check(item, f"{path}.{i}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise DamageError(f"{path[-80:]}: {value} is no number that JSON can hold")
