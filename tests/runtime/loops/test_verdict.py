"""Verdicts on one window, with the words people read."""

import random
from dataclasses import replace

import pytest

from runtime.loops.contract import Abort, Figures
from runtime.loops.verdict import judge, value_of
from tests.runtime.loops.examples import BOUNDS
from tests.runtime.loops.memory import figures

STABLE = figures(errors=10, requests=10000)


@pytest.mark.parametrize(
    ("candidate", "word", "reasons"),
    [
        (figures(), "good", ()),
        (figures(requests=99), "few", ("99 requests; 100 are needed for a verdict",)),
        (figures(requests=4, errors=4), "few", ("4 requests; 100 are needed for a verdict",)),
        (figures(errors=20), "worse", ("error-rate 0.0200 beside 0.0010 of the stable (z 11.0)",)),
        (figures(errors=21), "bad", ("error-rate 0.021 above 0.02 (stable: 0.001)",)),
        (figures(p95=501), "bad", ("latency-p95-ms 501 above 500 (stable: 100)",)),
        (
            figures(errors=30, p95=600),
            "bad",
            (
                "error-rate 0.03 above 0.02 (stable: 0.001)",
                "latency-p95-ms 600 above 500 (stable: 100)",
            ),
        ),
        (Figures(requests=500.0, errors=0.0), "unknown", ("latency-p95-ms: no figure",)),
        (Figures(requests=500.0, errors=50.0), "bad", ("error-rate 0.1 above 0.02 (stable: 0.001)",)),
        (figures(errors=1, requests=200), "good", ()),
        (figures(errors=400, requests=100000), "good", ()),
    ],
)
def test_the_verdict_and_its_reasons(candidate, word, reasons):
    verdict = judge(candidate, STABLE, BOUNDS)
    assert (verdict.word, verdict.reasons) == (word, reasons)


def test_a_stable_without_requests_is_no_comparison():
    assert judge(figures(errors=15), Figures(requests=0.0, errors=0.0), BOUNDS).word == "good"


def test_one_window_of_the_same_quality_is_rarely_called_worse():
    """1,000 windows of 1,000 requests at an error rate of one in a hundred, on both sides."""
    chance = random.Random(7)  # noqa: S311 a seed makes every run the same
    lax = replace(BOUNDS, aborts=(Abort(metric="error-rate", above=0.5),))

    def window():
        return figures(errors=sum(chance.random() < 0.01 for _ in range(1000)))

    worse = sum(judge(window(), window(), lax).word == "worse" for _ in range(1000))
    assert worse <= 5


def test_a_figure_nobody_measures_is_an_error():
    with pytest.raises(ValueError, match=r"^nothing is measured as 'quality'$"):
        value_of(STABLE, "quality")
