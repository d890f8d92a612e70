"""An objective of quality when time passes: by what the worker of drift exports, and by nothing where it is silent."""

from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups
from releases.objectives import Objective, Objectives
from tests.alerts.promtool import firing

DAY = 24 * 60
SLO = Objectives(objectives=[Objective(indicator="quality", target=0.95, signal="prompt-tokens")])
PROMISE = Promise(model="chat", release="chat-v1", owner="support", slo=SLO)
RULES = groups(PROMISE, {o.name: measured("chat", o) for o in SLO.objectives})
OF = '{model="chat",version="v1",signal="prompt-tokens"}'


def steps(*phases):
    """A gauge in promtool's words, which samples twice a minute; each phase is (minutes, value)."""
    return " ".join(f"{value}x{minutes * 2 - 1}" for minutes, value in phases)


def drift(*phases):
    minutes = sum(minutes for minutes, _ in phases)
    return {
        f"slipway_drift_statistic{OF}": steps(*phases),
        f"slipway_drift_threshold{OF}": steps((minutes, 0.1)),
    }


def test_a_signal_that_is_as_it_was_calls_nobody(tmp_path):
    found = firing(tmp_path, RULES, drift((DAY, 0.05)), range(30, DAY, 120))
    assert set().union(*found.values()) == set()


def test_one_window_that_drifts_is_within_the_promise(tmp_path):
    found = firing(tmp_path, RULES, drift((DAY, 0.05), (60, 0.3), (DAY, 0.05)), range(DAY, DAY + 300, 30))
    assert "ErrorBudgetBurnSlow" not in set().union(*found.values())


def test_a_drift_that_stays_is_heard(tmp_path):
    found = firing(tmp_path, RULES, drift((DAY, 0.05), (DAY, 0.3)), range(DAY, 2 * DAY, 60))
    assert "ErrorBudgetBurnFast" in set().union(*found.values())


def test_where_nothing_is_exported_nothing_is_promised_or_missed(tmp_path):
    assert firing(tmp_path, RULES, {"up": f"1x{DAY}"}, [120]) == {120: set()}
