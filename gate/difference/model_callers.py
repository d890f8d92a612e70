"""Which caller may use which model on two sides, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from gate.report.callers import NOBODY

_Callers = Mapping[tuple[str, str], str]
"""How much each caller may ask of each model."""


def caller_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences of who may now call, or ask for another amount, and of who may no longer call."""
    old, new = _callers(before), _callers(after)
    gone = [f"{_name(what)}: {who} may no longer call it" for what, who in sorted(old.keys() - new.keys())]
    return list(_opened(old, new)), gone


def _callers(report: Mapping[str, Any]) -> _Callers:
    ways = (way for way in report["exposure"] if way.get("caller") not in {None, "", NOBODY})
    return {(way["what"], way["caller"]): way["detail"] for way in ways}


def _opened(old: _Callers, new: _Callers) -> Iterator[str]:
    for (what, who), much in sorted(new.items()):
        was = old.get((what, who))
        if was is None:
            yield f"{_name(what)}: {who} may now call it ({much})"
        elif was != much:
            yield f"{_name(what)}: {who} may now ask for {much} (was {was})"


def _name(what: str) -> str:
    return what.removeprefix("model ")
