"""What monitors select, against the Services and pods in view: a selector or a port that nothing has scrapes nothing.

A ServiceMonitor's ``port`` is the name of a port of the Service, a PodMonitor's that of a container
(prometheus-operator API reference, "Endpoint" and "PodMetricsEndpoint", read 2026-11-29).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.selection import meets
from policies.analysis.flows.tunnel import pods_in
from policies.analysis.gateway.objects import SERVICE
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, flag, mapping, sequence, text

SERVICE_MONITOR: Final = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor"
POD_MONITOR: Final = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
Target = tuple[str, Mapping[str, Any], frozenset[str]]
"""What is called so, its labels, and the names of its ports."""


def scrapes_nothing(monitor: Resource, graph: Graph) -> Iterator[Offence]:
    """Where it selects nothing that is near, or asks for a port that nothing selected has.

    Quiet where nothing of the kind is in view in its namespaces, and where labels in view are of other keys: its
    target may be made by a controller.

    Raises:
        UndecidedError: a selector or a port cannot be read.
    """
    candidates = list(_candidates(monitor, graph))
    selector = mapping(at(monitor.inputs, "spec.selector"), "spec.selector")
    selected = [one for one in candidates if meets(selector, one[1])]
    kind = "Service" if monitor.type == SERVICE_MONITOR else "pod"
    if not selected:
        if near := _near(selector, candidates):
            wanted = mapping(selector.get("matchLabels"), "matchLabels")
            said = ", ".join(f"{key}={value}" for key, value in sorted(wanted.items()))
            yield Offence(
                path="spec.selector",
                problem=f"no {kind} in view has {said}; nearest is {near}",
                value=dict(wanted),
            )
        return
    known = frozenset[str]().union(*(ports for _, _, ports in selected))
    part = "endpoints" if monitor.type == SERVICE_MONITOR else "podMetricsEndpoints"
    for index, endpoint in enumerate(sequence(at(monitor.inputs, f"spec.{part}"), f"spec.{part}")):
        path = f"spec.{part}[{index}].port"
        port = text(at(endpoint, "port"), path)
        if port and port not in known:
            names = ", ".join(sorted({name for name, _, _ in selected}))
            yield Offence(
                path=path,
                problem=f"no port of {names} is called {port}",
                value=port,
                expected=f"one of {', '.join(sorted(known))}" if known else "a port with a name",
            )


def _candidates(monitor: Resource, graph: Graph) -> Iterator[Target]:
    chosen = mapping(at(monitor.inputs, "spec.namespaceSelector"), "spec.namespaceSelector")
    own = [text(name, "matchNames") for name in sequence(chosen.get("matchNames"), "matchNames")]
    everywhere = flag(chosen.get("any"), "namespaceSelector.any")
    places = own or [namespace_of(monitor)]
    if monitor.type == SERVICE_MONITOR:
        for service in graph.of_type(SERVICE):
            try:
                if everywhere or namespace_of(service) in places:
                    yield _service(service)
            except UndecidedError:
                continue
        return
    if everywhere:
        return
    for place in places:
        for owner, labels, spec in pods_in(graph, place):
            yield name_of(owner), labels, _container_ports(spec)


def _service(service: Resource) -> Target:
    labels = mapping(at(service.inputs, "metadata.labels"), "metadata.labels")
    ports = sequence(at(service.inputs, "spec.ports"), "spec.ports")
    return name_of(service), labels, frozenset(text(at(port, "name"), "name") for port in ports) - {""}


def _container_ports(spec: Mapping[str, Any]) -> frozenset[str]:
    found = set()
    for part in ("containers", "initContainers"):
        for container in sequence(at(spec, part), part):
            for port in sequence(at(container, "ports"), "ports"):
                found.add(text(at(port, "name"), "name"))
    return frozenset(found) - {""}


def _near(selector: Mapping[str, Any], candidates: list[Target]) -> str:
    """One that has every key that is asked for, and another value of some: it must have been meant."""
    wanted = mapping(selector.get("matchLabels"), "matchLabels")
    if not wanted or selector.get("matchExpressions"):
        return ""
    for name, labels, _ in sorted(candidates, key=lambda one: one[0]):
        if all(key in labels for key in wanted):
            has = ", ".join(f"{key}={labels[key]}" for key in sorted(wanted))
            return f"{name} with {has}"
    return ""
