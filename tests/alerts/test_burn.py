"""What time does to an objective's alerts, as Prometheus evaluates them: in time, quiet, and without flapping."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.observability.slo.rules import Measured, Promise, groups
from releases.burn_rate import BURNS
from releases.objectives import Objective, Objectives
from tests.alerts.promtool import PER_SCRAPE, counter, firing

DAY = 24 * 60
HALF = DAY // 2
FAST, SLOW, MISSING = "ErrorBudgetBurnFast", "ErrorBudgetBurnSlow", "ModelTrafficMissing"
COUNTED = Measured(requests="sum(rate(req[5m]))", errors="sum(rate(err[5m])) or sum(rate(req[5m])) * 0")


def rules(target=0.995, window=28):
    slo = Objectives(window_days=window, objectives=[Objective(indicator="availability", target=target)])
    promise = Promise(model="chat", release="chat-v1", owner="support", slo=slo)
    return groups(promise, {"availability": COUNTED})


def busy(*phases):
    """Series of a busy model; each phase is (minutes, fraction of requests that fail)."""
    return {
        "req": counter(*((minutes, PER_SCRAPE) for minutes, _ in phases)),
        "err": counter(*((minutes, PER_SCRAPE * ratio) for minutes, ratio in phases)),
    }


def test_half_of_what_is_allowed_calls_nobody(tmp_path):
    found = firing(tmp_path, rules(), busy((DAY, 0.0025)), range(30, DAY, 47))
    assert set().union(*found.values()) == set()


def test_an_outage_of_everything_calls_within_seven_minutes_and_does_not_flap(tmp_path):
    found = firing(tmp_path, rules(), busy((HALF, 0), (60, 1), (180, 0)), range(HALF, HALF + 180))
    fired = [minute - HALF for minute, names in found.items() if FAST in names]
    assert fired[0] <= 7
    assert fired == [*range(fired[0], fired[-1] + 1)]  # it does not flap
    assert 60 <= fired[-1] <= 60 + 35  # the window of half an hour beside that of six hours


def test_twice_what_is_allowed_is_a_ticket_and_no_call(tmp_path):
    found = firing(tmp_path, rules(), busy((HALF, 0), (2 * DAY, 0.01)), range(HALF, HALF + 2 * DAY, 60))
    assert not any(FAST in names for names in found.values())
    first = next(minute for minute, names in found.items() if SLOW in names)
    assert first - HALF <= 36 * 60


def test_one_failure_of_few_requests_calls_nobody(tmp_path):
    few = {"req": counter((DAY, 0.05)), "err": counter((HALF, 0), (5, 0.1), (HALF - 5, 0))}
    found = firing(tmp_path, rules(), few, range(HALF - 10, DAY, 30))
    assert set().union(*found.values()) == set()


def test_silence_after_a_busy_day_is_said_and_that_of_a_quiet_model_is_not(tmp_path):
    stops = {"req": counter((DAY, PER_SCRAPE), (180, 0)), "err": counter((DAY + 180, 0))}
    found = firing(tmp_path, rules(), stops, [DAY - 1, DAY + 30, DAY + 70])
    assert found == {DAY - 1: set(), DAY + 30: set(), DAY + 70: {MISSING}}
    idle = {"req": counter((DAY, 0.01), (180, 0)), "err": counter((DAY + 180, 0))}
    assert firing(tmp_path, rules(), idle, [DAY + 70]) == {DAY + 70: set()}


def test_figures_that_stop_are_said(tmp_path):
    gone = {"req": counter((60, PER_SCRAPE)) + " _x200", "err": counter((60, 0)) + " _x200"}
    assert firing(tmp_path, rules(), gone, [60, 85, 120])[120] == {MISSING}


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    target=st.sampled_from([0.9, 0.95, 0.99, 0.995, 0.999, 0.9999]),
    window=st.sampled_from([7, 14, 28, 30, 90]),
)
def test_every_objective_is_quiet_when_kept_and_calls_in_an_outage(tmp_path, target, window):
    kept = firing(tmp_path, rules(target, window), busy((480, (1 - target) * 0.9)), range(60, 480, 53))
    assert set().union(*kept.values()) == set()
    out = firing(tmp_path, rules(target, window), busy((120, 0), (60, 1)), range(120, 181))
    first = next(minute - 120 for minute, names in out.items() if FAST in names)
    # The first pair's long window, filled as far as its ratio asks, and the delay of rates over five minutes.
    assert first <= BURNS[0].error_ratio(target, window) * BURNS[0].long + 5
