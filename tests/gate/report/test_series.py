"""How many series a stack's Prometheus holds, estimated from the inventory and what is declared."""

from facts.series import Series
from gate.report.series import Scrape, SeriesEstimate, _of_series, series_estimate
from policies.engine.graph import UNKNOWN, Graph
from tests.captured import captured
from tests.policies.cases import resource


def test_a_series_counts_as_often_as_its_labels_have_listed_values_and_a_histogram_by_buckets():
    labels = {"code": "2, 4, 5", "route": "the route"}
    assert _of_series(Series(name="a", type="counter", unit="x", labels=labels)) == 3
    assert _of_series(Series(name="a", type="histogram", unit="s", labels=labels, buckets=[1, 5])) == 15


def test_the_committed_platform_is_counted_by_what_its_targets_tell_about():
    found = series_estimate(captured("dev").graph)
    by_name = {scrape.of: scrape for scrape in found.scrapes}
    assert (by_name["models"].about, by_name["models"].count) == ("pods of models", 3)
    assert (by_name["dcgm-exporter"].count, by_name["gateways"].limit) == (8, 100_000)
    assert found.recorded == sum(
        "record" in rule
        for made in captured("dev").graph.of_type("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
        for group in made.inputs["spec"]["groups"]
        for rule in group["rules"]
    )
    assert found.series == sum(scrape.series for scrape in found.scrapes) + found.recorded
    assert all(scrape.each <= (scrape.limit or scrape.each) for scrape in found.scrapes)


def test_the_sentence_says_series_rules_and_their_product():
    scrape = Scrape(of="models", about="pods of models", count=2, each=50, limit=20_000)
    found = SeriesEstimate(scrapes=(scrape,), recorded=10, alerts=5)
    assert found.words == (
        "about 110 series and 15 rules (10 recorded, 5 alerts): "
        "at most 1,650 readings if every rule read every series"
    )


def test_a_stack_without_monitors_has_none():
    assert series_estimate(Graph([])) == SeriesEstimate()


def test_what_is_not_known_yet_is_not_counted_and_stops_nothing():
    release = resource("kubernetes:helm.sh/v3:Release", {"chart": UNKNOWN, "name": "p"})
    rule = resource("kubernetes:monitoring.coreos.com/v1:PrometheusRule", {"spec": {"groups": UNKNOWN}})
    monitor = resource("kubernetes:monitoring.coreos.com/v1:PodMonitor", {"spec": UNKNOWN})
    pool = resource("kubernetes:karpenter.sh/v1:NodePool", {"spec": {"limits": {"nvidia.com/gpu": UNKNOWN}}})
    assert series_estimate(Graph([release, rule, monitor, pool])) == SeriesEstimate()
