"""List prices of AWS in USD: what is not in the table has no price here, which is never the same as nothing."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, PositiveFloat

from facts.node_capacity import node_capacity
from facts.strict import Strict
from facts.strict_yaml import load

_FILE: Final = Path(__file__).parent / "prices.yaml"
_OF_INSTANCES: Final = "us-east-1"
"""The region whose on-demand prices stand in ``ec2_instances.json``."""


class ServicePrice(Strict):
    """What one unit of a service costs, by region or everywhere."""

    called: str
    source: str
    everywhere: PositiveFloat | None = None
    regions: dict[str, PositiveFloat] = Field(default_factory=dict)
    memory: bool = False
    """Whether a figure is from memory: no source was at hand."""


class InstancePrices(Strict):
    """USD an hour of instance types by region."""

    source: str
    on_demand: dict[str, dict[str, PositiveFloat]]
    spot: dict[str, dict[str, PositiveFloat]]
    reserved: dict[str, dict[str, PositiveFloat]] = Field(default_factory=dict)
    """For a year without a payment upfront (a savings plan of the instance's family, or a reserved instance)."""


class Prices(Strict):
    """All prices, and what is billed by a use that nobody knows beforehand."""

    read: date
    hours_a_month: int
    services: dict[str, ServicePrice]
    by_use: dict[str, str]
    instances: InstancePrices


@cache
def prices() -> Prices:
    return Prices.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))


def service_price(name: str, region: str) -> float | None:
    """USD for one unit of a service; None where no price is known for the region."""
    found = prices().services[name]
    return found.everywhere if found.everywhere is not None else found.regions.get(region)


def reserved_price(kind: str, region: str) -> float | None:
    """USD an hour of a machine that is paid for a year; None where no price is known."""
    return prices().instances.reserved.get(region, {}).get(kind)


def instance_price(kind: str, region: str, *, spot: bool = False) -> float | None:
    """USD an hour of a machine; None where no price is known. Spot prices move: they are one day's."""
    table = prices().instances
    if spot:
        return table.spot.get(region, {}).get(kind)
    if region == _OF_INSTANCES:
        known = node_capacity(kind)
        return known.usd_per_hour if known else None
    return table.on_demand.get(region, {}).get(kind)
