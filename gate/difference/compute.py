"""Two reports of a stack to one difference."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gate.difference.cost import cost_changes
from gate.difference.edge_places import place_changes
from gate.difference.flows import flow_changes
from gate.difference.kept import kept_changes
from gate.difference.permissions import permission_changes
from gate.difference.picture import picture_change
from gate.difference.record import StackDifference
from gate.difference.refused import refused_changes
from gate.difference.resources import resource_changes
from gate.difference.running import capacity_changes, model_changes, traffic_changes

Report = Mapping[str, Any]
"""A report.json, read."""

NOTHING: Report = {
    "verdict": "",
    "findings": [],
    "undecided": [],
    "permissions": [],
    "exposure": [],
    "resources": [],
}
"""The side of a stack that does not exist there."""


def stack_difference(stack: str, before: Report, after: Report) -> StackDifference:
    """What changed between two reports of one stack; either may be :data:`NOTHING`."""
    gained, lost = permission_changes(before["permissions"], after["permissions"])
    opened, closed = flow_changes(before, after)
    return StackDifference(
        stack=stack,
        verdict_before=before["verdict"],
        verdict=after["verdict"],
        resources=resource_changes(before["resources"], after["resources"]),
        new_findings=_beyond(_open(after), _open(before)),
        fixed_findings=_beyond(_open(before), [*_open(after), *_waived(after)]),
        waived_findings=_beyond(_waived(after), _waived(before)),
        undecided=_beyond(after["undecided"], before["undecided"]),
        gained=gained,
        lost=lost,
        opened=opened,
        closed=closed,
        models=[
            *place_changes(before, after),
            *traffic_changes(before, after),
            *model_changes(before, after),
        ],
        capacity=capacity_changes(before, after),
        cost=cost_changes(before, after),
        kept=kept_changes(before, after),
        refused=refused_changes(before, after),
        picture=picture_change(before, after),
    )


def _open(report: Report) -> list[Mapping[str, Any]]:
    return [f for f in report["findings"] if not f["waiver"]]


def _waived(report: Report) -> list[Mapping[str, Any]]:
    return [f for f in report["findings"] if f["waiver"]]


def _beyond(
    found: Iterable[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """What one side has and the other has not, whatever their order."""
    seen = {_key(k) for k in known}
    return [f for f in found if _key(f) not in seen]


def _key(finding: Mapping[str, Any]) -> str:
    """The finding's own key; what could not be decided, and reports of older versions, are told by their sentence."""
    return str(finding.get("key") or "|".join((finding["rule"], finding["urn"], finding["message"])))
