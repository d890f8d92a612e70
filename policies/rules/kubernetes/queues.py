"""What must hold for workloads that wait in queues of Kueue: the queues are there, and hold what waits."""

from collections.abc import Iterable
from functools import partial

from policies.analysis.machines.kueue import CLUSTER, LOCAL, QUEUED, lost_queue, never_admitted
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant


def _lost(resource: Resource, graph: Graph, *, sees_all: bool = False) -> Iterable[Offence]:
    return lost_queue(resource, graph, sees_all=sees_all)


def _never(resource: Resource, graph: Graph) -> Iterable[Offence]:
    return never_admitted(resource, graph)


RULES: tuple[Rule, ...] = (
    Rule(
        id="queues-are-there",
        severity="high",
        applies_to=(*QUEUED, LOCAL, CLUSTER),
        why="A workload in a queue that nobody has is kept suspended for ever, and no pod of it is ever made.",
        fix="Name a LocalQueue of the namespace, a ClusterQueue and ResourceFlavors that there are.",
        check=_lost,
        on_platform=Variant("All queues are in view: another name is lost.", partial(_lost, sees_all=True)),
        reads_graph=True,
    ),
    Rule(
        id="queues-hold-their-workloads",
        severity="high",
        applies_to=QUEUED,
        why="Kueue admits a workload as a whole: what asks for more than its queue can ever have waits for ever.",
        fix="Raise nominalQuota, let the queue borrow from a cohort, or ask for less.",
        check=_never,
        reads_graph=True,
    ),
)
