"""When an error budget burns so fast that somebody is called: pure arithmetic.

Windows and shares are those of the SRE Workbook, chapter 5 ("Alerting on SLOs", table 5-8, read 2026-11-29): an
alert looks at a long window, so that it is sure, and at a short one, so that it ends soon after the fault does.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

TARGET: Final = "slo:target:ratio"
REMAINING: Final = "slo:error_budget_remaining:ratio"
"""Series of an objective that a reader asks for; `components/observability/slo/rules.py` records them."""

Severity = Literal["critical", "warning"]

MOST: Final = 0.9
"""No alert waits for more than nine of ten requests to fail. Of a target of 0.9, fourteen times the budget would be
more than all requests, and an outage of everything would call nobody."""
FAILURES: Final = 3
"""What must have failed in the long window. One failed request of ten is no reason to wake anybody."""


@dataclass(frozen=True, kw_only=True)
class Burn:
    """Two windows, in minutes.

    ``budget`` is the share of the whole budget that is spent when it fires; ``least`` the burn rate below which
    nobody is called, however short the objective's own window.
    """

    severity: Severity
    long: int
    short: int
    budget: float
    least: float

    def rate(self, window_days: int) -> float:
        """How many times as fast as the objective allows: 1 spends the budget exactly in its window."""
        return max(self.budget * window_days * 24 * 60 / self.long, self.least)

    def error_ratio(self, target: float, window_days: int) -> float:
        """The fraction of failed requests above which it fires."""
        return round(min(self.rate(window_days) * (1 - target), MOST), 9)

    def floor(self, target: float, window_days: int) -> int:
        """How many requests the long window must have held: below it, :data:`FAILURES` are no rate."""
        return math.ceil(FAILURES / self.error_ratio(target, window_days))


BURNS: Final = (
    Burn(severity="critical", long=60, short=5, budget=0.02, least=6),
    Burn(severity="critical", long=6 * 60, short=30, budget=0.05, least=3),
    Burn(severity="warning", long=24 * 60, short=2 * 60, budget=0.1, least=1.5),
    Burn(severity="warning", long=72 * 60, short=6 * 60, budget=0.1, least=1),
)


def burn_series(burn: Burn) -> str:
    """The series of how fast the budget goes: 1 spends it exactly in the objective's window."""
    return f"slo:burn_rate:{span(burn.long)}"


def span(minutes: int) -> str:
    """Minutes as Prometheus writes them: ``5m``, ``6h``, ``3d``."""
    for size, unit in ((24 * 60, "d"), (60, "h")):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
