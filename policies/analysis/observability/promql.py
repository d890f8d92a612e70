"""The series that a PromQL expression asks for. A reader of names, no parser: promtool says whether it is a query."""

import re
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
    tokens = [
        (str(found.lastgroup), found.group())
        for found in _TOKEN.finditer(expression)
        if found.lastgroup != "comment"
    ]
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
