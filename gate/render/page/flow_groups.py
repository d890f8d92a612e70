"""Flows by who asks, with what is alike in one row: nine endpoints of one kind are nine names, not nine rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gate.report.flows import Flow

_OF_MODELS: Final = "Callers of models"
_OUTSIDE: Final = "From outside the mesh"
_WITHIN: Final = "Within the mesh"


@dataclass(frozen=True, kw_only=True)
class FlowRow:
    """Callers that may all reach the same targets in the same way."""

    callers: tuple[str, ...]
    targets: tuple[str, ...]
    on: str


@dataclass(frozen=True, kw_only=True)
class FlowGroup:
    """Flows of one kind; ``count`` is how many there are before rows were folded."""

    title: str
    rows: Sequence[FlowRow]
    count: int


def flow_groups(flows: Iterable[Flow]) -> list[FlowGroup]:
    """Callers of models first, then what comes from outside, then what pods may do; empty groups are left out."""
    kinds: dict[str, list[Flow]] = {_OF_MODELS: [], _OUTSIDE: [], _WITHIN: []}
    for flow in flows:
        kinds[_OF_MODELS if flow.of_model else _WITHIN if flow.port else _OUTSIDE].append(flow)
    return [
        FlowGroup(title=title, rows=_folded(held), count=len(held)) for title, held in kinds.items() if held
    ]


def _folded(flows: Sequence[Flow]) -> list[FlowRow]:
    """First the ways of one caller to one target, then callers of one target, then targets of one kind."""
    ways: dict[tuple[str, str], list[str]] = {}
    for flow in sorted(flows):
        ways.setdefault((flow.caller, flow.target), []).append(flow.port or flow.detail)
    of_target: dict[tuple[str, str], list[str]] = {}
    for (caller, target), said in ways.items():
        of_target.setdefault((target, ", ".join(dict.fromkeys(said))), []).append(caller)
    rows = sorted((tuple(callers), on, _kind(target), target) for (target, on), callers in of_target.items())
    return [
        FlowRow(callers=callers, targets=tuple(target for *_, target in held), on=on)
        for (callers, on, _), held in groupby(rows, key=lambda row: row[:3])
    ]


def _kind(target: str) -> str:
    """What a target is: pods are all of one kind, everything else is called by its kind and its name."""
    return "pods" if "/" in target and "=" in target else target.rpartition(" ")[0] or target
