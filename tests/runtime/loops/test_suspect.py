"""Which version an alert is about that names a model alone."""

from dataclasses import replace

import pytest

from releases.objectives import Objective, Objectives
from runtime.loops.alerts import breaks, suspect
from runtime.loops.contract import Abort, Bounds, Figures
from runtime.loops.ports import UnavailableError
from tests.runtime.loops.memory import NONE, Parts, figures

BOUNDS = Bounds(
    steps=(10, 50, 100), hold_seconds=1, minimum_requests=50, aborts=(Abort(metric="error-rate", above=0.5),)
)
PROMISE = Objectives(
    objectives=[
        Objective(indicator="availability", target=0.995),
        Objective(indicator="latency", target=0.95, value_ms=2500),
    ]
)
GOOD, BAD, SOME, FEW = (
    figures(errors=0),
    figures(errors=600),
    figures(errors=200),
    figures(errors=9, requests=10),
)


def named(shares, promises=PROMISE, **by_version):
    parts = Parts(**shares)
    parts.figures.by_version.update(by_version)
    return suspect(
        parts.world(), "minilm", dict.fromkeys(shares, BOUNDS), dict.fromkeys(shares, promises), 5.0
    )


@pytest.mark.parametrize(
    ("shares", "found", "version"),
    [
        ({"v1": 90, "v2": 10}, {"v1": GOOD, "v2": BAD}, "v2"),
        (
            {"v1": 90, "v2": 10},
            {"v1": GOOD, "v2": SOME},
            "v2",
        ),  # below the record's limit, and worse than the other
        ({"v1": 50, "v2": 50}, {"v1": GOOD, "v2": SOME}, "v2"),  # halves: neither is stable
        ({"v1": 50, "v2": 50}, {"v1": SOME, "v2": GOOD}, "v1"),
        ({"v1": 10, "v2": 90}, {"v1": SOME, "v2": GOOD}, "v1"),
        (
            {"v1": 90, "v2": 10},
            {"v1": SOME, "v2": GOOD},
            "v1",
        ),  # the one that most callers depend on breaks its promise
        ({"v1": 90, "v2": 10}, {"v1": SOME, "v2": SOME}, "v1"),  # both fail alike: no canary's fault
        ({"v1": 80, "v2": 10, "v3": 10}, {"v1": GOOD, "v2": GOOD, "v3": BAD}, "v3"),
        ({"v1": 100, "v2": 0}, {"v1": SOME}, "v1"),
        ({"v1": 100, "v2": 0}, {"v1": GOOD}, ""),  # the outage is over, and its alert still fires
        ({"v1": 50, "v2": 50}, {"v1": GOOD, "v2": GOOD}, ""),
        ({"v1": 100, "v2": 0}, {"v1": NONE}, ""),  # nobody calls
    ],
)
def test_it_is_the_version_that_fails_beside_the_others(shares, found, version):
    assert named(shares, **found) == version


def test_too_few_requests_are_looked_at_again():
    with pytest.raises(UnavailableError, match=r"^minilm: too few requests to tell whether v2 fails$"):
        named({"v1": 90, "v2": 10}, v1=GOOD, v2=FEW)


def test_a_time_that_was_not_measured_is_looked_at_again():
    with pytest.raises(UnavailableError, match=r"^latency-2500ms: not measured in this window$"):
        named({"v1": 100}, v1=Figures(requests=9, errors=0))


def test_a_stable_that_promises_nothing_is_asked_about():
    assert named({"v1": 100}, promises=None, v1=GOOD) == "v1"


@pytest.mark.parametrize(
    ("objective", "found", "is_broken"),
    [
        ({"indicator": "availability", "target": 0.995}, Figures(requests=1000, errors=5), False),
        ({"indicator": "availability", "target": 0.995}, Figures(requests=1000, errors=6), True),
        ({"indicator": "latency", "target": 0.95, "value_ms": 500}, figures(p95=499.0), False),
        ({"indicator": "latency", "target": 0.95, "value_ms": 500}, figures(p95=501.0), True),
        ({"indicator": "latency", "target": 0.99, "value_ms": 500}, figures(p95=251.0), True),
        (
            {"indicator": "time-to-first-token", "target": 0.95, "value_ms": 500},
            replace(GOOD, time_to_first_token_p95_ms=501.0),
            True,
        ),
        ({"indicator": "availability", "target": 0.995}, NONE, False),
        ({"indicator": "inter-token-latency", "target": 0.95, "value_ms": 100}, GOOD, True),
    ],
)
def test_what_is_measured_is_compared_with_what_is_promised(objective, found, is_broken):
    assert breaks(Objectives(objectives=[Objective(**objective)]), found) is is_broken
