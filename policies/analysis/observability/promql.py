"""The series and labels that a PromQL expression asks for. A reader of names: promtool says whether it is a query."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    | (?P<comment>\#[^\n]*)
    | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    | (?P<number>[0-9][0-9a-zA-Z_.]*)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_WORDS: Final = frozenset({"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan", "start", "end"})
_LABELS_FOLLOW: Final = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_CLOSES: Final = {"{": "}", "[": "]"}


def series_of(expression: str) -> frozenset[str]:
    """Names of the series; neither functions, labels, durations nor words of the language."""
    tokens = _tokens(expression)
    found: set[str] = set()
    at = 0
    while at < len(tokens):
        kind, text = tokens[at]
        after = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if text in _CLOSES:
            at = _past(tokens, at, _CLOSES[text])
        elif kind == "name" and text.lower() in _LABELS_FOLLOW:
            at = _past(tokens, at, ")") if after == "(" else at + 1
        else:
            if kind == "name" and after != "(" and not _is_word(text, after):
                found.add(text)
            at += 1
    return frozenset(found)


def _is_word(text: str, after: str) -> bool:
    """Aggregations may name their labels before what they aggregate: ``sum by (model) (...)``."""
    return text.lower() in _WORDS or after.lower() in {"by", "without"}


def _past(tokens: list[tuple[str, str]], at: int, closing: str) -> int:
    """Behind the next closing mark, or behind the end."""
    while at < len(tokens) and tokens[at][1] != closing:
        at += 1
    return at + 1


def selected(expression: str) -> frozenset[tuple[str, str]]:
    """Each label by which a series is chosen, with the series' name; a selector without a name has none."""
    tokens = _tokens(expression)
    found: set[tuple[str, str]] = set()
    for at, (kind, text) in enumerate(tokens):
        if kind == "name" and at + 1 < len(tokens) and tokens[at + 1][1] == "{":
            inside = tokens[at + 2 : _past(tokens, at + 1, "}") - 1]
            found |= {(text, label) for label in _labels(inside)}
    return frozenset(found)


def grouped(expression: str) -> frozenset[str]:
    """Labels that ``by``, ``on`` and their like name. Empty where the expression makes labels of its own."""
    tokens = _tokens(expression)
    if any(text in {"label_replace", "label_join"} for _, text in tokens):
        return frozenset()
    found: set[str] = set()
    for at, (kind, text) in enumerate(tokens):
        follows = at + 1 < len(tokens) and tokens[at + 1][1] == "("
        if kind == "name" and text.lower() in _LABELS_FOLLOW and follows:
            found |= {word for kind, word in tokens[at + 2 : _past(tokens, at, ")") - 1] if kind == "name"}
    return frozenset(found)


def _labels(inside: list[tuple[str, str]]) -> set[str]:
    """Names that a matching mark follows; what stands in quotes is a value."""
    return {text for (kind, text), (_, after) in pairwise(inside) if kind == "name" and after in {"=", "!"}}


@lru_cache(maxsize=256)
def _tokens(expression: str) -> list[tuple[str, str]]:
    """Read once: each of several questions about an expression asks for them."""
    return [
        (str(found.lastgroup), found.group())
        for found in _TOKEN.finditer(expression)
        if found.lastgroup != "comment"
    ]
