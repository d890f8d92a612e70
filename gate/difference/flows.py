"""What may be reached by whom on one side and not on the other, in words."""

from collections.abc import Mapping
from typing import Any

from gate.difference.model_callers import caller_changes
from gate.flows import flows


def flow_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Sentences of what was opened and of what was closed, between two reports."""
    old, new = ({f for f in flows(side) if not f.of_model} for side in (before, after))
    may, may_not = caller_changes(before, after)
    opened = sorted(f.sentence("may now reach") for f in new - old)
    closed = sorted(f.sentence("may no longer reach") for f in old - new)
    return [*opened, *may], [*closed, *may_not]
