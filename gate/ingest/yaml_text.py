"""YAML that others wrote, read as the API server reads it, with bounds on what it may cost.

``kubectl`` turns YAML into JSON first, by go-yaml 2 (kubernetes-sigs/yaml, ``goyaml.v2/resolve.go``, read 2026-11): a
date, ``12:30`` and ``=`` are text there, ``1e3`` is a number and the key ``1`` is ``"1"``. Its ``y`` and ``n`` are
text here: where a rule expects true or false, text is red, and a name may be ``n``.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from gate.ingest.bounds import DEEPEST, LARGEST_TEXT, Bounds, DamageError, too_deep, too_long, whole_number

_FREE_GROWTH = 100_000
_MOST_GROWTH = 10
"""How many times larger aliases may make a document than what is written in it; small ones may grow freely."""
_OF_A_DOCUMENT = 10
"""What an empty document costs, in values."""
_PREFIX = "tag:yaml.org,2002:"
_BOOLEANS: Final = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_WHOLE = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*|0[xX][0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASES: Final = {"0b": 2, "0o": 8, "0x": 16}


@dataclass(frozen=True)
class _Anchored:
    """What an alias stands for: how many values and characters it adds, and how deep they are."""

    value: Any
    values: int
    characters: int
    height: int


def yaml_documents(raw: bytes, bounds: Bounds) -> Iterator[Any]:
    """The documents of a YAML text, which is UTF-8.

    Raises:
        DamageError: it is not YAML, too deep or too much, swollen by aliases, or holds what JSON cannot hold.
    """
    parser = yaml.CSafeLoader(raw)
    try:
        while True:
            event = parser.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                bounds.take_values(_OF_A_DOCUMENT)
                yield _Document(parser, bounds).node(parser.get_event(), 0)
            elif isinstance(event, yaml.StreamEndEvent):
                return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DamageError(f"{where}is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise DamageError(f"is not YAML: {' '.join(str(error).split())}") from None
    finally:
        parser.dispose()


class _Document:
    """One document, made while its events are read, so that no bound is passed before it is noticed."""

    def __init__(self, parser: Any, bounds: Bounds) -> None:
        self._next = parser.get_event
        self._bounds = bounds
        self._anchors: dict[str, _Anchored | None] = {}
        self._written = 0
        self._values = 0
        self._characters = 0
        self._deepest = 0

    def node(self, event: Any, depth: int) -> Any:
        """The value that begins with an event; the events up to its end are taken."""
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event, depth)
        self._bounds.take_values(1)
        self._written += 1
        self._values += 1
        if event.anchor is None:
            return self._made(event, kind, depth)
        outside, values, characters = self._deepest, self._values, self._characters
        self._deepest = depth
        self._anchors[event.anchor] = None  # until it is whole: an alias within it would contain itself
        value = self._made(event, kind, depth)
        self._anchors[event.anchor] = _Anchored(
            value, self._values - values + 1, self._characters - characters, self._deepest - depth
        )
        self._deepest = max(outside, self._deepest)
        return value

    def _alias(self, event: Any, depth: int) -> Any:
        if event.anchor not in self._anchors:
            raise DamageError(f"{_line(event)}: is not YAML: found undefined alias {event.anchor!r}")
        meant = self._anchors[event.anchor]
        if meant is None:
            raise DamageError(f"{_line(event)}: the alias {event.anchor!r} refers to what contains it")
        self._values += meant.values
        self._characters += meant.characters
        if self._values > _FREE_GROWTH + _MOST_GROWTH * self._written:
            raise DamageError(
                f"{_line(event)}: aliases make {self._values:,} values of the {self._written:,} that are written"
            )
        self._bounds.take_values(meant.values)
        self._bounds.take_bytes(meant.characters)
        self._reach(depth + meant.height)
        return meant.value

    def _reach(self, depth: int) -> None:
        if depth > DEEPEST:
            raise too_deep()
        self._deepest = max(self._deepest, depth)

    def _made(self, event: Any, kind: type, depth: int) -> Any:
        if kind is yaml.ScalarEvent:
            self._characters += len(event.value)
            return _scalar(event)
        self._reach(depth + 1)
        if kind is yaml.MappingStartEvent:
            _expect_tag(event, "map")
            return self._mapping(depth + 1)
        _expect_tag(event, "seq")
        items = []
        while type(inner := self._next()) is not yaml.SequenceEndEvent:
            items.append(self.node(inner, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        own: set[str] = set()
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is yaml.ScalarEvent and event.value == "<<" and event.implicit[0]:
                for key, value in self._merged(depth):
                    if key in own:
                        raise DamageError(
                            f"{_line(event)}: << comes after the key {key!r}, which it also sets: parsers disagree on "
                            "which of them holds; write << first"
                        )
                    made[key] = value
                continue
            key = _key(self.node(event, depth), event)
            if key in own:
                raise DamageError(f"{_line(event)}: the key {key!r} stands here twice")
            own.add(key)
            made[key] = self.node(self._next(), depth)
        return made

    def _merged(self, depth: int) -> Iterator[tuple[str, Any]]:
        """What a merge key adds; of a list, the first that sets a key holds."""
        event = self._next()
        value = self.node(event, depth)
        for part in reversed(value) if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                raise DamageError(f"{_line(event)}: << takes a mapping or a list of them")
            yield from part.items()


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _key(key: Any, event: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if not isinstance(key, int | float):
        raise DamageError(f"{_line(event)}: a key should be text")
    return str(key).removesuffix(".0")


def _expect_tag(event: Any, name: str) -> None:
    if event.tag not in {None, "!", _PREFIX + name}:
        raise DamageError(f"{_line(event)}: {_shown(event.tag)} is no tag of a plain {name}")


def _shown(tag: str) -> str:
    return tag.replace(_PREFIX, "!!")[:80]


def _scalar(event: Any) -> Any:
    text: str = event.value
    if len(text) > LARGEST_TEXT:
        raise DamageError(f"{_line(event)}: {too_long(len(text))}")
    if event.tag is None:
        return _resolved(text, event) if event.implicit[0] else text
    name = event.tag.removeprefix(_PREFIX)
    if name in {"!", "str"}:
        return text
    value = _resolved(text, event)
    if name == "float" and type(value) is int:
        value = float(value)
    if name not in _TAGS or type(value) is not _TAGS[name]:
        raise DamageError(f"{_line(event)}: {_shown(event.tag)} is no tag of a JSON value")
    return value


_TAGS: Final = {"bool": bool, "int": int, "float": float, "null": type(None)}


def _resolved(text: str, event: Any) -> Any:
    """What a text without quotes means."""
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _NULLS:
        return None
    if text[0] not in _FIRST_OF_NUMBERS:
        return text
    if _NO_NUMBER.fullmatch(text):
        raise DamageError(f"{_line(event)}: {text} is no number that JSON can hold")
    digits = text.replace("_", "")
    try:
        if _WHOLE.fullmatch(digits):
            return _whole(digits)
    except DamageError as error:
        raise DamageError(f"{_line(event)}: {error}") from None
    if _FLOAT.fullmatch(digits):
        if not math.isfinite(float(digits)):
            raise DamageError(f"{_line(event)}: {text[:40]} is no number that JSON can hold")
        return float(digits)
    return text


_FIRST_OF_NUMBERS: Final = frozenset("-+.0123456789")


def _whole(digits: str) -> int | float:
    sign, digits = ("-" if digits[0] == "-" else ""), digits.lstrip("+-")
    base = _BASES.get(digits[:2].lower(), 8) if digits[0] == "0" else 10
    return whole_number(sign + digits, base)
