"""Several questions about one resource: what cannot be read hides no other answer."""

from collections.abc import Callable, Iterable, Iterator

from policies.reading import UndecidedError

Question = Callable[[], Iterable[str]]


def every(questions: Iterable[Question]) -> Iterator[str]:
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
