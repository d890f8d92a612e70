"""What may be reached by whom on one side and not on the other, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gate.difference.model_callers import caller_changes
from gate.report.flows import Flow, flows


def flow_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences of what was opened and of what was closed, between two reports: ways in from outside come first."""
    old, new = ({f for f in flows(side) if not f.of_model} for side in (before, after))
    may, may_not = caller_changes(before, after)
    return _told(new - old, "may now reach", may), _told(old - new, "may no longer reach", may_not)


def _told(differing: Iterable[Flow], verb: str, of_models: Sequence[str]) -> list[str]:
    """A flow within the mesh has a port; a way in from outside says how instead."""
    within: list[str] = []
    outside: list[str] = []
    for flow in differing:
        (within if flow.port else outside).append(flow.sentence(verb))
    return [*sorted(outside), *of_models, *sorted(within)]
