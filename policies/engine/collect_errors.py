"""Several questions about one resource: what cannot be read hides no other answer."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
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


def once_of(resource: Resource, make: Callable[[Resource], Iterable[T]]) -> Iterator[T]:
    """What a function finds in a resource, looked for at the first question: a resource never changes.

    A dozen rules ask each object for its pods, and most objects have none anywhere in them.

    Raises:
        UndecidedError: after the last one found, every time, where the function ended with it.
    """
    if make not in resource.made:
        resource.made[make] = _read_out(make(resource))
    found, missing = resource.made[make]
    yield from found
    if missing is not None:
        raise UndecidedError(missing)


def _read_out(answers: Iterable[T]) -> tuple[tuple[T, ...], str | None]:
    found: list[T] = []
    try:
        found.extend(answers)
    except UndecidedError as error:
        return tuple(found), str(error)
    return tuple(found), None


def in_each(
    parts: Callable[[Resource, Graph], Iterable[T]], check: Callable[[T], Iterable[Offence]]
) -> Callable[[Resource, Graph], Iterator[Offence]]:
    """The check of a resource that asks each of its parts the same; a part knows where it stands."""

    def found(resource: Resource, graph: Graph) -> Iterator[Offence]:
        return every(partial(check, part) for part in parts(resource, graph))

    return found
