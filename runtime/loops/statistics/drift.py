"""Population stability index and Kolmogorov-Smirnov of a window against a reference.

Each is compared with what unchanged traffic reaches at most, but for the rate that a record states:

- PSI of two samples of one distribution, of sizes N and M in B bins, is about (1/N + 1/M) times chi-squared with B - 1
  degrees of freedom (Yurdakul and Naranjo, "Statistical properties of the population stability index", Journal of Risk
  Model Validation 14(4), 2020). The usual "0.1 is a drift" has no rate: it depends on N, M and B.
- KS has D = sqrt(-ln(rate / 2) / 2 * (N + M) / (N M)) (Smirnov's asymptotic form); on bins it is called less often.
"""

import math
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist
from typing import Final, Literal

from runtime.loops.contract import Histogram

LEAST_EXPECTED: Final = 5.0
"""A bin of which fewer are expected is merged with its neighbour: the approximation does not hold for it."""
_HALF: Final = 0.5
"""Added to each count, so that an empty bin has a logarithm."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One comparison. ``few``: too few samples to say anything."""

    word: Literal["quiet", "drift", "few"]
    value: float
    threshold: float
    samples: int


def compare(
    reference: Histogram,
    window: Histogram,
    *,
    statistic: Literal["psi", "ks"],
    false_alarms: float,
    minimum_samples: int,
) -> Seen:
    """The window against the reference.

    Raises:
        ValueError: they have not the same bins, or one has none.
    """
    if reference.edges != window.edges:
        raise ValueError(
            f"the reference has bins at {list(reference.edges)}, the window at {list(window.edges)}; "
            "the reference was made with another histogram"
        )
    for name, histogram in (("reference", reference), ("window", window)):
        if len(histogram.counts) != len(histogram.edges) + 1 or any(c < 0 for c in histogram.counts):
            raise ValueError(f"the {name} should have one count more than edges, none below 0")
    samples = int(window.total)
    if window.total < minimum_samples or reference.total < minimum_samples:
        return Seen(word="few", value=0.0, threshold=0.0, samples=samples)
    value, threshold = (
        _psi(reference, window, false_alarms) if statistic == "psi" else _ks(reference, window, false_alarms)
    )
    return Seen(
        word="drift" if value > threshold else "quiet", value=value, threshold=threshold, samples=samples
    )


def _psi(reference: Histogram, window: Histogram, rate: float) -> tuple[float, float]:
    pairs = _merged(reference, window)
    if len(pairs) < 2:  # noqa: PLR2004 one bin has nothing to compare
        return 0.0, 0.0
    expected = _shares([one for one, _ in pairs])
    found = _shares([other for _, other in pairs])
    value = sum((f - e) * math.log(f / e) for e, f in zip(expected, found, strict=True))
    scale = 1 / reference.total + 1 / window.total
    return value, scale * _chi_squared(1 - rate, len(pairs) - 1)


def _ks(reference: Histogram, window: Histogram, rate: float) -> tuple[float, float]:
    n, m = reference.total, window.total
    ahead = zip(accumulate(reference.counts), accumulate(window.counts), strict=True)
    value = max(abs(one / n - other / m) for one, other in ahead)
    return value, math.sqrt(-math.log(rate / 2) / 2 * (n + m) / (n * m))


def _merged(reference: Histogram, window: Histogram) -> list[tuple[float, float]]:
    """Neighbouring bins together until each holds enough of what is expected in both samples."""
    whole = reference.total + window.total
    least = LEAST_EXPECTED * whole / min(reference.total, window.total)
    pairs: list[tuple[float, float]] = []
    one = other = 0.0
    for expected, found in zip(reference.counts, window.counts, strict=True):
        one, other = one + expected, other + found
        if one + other >= least:
            pairs.append((one, other))
            one = other = 0.0
    if (one or other) and pairs:
        last = pairs.pop()
        pairs.append((last[0] + one, last[1] + other))
    return pairs


def _shares(counts: list[float]) -> list[float]:
    whole = sum(counts) + _HALF * len(counts)
    return [(count + _HALF) / whole for count in counts]


def _chi_squared(probability: float, degrees: int) -> float:
    """The quantile, by Wilson and Hilferty (1931): within 1 % from two degrees on."""
    if degrees == 1:
        return NormalDist().inv_cdf((1 + probability) / 2) ** 2
    z = NormalDist().inv_cdf(probability)
    third = 2 / (9 * degrees)
    return float(degrees * (1 - third + z * math.sqrt(third)) ** 3)
