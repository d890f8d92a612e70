"""Which resources of a stack a property names: by id, name or ARN, or by where its value comes from."""

from collections.abc import Mapping
from typing import Any

from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.values import known


def referred_to(graph: Graph, resource: Resource, path: str, *types: str) -> tuple[list[Resource], bool]:
    """Resources of some types that a property names, and whether it is certain that it names each of them.

    A value that is known names them by id or name; one that is not may come from any of those it depends on. What
    comes from something else is not declared here, as an id is that nobody here has.

    Raises:
        UndecidedError: the value is unknown, and nothing says where it comes from.
    """
    head = path.partition(".")[0]
    value = _raw(resource.inputs, path)
    if value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
        sources = resource.property_dependencies.get(head, frozenset())
        found = [r for r in graph.of_type(*types) if r.urn in sources]
        if not sources:
            known(UNKNOWN, path)
        return found, len(found) == 1
    index = graph.once(_by_name)
    names = [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]
    return [r for name in dict.fromkeys(names) for r in index.get(name, ()) if r.type in types], True


def _by_name(graph: Graph) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in graph:
        for name in resource.known_as:
            found.setdefault(name, []).append(resource)
    return found


def _raw(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list):
            index = int(step) if step.isdigit() else 0  # a block may stand in a list of one
            value = value[index] if index < len(value) else None
        if isinstance(value, Mapping) and not step.isdigit():
            value = value.get(step)
    return value
