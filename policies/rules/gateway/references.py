"""What must hold for references of gateways and routes: who is pointed at in another namespace agrees."""

from collections.abc import Iterable

from policies.analysis.gateway.grants import REFERRING, ungranted
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _not_permitted(resource: Resource, graph: Graph) -> Iterable[Offence]:
    for reference in ungranted(resource, graph):
        yield Offence(
            path=reference.path,
            problem=(
                f"points at {reference.kind} {reference.namespace}/{reference.name}, and no ReferenceGrant in "
                f"{reference.namespace} allows it (RefNotPermitted)"
            ),
            value=reference.name,
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="references-have-grants",
        severity="high",
        applies_to=REFERRING,
        why="A reference into another namespace that its owner does not grant is refused: every call answers 500.",
        fix="Add a ReferenceGrant in the namespace that is pointed at, or keep both in one namespace.",
        check=_not_permitted,
        reads_graph=True,
    ),
)
