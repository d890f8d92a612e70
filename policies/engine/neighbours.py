"""Who points at a resource, without taking "nobody knows yet" for "nobody"."""

from collections.abc import Iterable

from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.values import UndecidedError


def is_a_part(resource: Resource, there: Iterable[object]) -> bool:
    """Whether a manifest was given without what it belongs to, so that nothing says what else holds for it.

    A file may be one of many that are applied together; a stack is judged as the whole it is.
    """
    return bool(resource.source) and not any(True for _ in there)


def is_made_elsewhere(resource: Resource, prop: str) -> bool:
    """Whether a value is not known yet, but known to be what another resource of the stack answers."""
    return resource.inputs.get(prop) is UNKNOWN and bool(resource.property_dependencies.get(prop))


def pointing_at(
    graph: Graph, target: Resource, type_: str, prop: str, *, every: bool = False
) -> list[Resource]:
    """Resources of a type whose property points at ``target``.

    ``every`` is for rules that a single missed neighbour would mislead (one open rule among closed ones);
    without it, one that certainly points here is enough.

    Raises:
        UndecidedError: a candidate's property is unknown and nothing says where it comes from.
    """
    found = graph.referring(target, type_, prop)
    if found and not every:
        return found
    for candidate in graph.of_type(type_):
        if candidate.inputs.get(prop) is UNKNOWN and not candidate.property_dependencies.get(prop):
            raise UndecidedError(f"{candidate.name}: {prop} is not known yet")
    return found
