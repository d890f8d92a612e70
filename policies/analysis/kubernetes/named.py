"""A name that one object gives and another has to have, and which names are in view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError

UNREAD: Final = "\0"
"""Stands among the names in view where one of them cannot be read: it may be any name, and no object has it."""
_ANYWHERE: Final = "\0"


@dataclass(frozen=True)
class Named:
    """A name that an object gives, where it stands, and what has to have it.

    ``is_written``: somebody wrote it, so that it may be a slip of the pen.
    ``is_whole``: who makes what has such names may be expected in view; other stacks may have more of them otherwise.
    ``together``: who gives the name makes what has it too: it is lost also where nothing of the kind is in view.
    """

    path: str
    kind: str
    name: str
    known: frozenset[str]
    together: bool = False
    is_written: bool = True
    is_whole: bool = True


def everywhere(graph: Graph, *types: str) -> list[Resource]:
    """Objects of these types in this stack and in those above it."""
    return [*graph.of_type(*types), *(r for r in graph.elsewhere if r.type in types)]


def names(graph: Graph, *types: str, where: str = "") -> frozenset[str]:
    """What objects of these types are called, in one namespace or in all; with ``UNREAD`` for what cannot be read."""
    called = graph.once_for(_names, types)
    return called.get(where) or called.get(_ANYWHERE, frozenset())


def _names(graph: Graph, types: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """By namespace, under "" all of them, and under another key those that may be in any."""
    found: dict[str, set[str]] = {"": set()}
    anywhere: set[str] = set()
    for one in everywhere(graph, *types):
        name = _read(name_of, one)
        found[""].add(name)
        where = _read(namespace_of, one)
        if where == UNREAD:
            anywhere.add(UNREAD)
        else:
            found.setdefault(where, set()).add(name)
    return {
        where: frozenset(called | (anywhere if where else set())) - {""} for where, called in found.items()
    } | {_ANYWHERE: frozenset(anywhere)}


def _read(read: Callable[[Resource], str], one: Resource) -> str:
    try:
        return read(one)
    except UndecidedError:
        return UNREAD
