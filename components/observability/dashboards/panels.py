"""What a dashboard is made of, as data."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["short", "reqps", "ms", "s", "percentunit", "percent", "bytes", "d", "currencyUSD"]
PageName = Literal[
    "fleet", "release", "agents", "data-plane", "control-plane", "machines", "mesh", "security"
]


def address(page: PageName, **chosen: str) -> str:
    """Where Grafana has a page, behind its own address, with what is chosen on it."""
    said = "&".join(f"var-{name}={value}" for name, value in chosen.items())
    return f"/d/slipway-{page}" + (f"?{said}" if said else "")


@dataclass(frozen=True, kw_only=True)
class Query:
    """One expression; ``legend`` names a line by its labels, as Grafana writes it."""

    expression: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture; ``says`` is what to read off it. ``bad_above`` and ``bad_below`` draw a line not to be crossed."""

    title: str
    says: str
    unit: Unit
    queries: tuple[Query, ...]
    bad_above: float | None = None
    bad_below: float | None = None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a reader of a page chooses: queries name it ``$`` and its name; its values are a label's of a series."""

    name: Literal["model", "agent"]
    of: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One dashboard."""

    name: PageName
    title: str
    panels: tuple[Panel, ...]
    chosen: Chosen | None = None


def one(expression: str, legend: str) -> tuple[Query, ...]:
    """A panel's only query."""
    return (Query(expression=expression, legend=legend),)
