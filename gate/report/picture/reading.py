"""Reading for a picture: what is not known is not drawn. No verdict is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at


@dataclass(frozen=True)
class Seen:
    """The resources of a stack and of those above, and which are whose."""

    whole: Graph
    own: frozenset[str]

    def is_above(self, *resources: Resource) -> bool:
        """Whether all of these are of a stack above."""
        return bool(resources) and not any(r.urn in self.own for r in resources)


def seen(graph: Graph) -> Seen:
    """A graph with what is above it, each resource once."""
    every = {r.urn: r for r in (*graph.elsewhere, *graph.resources)}
    return Seen(Graph(sorted(every.values(), key=lambda r: r.urn)), frozenset(graph.by_urn))


def said(value: Any, path: str) -> Any:
    """The value at a path; nothing where it is not set or not known."""
    try:
        return at(value, path)
    except UndecidedError:
        return None


def words(value: Any, path: str) -> str:
    """The text at a path; empty where there is none."""
    found = said(value, path)
    return found if isinstance(found, str) else ""


def many(value: Any, path: str) -> Sequence[Any]:
    """The list at a path; empty where there is none."""
    found = said(value, path)
    return found if isinstance(found, list | tuple) else ()


def some(value: Any, path: str) -> Mapping[str, Any]:
    """The mapping at a path; empty where there is none."""
    found = said(value, path)
    return found if isinstance(found, Mapping) else {}


def counted(count: int, one: str, more: str = "") -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else more or f'{one}s'}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in one line, the rest counted."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
