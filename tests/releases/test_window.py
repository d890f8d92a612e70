"""A window over which an error budget is counted, and how long the series of it are kept."""

import pytest

from releases.checks import Environment, environment_problems
from tests.releases.test_checks import FILE, loaded


@pytest.mark.parametrize(("kept", "is_refused"), [(27, True), (28, False), (None, False)])
def test_a_window_that_no_series_outlives_is_refused_with_its_way_out(
    kept: int | None, *, is_refused: bool
) -> None:
    slo = {"window_days": 28, "objectives": [{"indicator": "availability", "target": 0.99}]}
    environment = Environment(account="111122223333", region="eu-central-1", metric_days=kept)
    told = [str(p) for p in environment_problems(loaded(change={"slo": slo}), environment)]
    said = (
        f"{FILE}: slo.window_days: an error budget over 28 days needs series that are kept as long; "
        "telemetry.metric_retention_days is 27"
    )
    assert told == ([said] if is_refused else [])
