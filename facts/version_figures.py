"""What each engine tells about one version of a model: which series hold its requests, failures and times."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from facts.series import buckets
from facts.strict import Strict
from facts.strict_yaml import load

_FILE = Path(__file__).parent / "version_figures.yaml"


class Figures(Strict):
    """The series of one kind of server. ``milliseconds`` is how many one unit of its times has."""

    source: str
    requests: list[str] = Field(min_length=1)
    error_rate: list[str] = Field(min_length=1)
    latency: str
    time_to_first_token: str = ""
    milliseconds: float = Field(gt=0)
    signals: dict[str, str] = Field(default_factory=dict)
    """Histograms that drift is looked for in, by what a record calls them."""

    def histogram(self, metric: str) -> str:
        """The histogram that a time of an abort condition is read from; empty where this server has none."""
        return self.time_to_first_token if metric.startswith("time-to-first-token") else self.latency

    def longest_ms(self, metric: str) -> float:
        """The last bound that is counted: no quantile is ever above it."""
        return buckets(self.histogram(metric))[-1] * self.milliseconds


class VersionFigures(Strict):
    """The whole table."""

    read: date
    answers: dict[str, Figures]
    engines: dict[str, str]
    tasks: dict[str, str]


@cache
def _table() -> VersionFigures:
    return VersionFigures.model_validate(load(_FILE.read_text(encoding="utf-8"), _FILE.name))


def figures_of(engine: str, task: str) -> Figures:
    """What tells about a version that this engine serves for this task.

    Raises:
        KeyError: the table knows no such engine.
    """
    return _table().answers[answers_of(engine, task)]


def answers_of(engine: str, task: str) -> str:
    """What answers where this engine serves this task.

    Raises:
        KeyError: the table knows no such engine.
    """
    table = _table()
    return table.tasks.get(f"{engine}/{task}", table.engines[engine])


def signal_problem(engine: str, task: str, signal: str, watched: list[str]) -> str:
    """Why nothing tells whether a signal is as it was; empty where something does."""
    exported = figures_of(engine, task).signals
    if signal not in exported:
        said = f"it exports {' and '.join(exported)}" if exported else "it exports no signal"
        return f"not exported by its engine ({engine}; {said})"
    if signal not in watched:
        return "drift.signals does not name it, and nothing else compares it with a reference"
    return ""


def abort_problem(engine: str, task: str, metric: str, above: float) -> str:
    """Why an abort condition could never be seen; empty where it can."""
    if metric == "error-rate":
        return ""
    figures = figures_of(engine, task)
    if not figures.histogram(metric):
        return f"engine {engine} exports no such series for {task} ({figures.source}); use latency-p95-ms or error-rate"
    if above >= (longest := figures.longest_ms(metric)):
        return (
            f"{figures.histogram(metric)} of engine {engine} counts up to {longest:g} ms, so it is never above "
            f"{above:g} ({figures.source}); say a time below"
        )
    return ""
