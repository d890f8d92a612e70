"""Whether a candidate may go on: its figures against the record's limits and, side by side, against the stable's."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from runtime.loops.contract import Abort, Bounds, Figures

Word = Literal["first", "good", "few", "unknown", "worse", "bad"]

WORSE: Final = 3.09
"""One window of a candidate that fails as often as the stable is called worse once in a thousand (one-sided z test)."""
LEAST_DIFFERENCE: Final = 0.005
"""What is significant over very many requests and smaller than this harms nobody."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One word, and what led to it. Only ``bad`` takes a candidate back at once; only ``good`` lets it go on."""

    word: Word
    reasons: tuple[str, ...] = ()


FIRST: Final = Verdict(word="first")


def judge(candidate: Figures, stable: Figures, bounds: Bounds) -> Verdict:
    """The verdict on one window. Fewer requests than the record asks for are no figure, good or bad."""
    if candidate.requests < bounds.minimum_requests:
        said = f"{candidate.requests:.0f} requests; {bounds.minimum_requests} are needed for a verdict"
        return Verdict(word="few", reasons=(said,))
    found = [(abort, value_of(candidate, abort.metric)) for abort in bounds.aborts]
    above = tuple(
        _above(abort, value, stable) for abort, value in found if value is not None and value > abort.above
    )
    if above:
        return Verdict(word="bad", reasons=above)
    silent = tuple(f"{abort.metric}: no figure" for abort, value in found if value is None)
    if silent:
        return Verdict(word="unknown", reasons=silent)
    if (z := _z(candidate, stable)) > WORSE:
        said = (
            f"error-rate {candidate.error_rate:.4f} beside {stable.error_rate:.4f} of the stable (z {z:.1f})"
        )
        return Verdict(word="worse", reasons=(said,))
    return Verdict(word="good")


def value_of(figures: Figures, metric: str) -> float | None:
    """The figure an abort condition is about.

    Raises:
        ValueError: nothing is measured under this name.
    """
    match metric:
        case "error-rate":
            return figures.error_rate
        case "latency-p95-ms":
            return figures.latency_p95_ms
        case "latency-p99-ms":
            return figures.latency_p99_ms
        case "time-to-first-token-p95-ms":
            return figures.time_to_first_token_p95_ms
        case _:
            raise ValueError(f"nothing is measured as {metric!r}")


def _above(abort: Abort, value: float, stable: Figures) -> str:
    beside = value_of(stable, abort.metric)
    told = "no figure" if beside is None else f"{beside:.4g}"
    return f"{abort.metric} {value:.4g} above {abort.above:.4g} (stable: {told})"


def _z(candidate: Figures, stable: Figures) -> float:
    """By how many standard deviations the candidate fails more often; 0 where it does not, or not by much."""
    difference = candidate.error_rate - stable.error_rate
    if not stable.requests or difference <= LEAST_DIFFERENCE:
        return 0.0
    pooled = (candidate.errors + stable.errors) / (candidate.requests + stable.requests)
    variance = pooled * (1 - pooled) * (1 / candidate.requests + 1 / stable.requests)
    return difference / math.sqrt(variance) if variance > 0 else math.inf
