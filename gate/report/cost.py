"""What a stack costs a month at list prices, in words and numbers that a person can add up."""

from dataclasses import asdict, dataclass
from typing import Any

from policies.analysis.cost.bill import Bill, Share, bill
from policies.analysis.cost.line import Line
from policies.engine.graph import Graph


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A stack's bill; ``profile`` is what the stack file says of its network (``network.cost``), if it has one."""

    bill: Bill
    profile: str = ""
    budget: float | None = None

    @property
    def headline(self) -> str:
        """Floor and ceiling; ``at least`` where something has no price."""
        said = f"{self.at_least}{usd(self.bill.floor)} to {usd(self.bill.ceiling)} a month"
        return f"{said}, and {len(self.bill.unknown)} unknown" if self.bill.unknown else said

    @property
    def at_least(self) -> str:
        """What stands before a total that something is missing from."""
        return "at least " if self.bill.unknown else ""

    def as_data(self) -> dict[str, Any]:
        """As JSON data; USD a month, in cents."""
        found = self.bill
        return {
            "region": found.region,
            "prices_read": found.read,
            "profile": self.profile,
            "budget": self.budget,
            "floor": _cents(found.floor),
            "ceiling": _cents(found.ceiling),
            "unknown": list(found.unknown),
            "by_use": list(found.by_use),
            "planes": {name: list(map(_cents, found.of_plane(name))) for name in ("platform", "data")},
            "pools": {pool: list(map(_cents, found.of_pool(pool))) for pool in found.pools},
            "lines": [asdict(x) | _totals(x) for x in found.lines],
            "shares": [asdict(x) | _totals(x) for x in found.shares],
            "spot": [
                {"machine": kind, "on_demand": _cents(demand), "spot": _cents(spot)}
                for kind, demand, spot in found.spot
            ],
        }


def cost(graph: Graph, region: str, profile: str = "", budget: float | None = None) -> Cost | None:
    """The bill of a graph; nothing where it has nothing that is billed or depends on use."""
    made = bill(graph, region)
    if not (made.lines or made.unknown):
        return None
    return Cost(bill=made, profile=profile, budget=budget)


def usd(amount: float | None) -> str:
    """Whole dollars, or that nobody knows: never zero for an unknown price."""
    return "unknown" if amount is None else f"${amount:,.0f}"


def _totals(part: Line | Share) -> dict[str, float | None]:
    return {"floor": _cents(part.floor), "ceiling": _cents(part.ceiling)}


def _cents(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2)


def of_line(line: Line) -> str:
    """How many units at least and at most."""
    low, high = f"{line.least:,g}", f"{line.most:,g}"
    return low if low == high else f"{low} to {high}"
