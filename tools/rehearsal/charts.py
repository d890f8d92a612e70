"""The archives of the pinned charts: from the Go modules that carry them, and empty ones for the rest."""

from collections.abc import Callable
from dataclasses import dataclass

from facts.pins import chart_sources, charts
from tools.charts.sources import SourceError, source_of
from tools.conformance.errors import ConformanceError
from tools.rehearsal.registry import Answers, answers, packed


@dataclass(frozen=True, kw_only=True)
class Charts:
    """What the registries answer, and the charts of which nothing is played."""

    answers: Answers
    absent: list[str]


def archives(tell: Callable[[str], None]) -> Charts:
    """Every pinned chart.

    Raises:
        ConformanceError: a module that should carry one cannot be had.
    """
    tell("packing the charts that Go modules carry")
    known, found, absent = chart_sources(), [], []
    for pin in charts().values():
        folder = None
        if pin.chart in known:
            try:
                source = source_of(pin.chart, pin.version, None)
            except SourceError as error:
                raise ConformanceError(str(error)) from None
            folder = source.path if source is not None else None
        if folder is None:
            absent.append(f"{pin.chart} {pin.version}")
        found.append((pin, packed(pin.chart, pin.version, folder)))
    return Charts(answers=answers(found), absent=sorted(absent))
