"""The time of day for processes that stay: taken once, and carried on by what cannot be set."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class SteadyClock:
    """Says the time as the system had it when this was made, and what went by since.

    Whoever sets the system's clock afterwards, by an hour forward or back, changes nothing here: a token that has
    expired stays so, and an hour in which so much may be begun lasts an hour. Workflows have the engine's time instead.
    """

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    _apart: float = field(init=False)

    def __post_init__(self) -> None:
        """Take the time."""
        object.__setattr__(self, "_apart", self.wall() - self.steady())

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self._apart + self.steady(), UTC)
