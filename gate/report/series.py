"""How many series Prometheus has to hold and how many rules read them, estimated before anything runs.

Series of an exporter are those of ``facts/metrics``, each as often as its labels have listed values, times what it
tells about. That is what rules and dashboards may ask for; an exporter gives more, and each target's limit bounds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import prod
from typing import Any, Final

from facts.series import Exporter, Series, exporters
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.workloads import workloads
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, number, sequence

_MONITORS: Final = tuple(f"kubernetes:monitoring.coreos.com/v1:{kind}Monitor" for kind in ("Pod", "Service"))
_RULES: Final = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
_STACK: Final = "kube-prometheus-stack"
_API_SERVER: Final = "kube-apiserver"
"""Scraped by a monitor of that chart too; it tells about itself and not about pods."""
_ROUTES: Final = (
    "kubernetes:aigateway.envoyproxy.io/v1beta1:AIGatewayRoute",
    "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
)
_LISTED: Final = ", "
"""What stands between the values of a label that ``facts/metrics`` lists."""


@dataclass(frozen=True, kw_only=True)
class Scrape:
    """One kind of target: what it tells about, how many of that there are at most, and how many series each has."""

    of: str
    about: str
    count: int
    each: int
    limit: int | None
    """Of one target; beyond it Prometheus drops the scrape."""

    @property
    def series(self) -> int:
        """All of them."""
        return self.count * self.each


@dataclass(frozen=True, kw_only=True)
class SeriesEstimate:
    """What the stack's Prometheus holds and reads; empty where the stack has no monitors and no rules."""

    scrapes: tuple[Scrape, ...] = ()
    recorded: int = 0
    alerts: int = 0

    @property
    def series(self) -> int:
        """Scraped and recorded; an alert that is pending or fires is one more."""
        return sum(scrape.series for scrape in self.scrapes) + self.recorded

    @property
    def rules(self) -> int:
        """Rules that are evaluated."""
        return self.recorded + self.alerts

    @property
    def words(self) -> str:
        """In one sentence."""
        return (
            f"about {self.series:,} series and {self.rules:,} rules ({self.recorded:,} recorded, {self.alerts:,} "
            f"alerts): at most {self.series * self.rules:,} readings if every rule read every series"
        )

    def as_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "series": self.series,
            "recorded": self.recorded,
            "alerts": self.alerts,
            "scrapes": [asdict(scrape) | {"series": scrape.series} for scrape in self.scrapes],
        }


def series_estimate(graph: Graph) -> SeriesEstimate:
    """From the monitors, rules and pods in view."""
    rules = list(_rules(graph))
    return SeriesEstimate(
        scrapes=tuple(_scrapes(graph)),
        recorded=sum("record" in rule for rule in rules),
        alerts=sum("alert" in rule for rule in rules),
    )


def _rules(graph: Graph) -> Iterator[Mapping[str, Any]]:
    for made in graph.of_type(_RULES):
        try:
            for group in sequence(at(made.inputs, "spec.groups"), "spec.groups"):
                yield from map(mapping, sequence(at(group, "rules"), "rules"))
        except UndecidedError:
            continue


def _scrapes(graph: Graph) -> Iterator[Scrape]:
    limits = dict(_limits(graph))
    if any(map(_is_stack, graph.of_type(RELEASE))):
        limits |= {_STACK: None, _API_SERVER: None}
    counted = _counted(graph)
    for name in sorted(limits):
        given = [_cardinality(one) for one in exporters() if one.scraped_by == name]
        about, count = counted.get(name, ("targets", 1))
        if given:
            # A model's pod has one engine, a proxy all that stands beside it.
            each = max(given) if name == "models" else sum(given)
            yield Scrape(of=name, about=about, count=count, each=each, limit=limits[name])


def _is_stack(release: Resource) -> bool:
    try:
        return chart_of(release) == _STACK
    except UndecidedError:
        return False


def _limits(graph: Graph) -> Iterator[tuple[str, int | None]]:
    for monitor in graph.of_type(*_MONITORS):
        try:
            said = number(at(monitor.inputs, "spec.sampleLimit"), "spec.sampleLimit")
            yield name_of(monitor), None if said is None else int(said)
        except UndecidedError:
            continue


def _counted(graph: Graph) -> Mapping[str, tuple[str, int]]:
    """What each target tells about, and how many of that there are."""
    pods = workloads(graph)
    of_models = sum(pod.most for pod in pods if pod.is_model)
    return {
        "models": ("pods of models", of_models),
        "gateways": ("routes", len(graph.of_type(*_ROUTES))),
        "dcgm-exporter": ("GPUs at the pools' limits", _gpus(graph)),
        _STACK: ("pods", sum(pod.most for pod in pods)),
    }


def _gpus(graph: Graph) -> int:
    found = 0
    for pool in graph.of_type("kubernetes:karpenter.sh/v1:NodePool"):
        try:
            limits = mapping(at(pool.inputs, "spec.limits"))
            found += int(number(limits.get("nvidia.com/gpu"), "gpu") or 0)
        except UndecidedError:
            continue
    return found


def _cardinality(exporter: Exporter) -> int:
    return sum(map(_of_series, exporter.series))


def _of_series(one: Series) -> int:
    labels = prod(value.count(_LISTED) + 1 for value in one.labels.values())
    # A histogram has a series a bucket, one for infinity, a sum and a count.
    return labels * (len(one.buckets) + 3 if one.type == "histogram" else 1)
