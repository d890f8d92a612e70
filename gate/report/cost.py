"""What a stack costs a month at list prices, in words and numbers that a person can add up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from facts.prices import instance_price
from policies.analysis.cost.bill import Bill, Share, bill
from policies.analysis.cost.line import Line
from policies.engine.graph import Graph
from releases.throughput import Throughput


@dataclass(frozen=True, kw_only=True)
class TokenPrice:
    """What a million tokens of a release cost on a machine that is never idle; ``usd`` is None where nobody knows."""

    whom: str
    machine: str
    tokens_per_second: float
    measured: str
    usd: float | None

    @property
    def words(self) -> str:
        """With what it follows from."""
        price = "unknown: the machine has no price here" if self.usd is None else f"${self.usd:,.2f}"
        return f"{price} ({self.tokens_per_second:,g} tokens a second of a {self.machine}, measured {self.measured})"


def token_price(whom: str, throughput: Throughput, region: str) -> TokenPrice:
    """From a record's throughput, at the list price of the machine it was measured on."""
    hourly = instance_price(throughput.machine, region)
    return TokenPrice(
        whom=whom,
        machine=throughput.machine,
        tokens_per_second=throughput.tokens_per_second,
        measured=throughput.measured.isoformat(),
        usd=None if hourly is None else throughput.usd_per_million(hourly),
    )


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A stack's bill; ``profile`` is what the stack file says of its network (``network.cost``), if it has one."""

    bill: Bill
    profile: str = ""
    budget: float | None = None
    per_million: tuple[TokenPrice, ...] = ()
    """Of releases whose record states a throughput."""

    @property
    def headline(self) -> str:
        """Floor and ceiling; ``at least`` where something has no price."""
        said = f"{self.at_least}{usd(self.bill.floor)} to {usd(self.bill.ceiling)} a month"
        return f"{said} ({len(self.bill.unknown)} without a known price)" if self.bill.unknown else said

    @property
    def ways(self) -> list[str]:
        """What one machine of each type costs a month by how it is paid, in a sentence each."""
        return [
            f"a {way.machine} a month: {usd(way.on_demand)} on demand, {usd(way.spot)} on spot (one day's, of its "
            f"dearest zone), {usd(way.reserved)} reserved for a year without a payment upfront"
            for way in self.bill.ways
        ]

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
            "million_tokens": [asdict(x) | {"usd": _cents(x.usd)} for x in self.per_million],
            "ways_to_pay": [
                {
                    "machine": way.machine,
                    "on_demand": _cents(way.on_demand),
                    "spot": _cents(way.spot),
                    "reserved": _cents(way.reserved),
                }
                for way in found.ways
            ],
        }


def cost(
    graph: Graph,
    region: str,
    profile: str = "",
    budget: float | None = None,
    throughputs: Mapping[str, Throughput] | None = None,
) -> Cost | None:
    """The bill of a graph; nothing where it has nothing that is billed or depends on use.

    ``throughputs`` are those that records state, by release.
    """
    made = bill(graph, region)
    if not (made.lines or made.unknown):
        return None
    prices = (token_price(whom, said, region) for whom, said in sorted((throughputs or {}).items()))
    return Cost(bill=made, profile=profile, budget=budget, per_million=tuple(prices))


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
