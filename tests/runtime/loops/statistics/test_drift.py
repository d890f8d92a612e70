"""Quiet on traffic that did not change at the rate that is stated, and loud on traffic that did."""

import random
from bisect import bisect_right

import pytest

from runtime.loops.contract import Histogram
from runtime.loops.statistics.drift import _chi_squared, _merged, compare

EDGES = (16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
LANGUAGES = ("de", "en", "fr", "es")


def lengths(chance, count, centre=4.0):
    """Prompt lengths: log-normal, as callers' texts are."""
    counts = [0.0] * (len(EDGES) + 1)
    for _ in range(count):
        counts[bisect_right(EDGES, chance.lognormvariate(centre, 0.8))] += 1
    return Histogram(edges=EDGES, counts=tuple(counts))


def classes(chance, count, weights):
    drawn = chance.choices(range(len(LANGUAGES)), weights=weights, k=count)
    return Histogram(
        edges=(0.5, 1.5, 2.5), counts=tuple(float(drawn.count(n)) for n in range(len(LANGUAGES)))
    )


def words(statistic, make_window, rate=0.001, runs=100, reference=4000):
    found = []
    for seed in range(runs):
        chance = random.Random(seed)  # noqa: S311 a seed makes every run the same
        seen = compare(
            lengths(chance, reference),
            make_window(chance),
            statistic=statistic,
            false_alarms=rate,
            minimum_samples=500,
        )
        found.append(seen.word)
    return found


@pytest.mark.parametrize("statistic", ["psi", "ks"])
def test_unchanged_traffic_is_quiet_in_at_least_99_of_100_runs(statistic):
    assert words(statistic, lambda chance: lengths(chance, 1000)).count("quiet") >= 99


@pytest.mark.parametrize("statistic", ["psi", "ks"])
def test_shifted_traffic_is_found_in_at_least_99_of_100_runs(statistic):
    assert words(statistic, lambda chance: lengths(chance, 1000, centre=4.4)).count("drift") >= 99


@pytest.mark.parametrize(("statistic", "most"), [("psi", 0.02), ("ks", 0.01)])
def test_false_alarms_come_as_often_as_was_stated(statistic, most):
    found = words(statistic, lambda chance: lengths(chance, 800), rate=0.01, runs=600)
    assert found.count("drift") / 600 <= most


def test_rare_classes_are_merged_and_call_nobody():
    """Forty classes of which most are nearly empty: each alone would jump."""
    reference = Histogram(
        edges=tuple(float(n) for n in range(39)), counts=(4900.0, *[100.0] * 3, *[1.0] * 35, 0.0)
    )
    window = Histogram(edges=reference.edges, counts=(970.0, *[20.0] * 3, *[0.0] * 33, 4.0, 3.0, 0.0))
    seen = compare(reference, window, statistic="psi", false_alarms=0.001, minimum_samples=500)
    assert seen.word == "quiet"
    assert len(_merged(reference, window)) == 5


def test_a_language_that_callers_leave_is_found():
    chance = random.Random(3)  # noqa: S311 as above
    reference = classes(chance, 5000, (40, 40, 15, 5))
    same, other = classes(chance, 800, (40, 40, 15, 5)), classes(chance, 800, (60, 25, 12, 3))
    ask = {"statistic": "psi", "false_alarms": 0.001, "minimum_samples": 500}
    assert [compare(reference, window, **ask).word for window in (same, other)] == ["quiet", "drift"]


def test_few_samples_say_nothing():
    chance = random.Random(1)  # noqa: S311 as above
    seen = compare(
        lengths(chance, 10000),
        lengths(chance, 499, 9.0),
        statistic="psi",
        false_alarms=0.001,
        minimum_samples=500,
    )
    assert (seen.word, seen.samples) == ("few", 499)


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Histogram(edges=(1.0,), counts=(1.0, 2.0)), "the reference was made with another histogram"),
        (
            Histogram(edges=EDGES, counts=(1.0,)),
            "the window should have one count more than edges, none below 0",
        ),
        (Histogram(edges=EDGES, counts=(-1.0,) * 7), "the window should have one count more than edges"),
    ],
)
def test_histograms_that_cannot_be_compared_are_refused(window, said):
    reference = Histogram(edges=EDGES, counts=(500.0,) * 7)
    with pytest.raises(ValueError, match=said):
        compare(reference, window, statistic="psi", false_alarms=0.01, minimum_samples=50)


@pytest.mark.parametrize(
    ("probability", "degrees", "quantile"),
    [(0.99, 1, 6.635), (0.99, 5, 15.086), (0.999, 6, 22.458), (0.95, 9, 16.919), (0.999, 19, 43.820)],
)
def test_quantiles_are_those_of_the_tables(probability, degrees, quantile):
    assert _chi_squared(probability, degrees) == pytest.approx(quantile, rel=0.01)
