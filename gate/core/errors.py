"""What stops the gate: every problem at once, never a traceback."""

from collections.abc import Sequence

from gate.core.printable import printable


class GateError(Exception):
    """The gate could not judge (exit code 2)."""

    def __init__(self, headline: str, problems: Sequence[str] = ()) -> None:
        self.headline = headline
        self.problems = tuple(problems)
        super().__init__(printable("\n".join([headline, *(f"  {p}" for p in self.problems)])))


class CaptureError(GateError):
    """The program could not be run to its end, or used a value that nobody gave."""
