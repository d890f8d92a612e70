"""An objective as Prometheus rules: what is recorded, and when somebody is called. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

from components.observability.dashboards.panels import address
from releases.agent_objectives import AgentObjective, AgentObjectives
from releases.burn_rate import BURNS, REMAINING, TARGET, Burn, burn_series, span
from releases.objectives import Objective, Objectives

AnyObjective = Objective | AgentObjective
SECONDS: Final = 30
"""How often rules are evaluated: a count of requests is a sum of rates times this."""
REQUESTS: Final = "slo:requests:rate5m"
ERRORS: Final = "slo:errors:rate5m"
REQUESTS_HOUR: Final = "slo:requests:sum1h"
ERRORS_HOUR: Final = "slo:errors:sum1h"
"""Sums of an hour, which longer windows add up: four weeks of rates would be 80,640 samples at each evaluation."""
_RAW: Final = 6 * 60
"""Minutes up to which a window adds up rates."""
RUNBOOKS: Final = "https://github.com/example-org/slipway/blob/main/docs/runbooks"
_QUIET: Final = 1000
"""Requests a day of a model whose silence is worth a word."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """An indicator in PromQL: requests a second, and those of them that were not good."""

    requests: str
    errors: str


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What one model, or one agent, promises, and the labels its series and alerts carry beside its name."""

    model: str
    release: str
    owner: str
    slo: Objectives | AgentObjectives
    of: Literal["model", "agent"] = "model"
    dashboard: str = ""
    """Where its figures are drawn, where that is not the page of its kind."""

    def labels(self, objective: AnyObjective) -> dict[str, str]:
        """What tells a series of this objective from all others; none of it comes from a request."""
        return {self.of: self.model, "objective": objective.name}

    @property
    def counted(self) -> str:
        """What is good or not, in a sentence."""
        return "requests" if self.of == "model" else "tasks"

    @property
    def page(self) -> dict[str, str]:
        """Where its figures are drawn."""
        page = (
            address("release", model=self.model)
            if self.of == "model"
            else address("agents", agent=self.model)
        )
        return {"dashboard": self.dashboard or page}

    def said(self) -> dict[str, str]:
        """Who is called, and about what."""
        return {"release": self.release, "owner": self.owner, "plane": "data"}


def groups(promise: Promise, measured: dict[str, Measured]) -> list[dict[str, Any]]:
    """One group of rules an objective, evaluated in order: alerts read what was recorded just before.

    Args:
        promise: who promises what.
        measured: by the objective's name, how it is counted.
    """
    return [
        {
            "name": f"slo-{promise.model}-{objective.name}",
            "interval": f"{SECONDS}s",
            "rules": [
                *_records(promise, objective, measured[objective.name]),
                *_alerts(promise, objective),
                # An agent without tasks is nobody's fault.
                *(
                    [_missing(promise, objective)]
                    if promise.of == "model" and objective is _first_of_requests(promise)
                    else []
                ),
            ],
        }
        for objective in promise.slo.objectives
    ]


def _first_of_requests(promise: Promise) -> AnyObjective | None:
    """Whose silence is a word about the model: of quality nothing is heard before a first window."""
    return next((o for o in promise.slo.objectives if o.indicator != "quality"), None)


def _records(promise: Promise, objective: AnyObjective, measured: Measured) -> Iterator[dict[str, Any]]:
    labels = promise.labels(objective)

    def record(name: str, expression: str) -> dict[str, Any]:
        # Neither release nor owner: the budget is the model's, and a promotion does not fill it up again.
        return {"record": name, "expr": expression, "labels": labels}

    allowed = _number(1 - objective.target)
    yield record(REQUESTS, measured.requests)
    yield record(ERRORS, measured.errors)
    yield record(REQUESTS_HOUR, _count(REQUESTS, labels, 60))
    yield record(ERRORS_HOUR, _count(ERRORS, labels, 60))
    yield record(TARGET, f"vector({_number(objective.target)})")
    for burn in BURNS:
        yield record(burn_series(burn), f"{_ratio(labels, burn.long)} / {allowed}")
    yield record(REMAINING, f"1 - {_ratio(labels, promise.slo.window_days * 24 * 60)} / {allowed}")


def _alerts(promise: Promise, objective: AnyObjective) -> Iterator[dict[str, Any]]:
    for severity, burns in groupby(BURNS, key=lambda burn: burn.severity):
        name = "ErrorBudgetBurnFast" if severity == "critical" else "ErrorBudgetBurnSlow"
        yield {
            "alert": name,
            "expr": "\nor\n".join(_burns(promise, objective, burn) for burn in burns),
            "labels": {**promise.labels(objective), **promise.said(), "severity": severity},
            "annotations": {
                "summary": f"{promise.model} spends its error budget too fast: {objective.words}",
                "description": (
                    f"At {{{{ $value | humanizePercentage }}}} of {promise.counted} that are not good, against "
                    f"{_number(100 * (1 - objective.target))}% allowed over {promise.slo.window_days} days."
                ),
                "runbook_url": f"{RUNBOOKS}/{name}.md",
                **promise.page,
            },
        }


def _burns(promise: Promise, objective: AnyObjective, burn: Burn) -> str:
    labels, window = promise.labels(objective), promise.slo.window_days
    above = _number(burn.error_ratio(objective.target, window))
    least = burn.floor(objective.target, window)
    return (
        f"({_ratio(labels, burn.long)} > {above}\n"
        f"  and {_ratio(labels, burn.short)} > {above}\n"
        f"  and {_count(REQUESTS, labels, burn.long)} >= {least})"
    )


def _missing(promise: Promise, objective: AnyObjective) -> dict[str, Any]:
    """Silence is no good news: nothing is scraped, or callers who came all day come no more."""
    labels = promise.labels(objective)
    seen = _series(REQUESTS, labels)
    return {
        "alert": "ModelTrafficMissing",
        "expr": (
            f"absent({seen})\n"
            f"or ({_count(REQUESTS, labels, 30)} == 0 and {_count(REQUESTS, labels, 24 * 60)} >= {_QUIET})"
        ),
        "for": "15m",
        "labels": {"model": promise.model, **promise.said(), "severity": "warning"},
        "annotations": {
            "summary": f"Nothing is heard of {promise.model}: no requests, or no figures of them",
            "description": f"No series of {promise.model}, or no request for 45 minutes after {_QUIET} within a day.",
            "runbook_url": f"{RUNBOOKS}/ModelTrafficMissing.md",
            **promise.page,
        },
    }


def _ratio(labels: dict[str, str], minutes: int) -> str:
    """Errors of all requests, each counted once: in a mean of ratios a quiet night would weigh as much as a day."""
    return f"{_count(ERRORS, labels, minutes)} / ({_count(REQUESTS, labels, minutes)} > 0)"


def _count(rates: str, labels: dict[str, str], minutes: int) -> str:
    if minutes <= _RAW:
        return f"sum_over_time({_series(rates, labels)}[{span(minutes)}]) * {SECONDS}"
    hours = {REQUESTS: REQUESTS_HOUR, ERRORS: ERRORS_HOUR}[rates]
    return f"sum_over_time({_series(hours, labels)}[{span(minutes)}:1h])"


def _series(name: str, labels: dict[str, str]) -> str:
    selected = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{selected}}}"


def _number(value: float) -> str:
    return f"{value:.9g}"
