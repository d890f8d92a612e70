"""Texts that regular expressions are slowest on, and every pattern of the modules that see what others wrote."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as kinds
from re import _parser as parser

import gate.ingest
import policies

_LOOKS_FAR = re.compile(r"\.(?:search|finditer|findall|sub|split)\(")
_ALPHABET = "a1 ._-/\"'xA\n=|"
_MOST_PIECES = 24


def patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Name, pattern, and whether it is searched for anywhere in a text, of all modules that see what others wrote."""
    seen = set()
    for root in (policies, gate.ingest):
        for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if found.name.endswith(("__main__", "crossguard")):  # they belong to an engine's environment
                continue
            module = importlib.import_module(found.name)
            source = Path(str(module.__file__)).read_text(encoding="utf-8")
            for name, value in vars(module).items():
                for pattern in _within(value):
                    if pattern.pattern not in seen and isinstance(pattern.pattern, str):
                        seen.add(pattern.pattern)
                        yield f"{found.name}.{name}", pattern, _is_searched(name, source)


def _within(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, tuple | list | frozenset | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(item, depth + 1)


def _is_searched(name: str, source: str) -> bool:
    """By its name; a pattern that stands in a list is searched for, as far as anybody knows."""
    direct = re.findall(rf"\b{name}(\.\w+\()", source)
    return not direct or any(_LOOKS_FAR.fullmatch(used) for used in direct)


def pumped(pattern: str, length: int) -> Iterator[str]:
    """Texts of about a length that repeat what parts of a pattern take, with an end it does not take."""
    tree = parser.parse(pattern)
    pieces: set[str] = set()
    _collect(tree, pieces)
    chosen = sorted((p for p in pieces if p), key=lambda p: (len(p), p))[:_MOST_PIECES]
    for piece in chosen:
        for before in dict.fromkeys(("", _sample_of(tree))):
            yield f"{before}{piece * (length // len(piece))}\0"


def _collect(tree: parser.SubPattern, pieces: set[str]) -> None:
    items = list(tree)
    for first in range(len(items)):
        for last in range(first + 1, min(len(items), first + 6) + 1):
            pieces.add("".join(_sample(*item) for item in items[first:last]))
    for kind, value in items:
        if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT}:
            _collect(value[2], pieces)
        elif kind is kinds.SUBPATTERN:
            _collect(value[3], pieces)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                _collect(branch, pieces)


def _sample_of(tree: parser.SubPattern) -> str:
    return "".join(_sample(*item) for item in tree)


def _sample(kind: object, value: object) -> str:  # noqa: PLR0911 one line for each kind
    """A short text that one item of a pattern takes."""
    if kind is kinds.LITERAL:
        return chr(value)
    if kind in {kinds.NOT_LITERAL, kinds.ANY}:
        return "a"
    if kind is kinds.IN:
        return _of_class(value)
    if kind is kinds.BRANCH:
        return _sample_of(value[1][0])
    if kind is kinds.SUBPATTERN:
        return _sample_of(value[3])
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT}:
        return _sample_of(value[2]) * max(1, int(value[0]))
    return ""


def _of_class(items: list[tuple[object, object]]) -> str:
    is_negated = items[0][0] is kinds.NEGATE
    taken = (letter for letter in _ALPHABET if any(_takes(*item, letter) for item in items) != is_negated)
    first = items[-1]
    return next(taken, "") or (chr(first[1]) if first[0] is kinds.LITERAL else chr(first[1][0]))


def _takes(kind: object, value: object, letter: str) -> bool:
    if kind is kinds.LITERAL:
        return chr(value) == letter
    if kind is kinds.RANGE:
        return value[0] <= ord(letter) <= value[1]
    if kind is kinds.CATEGORY:
        named = {
            kinds.CATEGORY_DIGIT: letter.isdigit(),
            kinds.CATEGORY_WORD: letter.isalnum() or letter == "_",
            kinds.CATEGORY_SPACE: letter.isspace(),
        }
        opposite = {
            kinds.CATEGORY_NOT_DIGIT: kinds.CATEGORY_DIGIT,
            kinds.CATEGORY_NOT_WORD: kinds.CATEGORY_WORD,
            kinds.CATEGORY_NOT_SPACE: kinds.CATEGORY_SPACE,
        }
        return named[value] if value in named else not named[opposite[value]]
    return False
