"""What must hold for what a namespace may have: its limits and quotas admit what stands in it."""

from collections.abc import Iterable

from policies.analysis.machines.claims import overclaimed
from policies.analysis.machines.limit_ranges import LIMIT_RANGE, refused
from policies.analysis.machines.quotas import QUOTA
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _overclaimed(quota: Resource, graph: Graph) -> Iterable[Offence]:
    return overclaimed(quota, graph)


def _refused(limits: Resource, graph: Graph) -> Iterable[Offence]:
    return refused(limits, graph)


RULES: tuple[Rule, ...] = (
    Rule(
        id="quotas-hold-their-volumes",
        severity="high",
        applies_to=(QUOTA,),
        why="The first claim past a quota is refused: its pod waits for a volume that is never made.",
        fix="Raise requests.storage or persistentvolumeclaims in spec.hard, or claim less.",
        check=_overclaimed,
        reads_graph=True,
    ),
    Rule(
        id="limit-ranges-admit-their-pods",
        severity="high",
        applies_to=(LIMIT_RANGE,),
        why="What lies outside of a LimitRange is refused when the pod is made, and only its owner's status says so.",
        fix="Ask for what lies between min and max, or move the range.",
        check=_refused,
        reads_graph=True,
    ),
)
