"""Figures of versions as a Prometheus counted them, by queries that a stack gives."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from facts.strict import Strict
from releases.burn_rate import REMAINING, TARGET
from runtime.loops.contract import Figures, Histogram
from runtime.loops.ports import UnavailableError

_SECONDS: Final = 10
_MOST_BYTES: Final = 4_000_000


class Queries(Strict):
    """PromQL with ``{model}``, ``{version}``, ``{window}``, and ``{quantile}`` or ``{signal}`` where it says so.

    ``requests`` and ``errors`` must answer 0 where nothing was called (``or 0 * ...``): no answer is a fault.
    """

    requests: str
    errors: str
    latency: str
    """In milliseconds, by ``{quantile}``."""
    time_to_first_token: str = ""
    histogram: str = ""
    """Counts by ``le`` or ``class`` of a ``{signal}``, not cumulative for classes."""


@dataclass(frozen=True)
class PrometheusFigures:
    """One Prometheus. Whatever it does not answer is unavailable."""

    url: str
    queries: Queries

    def read(self, model: str, version: str, window_seconds: float) -> Figures:
        words = {"model": model, "version": version, "window": _span(window_seconds)}
        ask = self.queries
        return Figures(
            requests=self._needed(ask.requests, words),
            errors=self._needed(ask.errors, words),
            latency_p95_ms=self._time(ask.latency, words, "0.95"),
            latency_p99_ms=self._time(ask.latency, words, "0.99"),
            time_to_first_token_p95_ms=self._time(ask.time_to_first_token, words, "0.95"),
        )

    def budget_left(self, model: str) -> dict[str, float]:
        """Of each objective. One that is promised and not counted is unavailable, not whole."""
        selected = f'{{model="{model}"}}'
        targets = self._by("objective", TARGET + selected)
        left = self._by("objective", REMAINING + selected)
        silent = sorted(targets.keys() - left.keys())
        if silent:
            raise UnavailableError(f"{model}: nothing is counted yet of {', '.join(silent)}")
        return {name: left[name] for name in targets}

    def histogram(self, model: str, version: str, signal: str, window_seconds: float) -> Histogram:
        """A signal's buckets: by ``le`` their differences, in order."""
        words = {
            "model": model,
            "version": version,
            "window": _span(window_seconds),
            "signal": signal.replace("-", "_"),
        }
        found = self._by("le", _filled(self.queries.histogram, words))
        if "+Inf" not in found:
            raise UnavailableError(f"{model} {version}: no histogram of {signal}")
        edges = sorted(float(edge) for edge in found if edge != "+Inf")
        below = {float(edge): count for edge, count in found.items()}
        cumulative = [below[edge] for edge in edges] + [below[math.inf]]
        counts = [cumulative[0], *(b - a for a, b in pairwise(cumulative))]
        return Histogram(edges=tuple(edges), counts=tuple(max(0.0, count) for count in counts))

    def _needed(self, template: str, words: Mapping[str, str]) -> float:
        query = _filled(template, words)
        found = self._ask(query)
        if len(found) != 1:
            raise UnavailableError(f"{len(found)} series where one was asked for: {query}")
        value = float(found[0]["value"][1])
        if not math.isfinite(value):
            raise UnavailableError(f"{value} is no figure: {query}")
        return value

    def _time(self, template: str, words: Mapping[str, str], quantile: str) -> float | None:
        """A quantile; absent where nothing was measured, which a verdict does not take for good."""
        if not template:
            return None
        found = self._ask(_filled(template, {**words, "quantile": quantile}))
        values = [float(one["value"][1]) for one in found]
        return values[0] if len(values) == 1 and math.isfinite(values[0]) else None

    def _by(self, label: str, query: str) -> dict[str, float]:
        return {str(one["metric"].get(label, "")): float(one["value"][1]) for one in self._ask(query)}

    def _ask(self, query: str) -> list[dict[str, Any]]:
        address = f"{self.url.rstrip('/')}/api/v1/query?{urlencode({'query': query})}"
        try:
            with urlopen(Request(address), timeout=_SECONDS) as answer:  # noqa: S310 settings take http and https only
                said = json.loads(answer.read(_MOST_BYTES))
            result = said["data"]["result"]
            if said["status"] != "success" or not isinstance(result, list):
                raise UnavailableError(f"{self.url} did not answer: {said.get('error', query)}")
        except (URLError, OSError) as error:
            raise UnavailableError(
                f"{self.url} does not answer: {getattr(error, 'reason', error)}"
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise UnavailableError(f"{self.url} answers, but not as Prometheus does") from error
        return result


def _span(seconds: float) -> str:
    """A window as Prometheus writes it; at least a second."""
    return f"{max(1, math.ceil(seconds))}s"


def _filled(template: str, words: Mapping[str, str]) -> str:
    """Placeholders filled in; PromQL's own braces stay."""
    for name, value in words.items():
        template = template.replace(f"{{{name}}}", value)
    return template
