"""What must hold for a waypoint's policies: nobody reaches the pods past it."""

from collections.abc import Iterable

from policies.analysis.flows.waypoints import passed_by
from policies.analysis.mesh.objects import AUTHORIZATION
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _passed_by(policy: Resource, graph: Graph) -> Iterable[Offence]:
    return passed_by(policy, graph)


RULES: tuple[Rule, ...] = (
    Rule(
        id="waypoints-are-not-passed-by",
        severity="high",
        applies_to=AUTHORIZATION,
        why="A waypoint gets what is sent to the Service; at a pod's own address none of its policies holds.",
        fix="Add an AuthorizationPolicy that selects the pods and admits the waypoint's service account alone.",
        check=_passed_by,
        reads_graph=True,
    ),
)
