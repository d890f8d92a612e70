"""Who points at a resource, without taking "nobody knows yet" for "nobody"."""

from collections.abc import Iterable, Mapping
from typing import Final

from facts.tags import Tag
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.values import UndecidedError

_OURS: Final = "slipway:"


def keeps_our_conventions(graph: Graph) -> bool:
    """Whether a graph is of the platform's own components, or of a stack that uses its tags.

    How things are named, tagged and kept is an organisation's own choice: a stack with other conventions is not
    wrong.
    """
    return graph.once(_keeps)


def _keeps(graph: Graph) -> bool:
    if any(_is_ours(resource) for resource in graph):
        return True
    tags = (resource.inputs.get("tagsAll") or resource.inputs.get("tags") for resource in graph)
    return any(isinstance(said, Mapping) and said.keys() >= set(Tag) for said in tags)


def _is_ours(resource: Resource) -> bool:
    """Whether a component of the platform made it; its URN says so where an engine shows the resource alone."""
    types = resource.urn.split("::")[2:3] or [""]
    return resource.type.startswith(_OURS) or f"${_OURS}" in f"${types[0]}"


def is_kept_encrypted(resource: Resource, name: str, graph: Graph) -> bool:
    """Whether a stack of others holds a property as a secret, as Pulumi encrypts it in files and states.

    Our own stack files hold names of secrets only, never the secrets themselves.
    """
    return name in resource.secret_properties and not keeps_our_conventions(graph)


def is_of_others(resource: Resource, graph: Graph) -> bool:
    """Whether a manifest comes from somebody who never agreed to the platform's conventions."""
    return bool(resource.source) and not keeps_our_conventions(graph)


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
