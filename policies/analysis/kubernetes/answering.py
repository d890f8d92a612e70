"""What answers under a name in view: Services, those that KServe makes, and Deployments that can be scaled."""

from collections.abc import Iterable, Mapping
from typing import Final

from policies.analysis.gateway.objects import SERVICE
from policies.analysis.kserve.objects import INFERENCE_SERVICE, components
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.kubernetes.named import everywhere, names
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, number, sequence, text

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"


def ports_of(where: str, name: str, graph: Graph) -> set[int]:
    if name in graph.once_for(predicted, where) or name in _fronts(graph, where):
        return {80}
    return {
        int(port)
        for service in graph.once_for(_services, where).get(name, ())
        for entry in sequence(at(service.inputs, "spec.ports"), "spec.ports")
        if (port := number(at(entry, "port"), "port")) is not None
    }


def predicted(graph: Graph, where: str) -> frozenset[str]:
    """The Deployments and Services that KServe makes in a namespace."""
    found = set()
    for service in graph.once(_inference_services).get(where, ()):
        for part, component in components(service):
            called, what = text(at(component, "name"), "name"), part.rpartition(".")[2]
            found.add(f"{name_of(service)}-{called}-{what}" if called else f"{name_of(service)}-{what}")
    return frozenset(found)


def _inference_services(graph: Graph) -> Mapping[str, list[Resource]]:
    return _in_namespaces(everywhere(graph, *INFERENCE_SERVICE))


def _services(graph: Graph, where: str) -> Mapping[str, list[Resource]]:
    """The Services of a namespace by name: a platform's routes are as many as they are."""
    found: dict[str, list[Resource]] = {}
    for service in graph.once(_all_services).get(where, ()):
        found.setdefault(name_of(service), []).append(service)
    return found


def _all_services(graph: Graph) -> Mapping[str, list[Resource]]:
    return _in_namespaces(everywhere(graph, SERVICE))


def _in_namespaces(listed: Iterable[Resource]) -> Mapping[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in listed:
        found.setdefault(namespace_of(one), []).append(one)
    return found


def answering(graph: Graph, where: str) -> frozenset[str]:
    """All Services of a namespace, whoever makes them."""
    return names(graph, SERVICE, where=where) | graph.once_for(predicted, where) | _fronts(graph, where)


def scalable(graph: Graph, where: str) -> frozenset[str]:
    return names(graph, _DEPLOYMENT, where=where) | graph.once_for(predicted, where)


def _fronts(graph: Graph, where: str) -> frozenset[str]:
    """The Services that KServe makes under a service's own name."""
    return names(graph, *INFERENCE_SERVICE, where=where)
