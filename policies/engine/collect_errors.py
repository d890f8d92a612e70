"""Several questions about one resource: what cannot be read hides no other answer."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError

T = TypeVar("T")


def every(questions: Iterable[Callable[[], Iterable[T]]]) -> Iterator[T]:
    """The answers to all questions; the first that could not be read is raised after the last answer.

    Raises:
        UndecidedError: a value that one of the questions needs is unknown or unreadable.
    """
    missing: UndecidedError | None = None
    for question in questions:
        try:
            yield from question()
        except UndecidedError as error:
            missing = missing or error
    if missing is not None:
        raise missing


def in_each(
    parts: Callable[[Resource, Graph], Iterable[tuple[str, T]]], check: Callable[[T], Iterable[str]]
) -> Callable[[Resource, Graph], Iterator[str]]:
    """The check of a resource that asks each of its parts the same; what is said of one begins with its place."""

    def found(resource: Resource, graph: Graph) -> Iterator[str]:
        return every(partial(_placed, place, part, check) for place, part in parts(resource, graph))

    return found


def _placed(place: str, part: T, check: Callable[[T], Iterable[str]]) -> Iterator[str]:
    return (f"{place}: {said}" for said in check(part))
