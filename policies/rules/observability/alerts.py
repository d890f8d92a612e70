"""What must hold for rules of Prometheus: they ask for series that exist, and an alert says who acts and how."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from facts.series import by_name, labels_by_name
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.observability.promql import grouped, selected, series_of
from policies.analysis.platform.lifecycle import is_production_stack
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, sequence, text

PROMETHEUS_RULE: Final = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
_SEVERITIES: Final = ("critical", "warning", "info")
_LABELS: Final = ("severity", "owner", "plane")
_ANNOTATIONS: Final = ("summary", "description", "runbook_url", "dashboard")


def _rules(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each rule of an object, with its path."""
    for i, group in enumerate(sequence(at(resource.inputs, "spec.groups"))):
        for j, rule in enumerate(sequence(at(mapping(group), "rules"))):
            yield f"spec.groups[{i}].rules[{j}]", mapping(rule)


def _recorded(graph: Graph) -> frozenset[str]:
    """Series that rules in view record."""
    return frozenset(
        text(rule["record"], "record")
        for resource in graph.of_type(PROMETHEUS_RULE)
        for _, rule in _rules(resource)
        if "record" in rule
    )


def _series_known(graph: Graph) -> frozenset[str]:
    return graph.once(_recorded) | by_name().keys()


def _unknown_series(resource: Resource, graph: Graph) -> Iterable[Offence]:
    known = graph.once(_series_known)
    for path, rule in _rules(resource):
        asked = series_of(text(at(rule, "expr"), f"{path}.expr"))
        for name in sorted(asked - known):
            yield Offence(
                path=f"{path}.expr",
                problem=f"{name} is exported by nothing that facts/metrics knows, and recorded by no rule",
                value=name,
            )


def _labels_recorded(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Labels of what rules in view record: those they set, and those they sum by."""
    found: dict[str, frozenset[str]] = {}
    for resource in graph.of_type(PROMETHEUS_RULE):
        for path, rule in _rules(resource):
            if "record" in rule:
                own = {*mapping(rule.get("labels") or {}), *grouped(text(at(rule, "expr"), f"{path}.expr"))}
                name = text(rule["record"], "record")
                found[name] = found.get(name, frozenset()) | own
    return found


def _labels_known(graph: Graph) -> Mapping[str, frozenset[str]]:
    return {**labels_by_name(), **graph.once(_labels_recorded)}


def _unknown_labels(resource: Resource, graph: Graph) -> Iterable[Offence]:
    known = graph.once(_labels_known)
    for path, rule in _rules(resource):
        expression = text(at(rule, "expr"), f"{path}.expr")
        for name, label in sorted(selected(expression)):
            # Of series that nobody knows another rule speaks.
            if name in known and label not in known[name]:
                yield _no_label(path, name, label)
        asked = sorted(series_of(expression))
        if asked and all(name in known for name in asked):
            there = frozenset().union(*(known[name] for name in asked))
            for label in sorted(grouped(expression) - there):
                yield _no_label(path, " or ".join(asked), label)


def _no_label(path: str, series: str, label: str) -> Offence:
    return Offence(path=f"{path}.expr", problem=f"{series} has no label {label}", value=label)


def _silent(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    for path, rule in _rules(resource):
        if "alert" not in rule:
            continue
        labels, said = mapping(rule.get("labels") or {}), mapping(rule.get("annotations") or {})
        missing = [f"labels.{key}" for key in _LABELS if not labels.get(key)]
        missing += [f"annotations.{key}" for key in _ANNOTATIONS if not said.get(key)]
        if missing:
            yield Offence(path=path, problem=f"alert {rule['alert']} does not say {', '.join(missing)}")
        severity = labels.get("severity")
        if severity and severity not in _SEVERITIES:
            yield Offence(
                path=f"{path}.labels.severity",
                problem="receivers know no such severity",
                value=severity,
                expected=f"one of {', '.join(_SEVERITIES)}",
            )


def _reaches_nobody(release: Resource, graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "kube-prometheus-stack" or not graph.once(is_production_stack):
        return
    routed = mapping(at(release.inputs, "values.alertmanager.config.route") or {})
    sent = {
        mapping(one).get("name")
        for one in sequence(at(release.inputs, "values.alertmanager.config.receivers") or [])
        if any(key.endswith("_configs") for key in mapping(one))
    }
    if routed.get("receiver") not in sent:
        yield Offence(
            path="values.alertmanager.config.route.receiver",
            problem="alerts that no route takes reach nobody",
            value=routed.get("receiver", ""),
            expected="name a receiver that sends",
        )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="queries-ask-for-known-series",
        severity="high",
        applies_to=(PROMETHEUS_RULE,),
        why="A rule over a series that nobody exports never fires, and nobody is told: an alert that cannot ring.",
        fix="Use a series of facts/metrics; if an exporter gives this one, add it there with version and source.",
        check=_unknown_series,
        reads_graph=True,
    ),
    Rule(
        id="queries-name-known-labels",
        severity="high",
        applies_to=(PROMETHEUS_RULE,),
        why="A selector by a label that no series has matches nothing, a sum by it adds up all: neither says so.",
        fix="Use a label of facts/metrics; if the exporter gives this one, add it there with version and source.",
        check=_unknown_labels,
        reads_graph=True,
    ),
    Rule(
        id="alerts-say-who-acts-and-how",
        severity="medium",
        applies_to=(PROMETHEUS_RULE,),
        why="Alerts are routed by severity, plane and owner; without them nobody is called, or the wrong people.",
        fix="Add the labels severity, owner, plane; the annotations summary, description, runbook_url, dashboard.",
        check=_silent,
    ),
    Rule(
        id="production-alerts-reach-somebody",
        severity="high",
        applies_to=(RELEASE,),
        why="Without a receiver Alertmanager takes every alert and tells nobody.",
        fix="Name receivers and a default in telemetry.alerting; their secrets exist before the stack.",
        check=_reaches_nobody,
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {}
