"""Figures as events hold them."""

from collections.abc import Mapping
from typing import Any

from runtime.loops.contract import Figures


def figures_of(seen: Mapping[str, Figures]) -> list[dict[str, Any]]:
    """One entry a version; a time that was not measured is left out."""
    return [_one(version, figures) for version, figures in sorted(seen.items())]


def _one(version: str, figures: Figures) -> dict[str, Any]:
    times = {
        "latency_p95_ms": figures.latency_p95_ms,
        "latency_p99_ms": figures.latency_p99_ms,
        "time_to_first_token_p95_ms": figures.time_to_first_token_p95_ms,
    }
    return {
        "version": version,
        "requests": round(figures.requests, 3),
        "error_rate": round(figures.error_rate, 6),
        **{name: round(value, 3) for name, value in times.items() if value is not None},
    }
