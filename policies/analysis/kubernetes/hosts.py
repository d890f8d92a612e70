"""Names of Services that programs are told to call, and whether anything in view answers there.

A name of the cluster is ``SERVICE.NAMESPACE.svc``, with or without the cluster's domain behind it (Kubernetes, "DNS for
Services and Pods", read 2026-11-30). Controllers make Services for gateways: Istio calls one ``GATEWAY-CLASS``, Envoy
Gateway like the gateway (v1.8.1, read 2026-11-30).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.flows.selection import Labelled, meets, on_port
from policies.analysis.flows.tunnel import TUNNEL, closes, in_mesh, pods_in, policies_for, selector_of
from policies.analysis.gateway.objects import GATEWAYS, SERVICE
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import inside, name_of
from policies.analysis.mesh.objects import NAMESPACE
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.values import at, mapping, number, sequence, text

CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
_HOST: Final = re.compile(
    r"(?<![\w.-])(?P<name>[a-z0-9][-a-z0-9]{0,62})\.(?P<space>[a-z0-9][-a-z0-9]{0,62})\.svc(?![\w-])"
    r"(?:\.cluster\.local)?(?::(?P<port>\d{1,5}))?"
)
_PARTS: Final = {RELEASE: "values", CONFIG_MAP: "data"}
_MAKING: Final = (*GATEWAYS, *INFERENCE_SERVICE, *LLM)
"""Kinds for which controllers make Services, under names that begin with theirs."""


@dataclass(frozen=True)
class Host:
    """A name of the cluster, where it stands, and the port that is called."""

    path: str
    name: str
    namespace: str
    port: int | None


def unanswered(resource: Resource, graph: Graph) -> Iterator[tuple[Host, str]]:
    """What a resource is told to call and nothing in view answers, each with the reason.

    Raises:
        UndecidedError: what is said, or a Service that may be meant, cannot be read.
    """
    for host in hosts(resource):
        if not any(name_of(one) == host.namespace for one in graph.of_type(NAMESPACE)):
            continue  # another stack's, or the cluster's own
        service = graph.once_for(_services, host.namespace).get(host.name)
        if service is None:
            if not _may_be_made(host, graph):
                yield host, f"there is no Service {host.name} in {host.namespace}"
        elif why := _closed(service, host, graph):
            yield host, why


def hosts(resource: Resource) -> Iterator[Host]:
    """Names of the cluster in a chart's values, in a ConfigMap, and in what a pod is told."""
    path = _PARTS.get(resource.type) or f"{WORKLOADS[resource.type]}.spec".lstrip(".")
    for place, said in _texts(at(resource.inputs, path), path):
        for found in _HOST.finditer(said):
            port = found["port"]
            yield Host(place, found["name"], found["space"], int(port) if port else None)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(one, below(path, str(key)))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _texts(one, f"{path}[{index}]")


def _services(graph: Graph, namespace: str) -> Mapping[str, Resource]:
    return {name_of(one): one for one in inside(graph, namespace, SERVICE)}


def _may_be_made(host: Host, graph: Graph) -> bool:
    """Whether a chart or a controller may make such a Service; none of them does for a workload in view of its name."""
    if any(name_of(one) == host.name for one in inside(graph, host.namespace, *WORKLOADS)):
        return False
    if any(
        text(at(one.inputs, "namespace"), "namespace") == host.namespace for one in graph.of_type(RELEASE)
    ):
        return True
    makers = [name_of(one) for one in inside(graph, host.namespace, *_MAKING)]
    classes = [
        text(at(one.inputs, "spec.gatewayClassName"), "spec.gatewayClassName")
        for one in inside(graph, host.namespace, *GATEWAYS)
    ]
    made = {*makers, *(f"{maker}-{one}" for maker in makers for one in classes)}
    of_models = tuple(f"{name_of(one)}-" for one in inside(graph, host.namespace, *INFERENCE_SERVICE, *LLM))
    return host.name in made or host.name.startswith(of_models)


def _closed(service: Resource, host: Host, graph: Graph) -> str:
    """Why nobody is answered on the port that is called; nothing where somebody may be."""
    ports = sequence(at(service.inputs, "spec.ports"), "spec.ports")
    numbers = {int(number(at(one, "port"), "port") or 0): one for one in ports}
    called = f"the Service {host.namespace}/{host.name}"
    if host.port is None or not numbers:
        return ""
    if host.port not in numbers:
        return f"{called} has no port {host.port}, only {', '.join(map(str, sorted(numbers)))}"
    target = at(numbers[host.port], "targetPort")
    port = host.port if target is None else target
    if isinstance(port, str) and not port.isdigit():
        return ""
    selector = {"matchLabels": at(service.inputs, "spec.selector")}
    for labels in graph.once_for(_labelled, host.namespace).perhaps(selector):
        if meets(selector, labels) and _is_shut(labels, int(port), host.namespace, graph):
            return f"no NetworkPolicy opens port {int(port)} of the pods of {called}, and they are closed"
    return ""


def _labelled(graph: Graph, namespace: str) -> Labelled[Mapping[str, Any]]:
    return Labelled((labels, labels) for _, labels, _ in pods_in(graph, namespace))


def _is_shut(labels: Mapping[str, Any], port: int, namespace: str, graph: Graph) -> bool:
    closing = [
        one
        for one in policies_for(graph, namespace, labels)
        if closes(one, "Ingress") and meets(selector_of(one), labels)
    ]
    wanted = (port, TUNNEL) if in_mesh(namespace, graph) else (port,)
    rules = [rule for one in closing for rule in sequence(at(one.inputs, "spec.ingress"), "spec.ingress")]
    return bool(closing) and not any(on_port(mapping(rule), one, "TCP") for rule in rules for one in wanted)
