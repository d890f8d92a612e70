"""Which series exist: what each exporter gives, with its labels, from ``facts/metrics/*.yaml``.

Each file names the version that was read or observed, its source and the date. A rule, an alert or a dashboard that
asks for a series which stands in no file asks for nothing.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

FOLDER: Final = Path(__file__).parent / "metrics"


class Series(Strict):
    """One metric. A histogram is asked for as ``_bucket``, ``_sum`` and ``_count``."""

    name: str = Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")
    type: Literal["counter", "gauge", "histogram", "summary"]
    unit: str
    labels: dict[str, str]
    buckets: list[float | int] = Field(default_factory=list)
    note: str = ""
    source: str = ""

    @property
    def asked_as(self) -> tuple[str, ...]:
        """The names under which Prometheus has it."""
        if self.type == "histogram":
            return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
        return (
            (self.name, f"{self.name}_sum", f"{self.name}_count") if self.type == "summary" else (self.name,)
        )


class Exporter(Strict):
    """What one kind of program offers, and the labels that the scrape adds."""

    exporter: str
    version: str
    source: str
    read: date
    scraped_by: str
    target_labels: list[str] = Field(default_factory=list)
    series: list[Series]


@cache
def exporters() -> tuple[Exporter, ...]:
    """All files, by name."""
    return tuple(map(_exporter, _files()))


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@cache
def _exporter(path: Path) -> Exporter:
    return Exporter.model_validate(load(path.read_text(encoding="utf-8"), path.name))


@cache
def labels_by_name() -> dict[str, frozenset[str]]:
    """The labels that each name may be asked with: its own, and those that the scrape adds."""
    found: dict[str, frozenset[str]] = {}
    for exporter in exporters():
        for one in exporter.series:
            for name in one.asked_as:
                more = (
                    {"le"} if name.endswith("_bucket") else {"quantile"} if one.type == "summary" else set()
                )
                own = frozenset({*one.labels, *exporter.target_labels, *more})
                # Two exporters may give one name, such as up.
                found[name] = found.get(name, frozenset()) | own
    return found


@cache
def by_name() -> dict[str, Series]:
    """Every name that a query may ask for. A histogram stands under three."""
    return {name: one for exporter in exporters() for one in exporter.series for name in one.asked_as}


@cache
def buckets(histogram: str) -> tuple[float, ...]:
    """The upper bounds of a histogram's buckets, in its unit; of all files, only those that name it are read.

    Raises:
        KeyError: no exporter gives this histogram.
    """
    naming = [path for path in _files() if histogram in path.read_text(encoding="utf-8")]
    found = {one.name: one for path in naming for one in _exporter(path).series if one.type == "histogram"}
    return tuple(float(edge) for edge in found[histogram].buckets)
