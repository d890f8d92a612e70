"""Values of a release in the form in which two sets are compared: what a chart only hands on may differ."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from facts.strict_yaml import YamlProblem, plain
from policies.engine.graph import UNKNOWN, Unknown

_HANDED_ON: Final = "\0handed on"


class _NotPlainError(Exception):
    """A value that is not known yet, where the chart decides by it."""


def token(path: str) -> str:
    """What stands in rendered objects for the text at a place of the values."""
    return f"{{{{ values.{path} }}}}"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(place, value) of everything in a tree of values that holds nothing else."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}.{_escaped(str(key))}" if path else _escaped(str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    else:
        yield path, value


def _escaped(key: str) -> str:
    return key.replace(".", "\\.")


def closed(values: Mapping[str, Any], open_: Collection[str]) -> str | None:
    """The digest of values without the open texts; nothing where one that counts is not known."""
    try:
        plain = _plain(values, "", open_)
    except _NotPlainError:
        return None
    written = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _plain(value: Any, path: str, open_: Collection[str]) -> Any:
    if path and path in open_ and isinstance(value, str | Unknown):
        return _HANDED_ON
    if isinstance(value, Mapping):
        return {
            str(k): _plain(v, f"{path}.{_escaped(str(k))}" if path else _escaped(str(k)), open_)
            for k, v in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v, f"{path}.{i}", open_) for i, v in enumerate(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # Pulumi knows one kind of number
    if isinstance(value, Unknown) or not isinstance(value, str | int | float | bool | None):
        raise _NotPlainError
    return value


def is_text(value: str) -> bool:
    """Whether YAML reads a text without quotes as the same text, on one line."""
    try:
        read: object = plain(value, "value")
    except YamlProblem:
        return False
    return read == value


def filled(value: Any, texts: Mapping[str, str | Unknown]) -> Any:
    """A rendered object with a stack's texts in the places of the tokens; an unknown one makes all unknown."""
    if isinstance(value, str):
        return _filled_text(value, texts) if "{{ values." in value else value
    if isinstance(value, Mapping):
        return {_key(k, texts): filled(v, texts) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, texts) for v in value]
    return value


def _key(key: str, texts: Mapping[str, str | Unknown]) -> str:
    made = _filled_text(key, texts) if "{{ values." in key else key
    return key if isinstance(made, Unknown) else made


def _filled_text(value: str, texts: Mapping[str, str | Unknown]) -> str | Unknown:
    for mark, text in texts.items():
        if mark in value:
            if isinstance(text, Unknown):
                return UNKNOWN
            value = value.replace(mark, text)
    return value
