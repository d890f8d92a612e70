"""The arithmetic of burn rates."""

import pytest

from releases.burn_rate import BURNS, span


@pytest.mark.parametrize(
    ("window", "rates"),
    [
        (7, [6, 3, 1.5, 1]),
        (28, [13.44, 5.6, 2.8, 1]),
        (30, [14.4, 6, 3, 1]),
        (90, [43.2, 18, 9, 3]),
    ],
)
def test_rates_follow_the_window_and_never_fall_below_what_is_worth_a_call(window, rates):
    assert [round(burn.rate(window), 9) for burn in BURNS] == rates


def test_an_objective_of_nine_in_ten_still_calls_in_an_outage():
    assert [burn.error_ratio(0.9, 28) for burn in BURNS] == [0.9, 0.56, 0.28, 0.1]


def test_three_requests_must_have_failed():
    assert [burn.floor(0.999, 30) for burn in BURNS] == [209, 500, 1000, 3000]


def test_spans_are_written_as_prometheus_does():
    assert [span(minutes) for minutes in (5, 30, 60, 120, 360, 1440, 4320, 28 * 1440)] == [
        "5m", "30m", "1h", "2h", "6h", "1d", "3d", "28d",
    ]  # fmt: skip
