"""What every Kubernetes object says of itself: its name, its namespace, its labels and its annotations."""

from collections.abc import Iterator
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.values import at, known, mapping, text

SKIP_AWAIT: Final = "pulumi.com/skipAwait"
"""With ``"true"``, Pulumi waits neither for an object to be ready nor for its end."""


def name_of(resource: Resource) -> str:
    return text(at(resource.inputs, "metadata.name"), "metadata.name")


def namespace_of(resource: Resource) -> str:
    return text(at(resource.inputs, "metadata.namespace"), "metadata.namespace") or "default"


def label(resource: Resource, key: str) -> str:
    labels = mapping(at(resource.inputs, "metadata.labels"), "metadata.labels")
    return text(known(labels.get(key), key), key)


def annotation(resource: Resource, key: str) -> str:
    notes = mapping(at(resource.inputs, "metadata.annotations"), "metadata.annotations")
    return text(known(notes.get(key), key), key)


def inside(graph: Graph, namespace: str, *types: str) -> Iterator[Resource]:
    """Objects of these types in a namespace.

    Raises:
        UndecidedError: the namespace of one of them cannot be read.
    """
    return iter(graph.once_for(_by_namespace, types).get(namespace, ()))


def _by_namespace(graph: Graph, types: tuple[str, ...]) -> dict[str, list[Resource]]:
    """Looked up once: whoever asks for each of many objects would read all of them as often."""
    found: dict[str, list[Resource]] = {}
    for one in graph.of_type(*types):
        found.setdefault(namespace_of(one), []).append(one)
    return found
