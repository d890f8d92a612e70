"""What a dashboard is made of, as data."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["short", "reqps", "ms", "s", "percentunit", "percent", "bytes", "d"]


@dataclass(frozen=True, kw_only=True)
class Query:
    """One expression; ``legend`` names a line by its labels, as Grafana writes it."""

    expression: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture; ``says`` is what to read off it. ``bad_above`` draws a line that must not be crossed."""

    title: str
    says: str
    unit: Unit
    queries: tuple[Query, ...]
    bad_above: float | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One dashboard. With ``per_model`` a reader chooses a model, which queries name ``$model``."""

    name: str
    title: str
    panels: tuple[Panel, ...]
    per_model: bool = False


def one(expression: str, legend: str) -> tuple[Query, ...]:
    """A panel's only query."""
    return (Query(expression=expression, legend=legend),)
