"""Which series a query asks for."""

import pytest

from policies.analysis.observability.promql import grouped, selected, series_of


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


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("up", set()),
        ('up{job="a", code!~"5..",pod=~`x{y="z"}`}', {("up", "job"), ("up", "code"), ("up", "pod")}),
        ('rate(a{x="y=z"}[5m]) / on (q) b{w!="1"}', {("a", "x"), ("b", "w")}),
        ('{__name__="a",x="1"}', set()),
        ('slo:requests:rate5m{model="m"} > 1', {("slo:requests:rate5m", "model")}),
    ],
)
def test_labels_by_which_series_are_chosen(expression, labels):
    assert selected(expression) == labels


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("sum by (x, y) (a)", {"x", "y"}),
        ("sum(a) by (x)", {"x"}),
        ("a / on (x) group_left (y) sum without (z) (b)", {"x", "y", "z"}),
        ("sum(a)", set()),
        ('sum by (new) (label_replace(a, "new", "$1", "old", "(.*)"))', set()),
    ],
)
def test_labels_by_which_they_are_grouped(expression, labels):
    assert grouped(expression) == labels
