"""The floor of requests and the ceiling of the ratio are needed: taken out, Prometheus itself shows what goes wrong."""

import re

import pytest

from releases import burn_rate as burn
from tests.alerts.promtool import counter, firing
from tests.alerts.test_burn import DAY, FAST, HALF, SLOW, busy, rules

FEW = {"req": counter((DAY, 0.05)), "err": counter((HALF, 0), (5, 0.1), (HALF - 5, 0))}
"""Six requests an hour, of which one fails."""
MINUTES = range(HALF, HALF + 16, 4)


def without_floor(groups):
    """The same rules, but no alert asks how many requests there were."""
    taken = 0
    for group in groups:
        for rule in group["rules"]:
            if rule.get("alert", "").startswith("ErrorBudget"):
                rule["expr"], count = re.subn(
                    r"\n  and sum_over_time\(slo:requests[^\n]*>= \d+\)", ")", rule["expr"]
                )
                taken += count
    assert taken == len(burn.BURNS)
    return groups


def test_without_the_floor_one_failure_of_few_calls_somebody(tmp_path):
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    kept = firing(tmp_path / "with", rules(), FEW, MINUTES)
    taken = firing(tmp_path / "without", without_floor(rules()), FEW, MINUTES)
    assert set().union(*kept.values()) == set()
    assert FAST in set().union(*taken.values())


@pytest.mark.parametrize(("most", "calls"), [(burn.MOST, True), (10.0, False)], ids=["with", "without"])
def test_without_the_ceiling_an_outage_of_everything_is_slept_through(tmp_path, monkeypatch, most, calls):
    """Of a target of 0.9 the arithmetic asks for more than all requests to fail."""
    monkeypatch.setattr(burn, "MOST", most)
    found = firing(tmp_path, rules(target=0.9), busy((HALF, 0), (90, 1)), range(HALF + 50, HALF + 90, 10))
    assert (FAST in set().union(*found.values())) is calls
    assert SLOW not in set().union(*found.values())
