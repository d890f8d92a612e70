"""In which order a stack's objects are applied: what waits for nothing first, as the engine would."""

from policies.engine.graph import Graph, Resource


def waves(graph: Graph) -> list[list[Resource]]:
    """The Kubernetes objects, each wave after everything that its objects wait for, also through other resources."""
    objects = {r.urn: r for r in graph if r.object is not None}
    depth: dict[str, int] = {}
    for urn in objects:
        _measure(graph, urn, objects, depth)
    made: list[list[Resource]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for urn, resource in objects.items():
        made[depth[urn]].append(resource)
    return made


def _measure(graph: Graph, urn: str, objects: dict[str, Resource], depth: dict[str, int]) -> int:
    if urn not in depth:
        above = [u for u in graph.waits_for(urn) if u in objects and u != urn]
        depth[urn] = 1 + max((_measure(graph, u, objects, depth) for u in above), default=-1)
    return depth[urn]
