"""Which series a query asks for."""

import pytest

from policies.analysis.observability.promql import series_of


@pytest.mark.parametrize(
    ("expression", "series"),
    [
        ("up", {"up"}),
        ('sum by (job) (rate(http_requests_total{code=~"5..",job="a"}[5m]))', {"http_requests_total"}),
        ("sum(a) by (x) / on (x) group_left (y) sum without (z) (b)", {"a", "b"}),
        ("slo:burn_rate:1h > 14.4 and slo:burn_rate:5m > 1e3", {"slo:burn_rate:1h", "slo:burn_rate:5m"}),
        ('absent(x{a="y"}) or vector(0) unless z offset 5m', {"x", "z"}),
        ("sum_over_time(a[28d:1h]) * 30 # of b", {"a"}),
        ('label_replace(a, "b", "$1", "c", "(.*)")', {"a"}),
        ("a > bool 1 and on () b", {"a", "b"}),
        ('{__name__="a"}', set()),
        ("", set()),
    ],
)
def test_names_of_series_and_nothing_else(expression, series):
    assert series_of(expression) == series
