"""What must hold for data stores and nodes: no path leads to them from the internet."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.machines.types import NODE_GROUP
from policies.analysis.network.paths import paths_from_the_internet
from policies.analysis.network.targets import (
    BROKER,
    DATABASE,
    DATABASE_MEMBER,
    INSTANCES,
    MACHINES,
    TASKS,
    WAREHOUSE,
)
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule

HIDDEN: Final = (BROKER, DATABASE, DATABASE_MEMBER, *INSTANCES, MACHINES, NODE_GROUP, TASKS, WAREHOUSE)
"""What stands behind a load balancer, or behind what does."""


def _reachable(resource: Resource, graph: Graph) -> Iterable[Offence]:
    for path in paths_from_the_internet(resource, graph):
        yield Offence(path="", problem=f"{path.ports} is reachable from the internet: {', '.join(path.via)}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="data-stores-not-reachable-from-internet",
        severity="critical",
        aliases=("no-path-leads-from-the-internet",),
        applies_to=HIDDEN,
        why="A public address, a route to a gateway and an open group together are a door to what is worth most.",
        fix="Put it into subnets without a route to an internet gateway, and let only a load balancer's group in.",
        check=_reachable,
        reads_graph=True,
    ),
)
