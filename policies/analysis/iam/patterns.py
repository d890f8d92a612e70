"""Texts with ``*`` and ``?``, as IAM writes actions, resources and values: which lies within which, what two share."""

import re
from functools import lru_cache
from typing import Final

from policies.engine.values import UndecidedError

_WILD: Final = re.compile(r"[*?]{2,}")
_WILD_ONE: Final = re.compile(r"[*?]")
_MOST_PARTS: Final = 64


@lru_cache(maxsize=65536)
def canonical(pattern: str) -> str:
    """The one spelling of a pattern: ``**`` is ``*``, and ``*?`` is ``?*``."""
    return _WILD.sub(lambda run: "?" * run[0].count("?") + ("*" if "*" in run[0] else ""), pattern)


@lru_cache(maxsize=262144)
def covers(pattern: str, other: str) -> bool:
    """Whether everything ``other`` stands for, a text or a pattern, lies within ``pattern``."""
    wide, narrow = canonical(pattern), canonical(other)
    if "*" not in wide and "?" not in wide:
        return wide == narrow
    at, seen, star, mark = 0, 0, -1, 0
    while seen < len(narrow):
        if at < len(wide) and wide[at] == "*":
            star, mark, at = at, seen, at + 1
        elif at < len(wide) and (wide[at] == narrow[seen] or (wide[at] == "?" and narrow[seen] != "*")):
            at, seen = at + 1, seen + 1
        elif star >= 0:  # the star takes one more
            mark += 1
            at, seen = star + 1, mark
        else:
            return False
    return not wide[at:].strip("*")


def covers_action(pattern: str, other: str) -> bool:
    """The same of actions, whose case says nothing."""
    return covers(pattern.lower(), other.lower())


@lru_cache(maxsize=65536)
def overlap(one: str, other: str) -> bool:
    """Whether some text is of both patterns."""
    a, b = canonical(one), canonical(other)
    if not (_begin_alike(a, b) and _begin_alike(a[::-1], b[::-1])):
        return False
    row = [not b[j:].strip("*") for j in range(len(b) + 1)]
    for i in range(len(a) - 1, -1, -1):
        new = [row[len(b)] if a[i] == "*" else False]
        for j in range(len(b) - 1, -1, -1):
            if a[i] == "*" or b[j] == "*":
                new.append((row[j] if a[i] == "*" else new[-1]) or (new[-1] if a[i] == "*" else row[j]))
            else:
                new.append((a[i] == b[j] or "?" in {a[i], b[j]}) and row[j + 1])
        row = new[::-1]
    return row[0]


def _begin_alike(a: str, b: str) -> bool:
    """Whether the fixed beginnings agree as far as both go; most patterns of two services end here."""
    fixed = min(len(_WILD_ONE.split(text, maxsplit=1)[0]) for text in (a, b))
    return a[:fixed] == b[:fixed]


def meet(one: str, other: str) -> tuple[str, ...]:
    """Patterns for what two patterns share; none where they share nothing.

    Raises:
        UndecidedError: it takes more patterns than anybody would read.
    """
    if covers(one, other):
        return (other,)
    if covers(other, one):
        return (one,)
    if not overlap(one, other):
        return ()
    found = sorted(_shared(canonical(one), canonical(other)), key=lambda p: (len(p), p))
    return tuple(p for i, p in enumerate(found) if not any(covers(q, p) for q in found[:i]))


@lru_cache(maxsize=4096)
def _shared(a: str, b: str) -> frozenset[str]:
    if not a or not b:
        return frozenset() if (a + b).strip("*") else frozenset({""})
    found: set[str] = set()
    if a[0] == b[0] == "*":
        found = {canonical("*" + more) for more in _shared(a[1:], b) | _shared(a, b[1:])}
    elif a[0] == "*" or b[0] == "*":
        star, rest = (a, b) if a[0] == "*" else (b, a)
        found |= _shared(star[1:], rest)
        found |= {canonical(rest[0] + more) for more in _shared(star, rest[1:])}
    elif a[0] == b[0] or "?" in {a[0], b[0]}:
        found = {(b[0] if a[0] == "?" else a[0]) + more for more in _shared(a[1:], b[1:])}
    if len(found) > _MOST_PARTS:
        raise UndecidedError(f"{a} and {b} share more than can be written down")
    return frozenset(found)
