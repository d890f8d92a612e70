"""Every pod of a graph with how many of it there are, whoever makes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, LLM_CONFIG, components, predictor_pods
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.kubernetes.strategic_merge import merged
from policies.analysis.machines.hidden import hidden_pods
from policies.analysis.machines.scaling import replicas, scaled, surge
from policies.analysis.pods.finder import WORKLOADS, is_free_form, pods_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, number, text

_DAEMONS: Final = "kubernetes:apps/v1:DaemonSet"
_ONCE: Final = frozenset({"kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"})
PROXY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
_SHUTDOWN_MANAGER: Final = {"resources": {"requests": {"cpu": "10m", "memory": "32Mi"}}}
"""Beside every Envoy (``DefaultShutdownManager...Requests``, Envoy Gateway v1.8.1, read 2026-11-28)."""
_AGENT: Final = {"resources": {"requests": {"cpu": "100m", "memory": "100Mi"}}}
"""Where an InferenceService has a logger (``agent`` of inferenceservice-config, KServe v0.20.0, read 2026-11-28)."""
_SCHEDULER: Final = "kserve-config-llm-scheduler"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A kind of pod: what makes it, what it is, and how many of it there are at least and at most."""

    owner: Resource
    name: str
    spec: Mapping[str, Any]
    path: str = ""
    """Where the pod stands in what makes it."""
    least: int = 1
    most: int = 1
    per_node: bool = False
    is_model: bool = False
    is_transient: bool = False
    """Runs and ends: it needs room for a while."""
    annotations: Mapping[str, Any] = field(default_factory=dict)
    surge: int = 0
    """Pods that an update adds before it takes one away; none where it may take one away first."""


def workloads(graph: Graph) -> tuple[Workload, ...]:
    """All of a graph's pods; what cannot be read is left out here and found by the rules that read its owner."""
    return graph.once(_workloads)


def of_owner(graph: Graph, owner: Resource) -> list[Workload]:
    """The pods of one resource.

    Raises:
        UndecidedError: a count or a place that must be known cannot be read.
    """
    return list(_of(owner, graph))


def _workloads(graph: Graph) -> tuple[Workload, ...]:
    return tuple(w for resource in graph for w in _readable(resource, graph))


def _readable(resource: Resource, graph: Graph) -> Iterator[Workload]:
    try:
        yield from of_owner(graph, resource)
    except UndecidedError:
        return


def _of(resource: Resource, graph: Graph) -> Iterator[Workload]:
    if resource.type in INFERENCE_SERVICE:
        yield from _predictors(resource, graph)
    elif resource.type in LLM:
        yield from _engine(resource, graph)
    elif resource.type == PROXY:
        yield from _proxies(resource)
    elif resource.type in WORKLOADS or (resource.object is not None and is_free_form(resource)):
        yield from _templated(resource, graph)
    else:
        for hidden in hidden_pods(resource, graph):
            yield Workload(
                owner=resource, name=hidden.name, spec=hidden.spec, least=hidden.count, most=hidden.count,
                per_node=hidden.per_node,
            )  # fmt: skip


def _templated(resource: Resource, graph: Graph) -> Iterator[Workload]:
    is_once = resource.type in _ONCE
    least, most = (0, 1) if is_once else replicas(resource, graph)
    for pod in pods_of(resource):
        yield Workload(
            owner=resource,
            name=_label(resource, "" if resource.type in WORKLOADS else pod.path),
            spec=pod.spec,
            path=pod.path,
            least=least,
            most=most,
            per_node=resource.type == _DAEMONS,
            is_transient=is_once,
            annotations=pod.annotations,
            surge=surge(resource, most),
        )


def _label(resource: Resource, place: str = "") -> str:
    kind = text(at(resource.inputs, "kind"), "kind") or resource.type.rpartition(":")[2]
    return f"{kind} {namespace_of(resource) or '-'}/{name_of(resource)}{f' {place}' if place else ''}"


def _count(spec: Mapping[str, Any], field: str, default: int) -> int:
    given = number(at(spec, field), field)
    return default if given is None else int(given)


def _predictors(service: Resource, graph: Graph) -> Iterator[Workload]:
    own = dict(components(service))
    for part, pod in predictor_pods(service, graph):
        component = own.get(part, {})
        spec = dict(pod)
        if at(component, "logger") is not None:
            spec["containers"] = [*spec.get("containers", ()), _AGENT]
        called = text(at(component, "name"), "name")
        target = f"{name_of(service)}-{called}-predictor" if called else f"{name_of(service)}-predictor"
        counts = scaled(graph, namespace_of(service), target)
        if counts is None:
            least = _count(component, "minReplicas", 1)
            counts = (least, max(_count(component, "maxReplicas", 0), least))
        yield Workload(
            owner=service,
            name=_label(service, part),
            spec=spec,
            path=f"spec.{part}",
            least=counts[0],
            most=counts[1],
            is_model=True,
        )


def _engine(service: Resource, graph: Graph) -> Iterator[Workload]:
    spec = mapping(at(service.inputs, "spec"), "spec")
    least, most = replicas(service, graph)
    pod = mapping(at(spec, "template"), "spec.template")
    if pod:
        yield Workload(
            owner=service,
            name=_label(service),
            spec=pod,
            path="spec.template",
            least=least,
            most=most,
            is_model=True,
        )
    scheduler = at(spec, "router.scheduler")
    if scheduler is None:
        return
    config = _config(graph)
    picker = merged(
        mapping(at(config.inputs, "spec.router.scheduler.template"), "template") if config else {},
        mapping(at(scheduler, "template"), "spec.router.scheduler.template"),
    )
    if picker:
        yield Workload(
            owner=service,
            name=f"{_label(service)} picker",
            spec=picker,
            path="spec.router.scheduler.template",
        )


def _config(graph: Graph) -> Resource | None:
    # All names are read first: in which order configs came must not say whether an unknown one is met.
    return {name_of(config): config for config in graph.of_type(*LLM_CONFIG)}.get(_SCHEDULER)


def _proxies(proxy: Resource) -> Iterator[Workload]:
    made = mapping(at(proxy.inputs, "spec.provider.kubernetes.envoyDeployment"), "envoyDeployment")
    if not made:
        return
    count = _count(made, "replicas", 1)
    hpa = mapping(at(proxy.inputs, "spec.provider.kubernetes.envoyHpa"), "envoyHpa")
    pod = mapping(at(made, "pod"), "envoyDeployment.pod")
    containers = [mapping(at(made, "container"), "envoyDeployment.container"), _SHUTDOWN_MANAGER]
    yield Workload(
        owner=proxy,
        name=_label(proxy),
        spec={**pod, "containers": containers},
        path="spec.provider.kubernetes.envoyDeployment.pod",
        least=_count(hpa, "minReplicas", count),
        most=_count(hpa, "maxReplicas", count),
    )
