"""One position of a bill."""

from dataclasses import dataclass
from typing import Literal

Plane = Literal["platform", "data"]
"""``data`` is what models run on; ``platform`` is there whether a model answers or not."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """So many units at least and at most, at a price that may be unknown. ``pool`` is empty for services."""

    what: str
    plane: Plane
    least: float
    most: float
    usd_a_month: float | None
    """Of one unit."""
    pool: str = ""

    @property
    def floor(self) -> float | None:
        """USD a month at least; None where there is something and no price for it."""
        return self._sum(self.least)

    @property
    def ceiling(self) -> float | None:
        """USD a month at most."""
        return self._sum(self.most)

    def _sum(self, units: float) -> float | None:
        if not units:
            return 0.0
        return None if self.usd_a_month is None else units * self.usd_a_month
