"""A stack together with the stacks it stands on, where those have the machines."""

from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.engine.graph import Graph


def with_machines_above(graph: Graph) -> Graph:
    """The graph with what stands elsewhere, if that has pools; else the graph as it is."""
    return graph.once(_together)


def _together(graph: Graph) -> Graph:
    if not any(r.type in (NODE_GROUP, *NODE_POOLS) for r in graph.elsewhere):
        return graph
    own = graph.by_urn
    return Graph((*graph, *(r for r in graph.elsewhere if r.urn not in own)))
