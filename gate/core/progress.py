"""What is being done, while it is done: a line that changes on a terminal, a line a step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from gate.core.printable import printable

Tell = Callable[[str, str], None]
"""Is told who or what, and what is happening to it."""


@contextmanager
def told(console: Console, first: str) -> Iterator[Tell]:
    """Show progress until the block ends."""
    with console.status(first) as status:

        def tell(subject: str, what: str) -> None:
            line = printable(f"{subject}: {what}")
            if console.is_terminal:
                status.update(escape(line))
            else:
                console.print(line, highlight=False, markup=False, soft_wrap=True)

        yield tell
