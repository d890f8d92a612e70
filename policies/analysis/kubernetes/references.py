"""What objects name in other objects, and whether anything in view has that name.

The API server takes a name that nobody has: the pod is refused later, the route answers 500, the pool never makes a
machine. KServe names what it makes for a component ``SERVICE[-NAME]-predictor`` (v0.20.0, ``constants.go``, read
2026-11-29); Envoy AI Gateway makes an HTTPRoute of the same name for each AIGatewayRoute (v1.0.0, read 2026-11-29).
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.gateway.objects import AI_ROUTES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES, SERVICE
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, RUNTIMES, components
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.machines.workloads import of_owner
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, number, sequence, text

PRIORITIES: Final = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
ACCOUNTS: Final = "kubernetes:core/v1:ServiceAccount"
NODE_POOLS: Final = ("kubernetes:karpenter.sh/v1:NodePool", "kubernetes:karpenter.sh/v1beta1:NodePool")
_NODE_CLASSES: Final = (
    "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
    "kubernetes:karpenter.k8s.aws/v1beta1:EC2NodeClass",
    "kubernetes:eks.amazonaws.com/v1:NodeClass",
)
CERTIFICATES: Final = "kubernetes:cert-manager.io/v1:Certificate"
_ISSUERS: Final = "kubernetes:cert-manager.io/v1:Issuer"
_CLUSTER_ISSUERS: Final = "kubernetes:cert-manager.io/v1:ClusterIssuer"
SCALED: Final = "kubernetes:keda.sh/v1alpha1:ScaledObject"
_ROUTES: Final = (*HTTP_ROUTES, *GRPC_ROUTES)
NAMING: Final = (
    *WORKLOADS,
    *INFERENCE_SERVICE,
    *LLM,
    *NODE_POOLS,
    CERTIFICATES,
    SCALED,
    *_ROUTES,
    *AI_ROUTES,
)
_BUILT_IN_CLASSES: Final = ("system-",)
_NEAR: Final = 0.75
"""How alike a name in view has to be, where not everything is in view, for the other to be a slip of the pen."""


@dataclass(frozen=True)
class Named:
    """A name that an object gives, where it stands, and what has to have it."""

    path: str
    kind: str
    name: str
    known: frozenset[str]


def lost(resource: Resource, graph: Graph, *, sees_all: bool) -> Iterator[tuple[Named, str]]:
    """Names that nothing in view has, each with the nearest one that something has.

    ``sees_all``: all that the stack and those above it make is in view. Otherwise a name is lost only where another
    one is so near that it must have been meant.

    Raises:
        UndecidedError: a name cannot be read.
    """
    for one in _named(resource, graph):
        if not one.name or one.name in one.known or not one.known:
            continue
        near = difflib.get_close_matches(one.name, sorted(one.known), n=1, cutoff=0.5 if sees_all else _NEAR)
        if sees_all or near:
            yield one, near[0] if near else ""


def unserved_ports(route: Resource, graph: Graph) -> Iterator[tuple[str, str, int, list[int]]]:
    """Backends of a route whose Service in view has no such port: path, Service, port, and those it has."""
    for path, ref in _backends(route):
        if text(at(ref, "kind"), "kind") not in {"", "Service"} or text(at(ref, "group"), "group"):
            continue
        where = text(at(ref, "namespace"), "namespace") or namespace_of(route)
        name, port = text(at(ref, "name"), "name"), number(at(ref, "port"), "port")
        ports = _ports(where, name, graph)
        if port is not None and ports and int(port) not in ports:
            yield path, f"{where}/{name}", int(port), sorted(ports)


def _ports(where: str, name: str, graph: Graph) -> set[int]:
    if name in _predicted(graph, where) | _fronts(graph, where):
        return {80}
    return {
        int(port)
        for service in _all(graph, SERVICE)
        if namespace_of(service) == where and name_of(service) == name
        for entry in sequence(at(service.inputs, "spec.ports"), "spec.ports")
        if (port := number(at(entry, "port"), "port")) is not None
    }


def _backends(route: Resource) -> Iterator[tuple[str, Any]]:
    for i, rule in enumerate(sequence(at(route.inputs, "spec.rules"), "spec.rules")):
        for j, ref in enumerate(sequence(at(rule, "backendRefs"), "backendRefs")):
            yield f"spec.rules[{i}].backendRefs[{j}]", ref


def _all(graph: Graph, *types: str) -> list[Resource]:
    return [*graph.of_type(*types), *(r for r in graph.elsewhere if r.type in types)]


def _names(graph: Graph, *types: str, where: str = "") -> frozenset[str]:
    found = []
    for one in _all(graph, *types):
        try:
            if not where or namespace_of(one) == where:
                found.append(name_of(one))
        except UndecidedError:
            continue
    return frozenset(found)


def _predicted(graph: Graph, where: str) -> frozenset[str]:
    """The Deployments and Services that KServe makes in a namespace."""
    found = set()
    for service in _all(graph, *INFERENCE_SERVICE):
        if namespace_of(service) == where:
            for part, component in components(service):
                called, what = text(at(component, "name"), "name"), part.rpartition(".")[2]
                found.add(f"{name_of(service)}-{called}-{what}" if called else f"{name_of(service)}-{what}")
    return frozenset(found)


def _fronts(graph: Graph, where: str) -> frozenset[str]:
    """The Services that KServe makes under a service's own name."""
    return _names(graph, *INFERENCE_SERVICE, where=where)


def _named(resource: Resource, graph: Graph) -> Iterator[Named]:
    for types, read in _READERS.items():
        if resource.type in types:
            yield from read(resource, graph)


def _of_pods(owner: Resource, graph: Graph) -> Iterator[Named]:
    where = namespace_of(owner)
    for pod in of_owner(graph, owner):
        place = f"{pod.path}." if pod.path else ""
        chosen = text(pod.spec.get("priorityClassName"), "priorityClassName")
        if not chosen.startswith(_BUILT_IN_CLASSES):
            yield Named(f"{place}priorityClassName", "PriorityClass", chosen, _names(graph, PRIORITIES))
        account = text(pod.spec.get("serviceAccountName"), "serviceAccountName")
        accounts = _names(graph, ACCOUNTS, where=where)
        if account != "default":
            yield Named(f"{place}serviceAccountName", "ServiceAccount", account, accounts)


def _of_predictors(service: Resource, graph: Graph) -> Iterator[Named]:
    whole, own = RUNTIMES
    for part, component in components(service):
        path = f"spec.{part}.model.runtime"
        name = text(at(component, "model.runtime"), path)
        known = _names(graph, whole) | _names(graph, own, where=namespace_of(service))
        yield Named(path, "ServingRuntime", name, known)


def _of_engines(service: Resource, graph: Graph) -> Iterator[Named]:
    path = "spec.router.gateway.refs"
    for index, ref in enumerate(sequence(at(service.inputs, path), path)):
        yield _gateway(f"{path}[{index}]", ref, service, graph)


def _of_routes(route: Resource, graph: Graph) -> Iterator[Named]:
    for index, ref in enumerate(sequence(at(route.inputs, "spec.parentRefs"), "spec.parentRefs")):
        if text(at(ref, "kind"), "kind") in {"", "Gateway"}:
            yield _gateway(f"spec.parentRefs[{index}]", ref, route, graph)
    for path, ref in _backends(route):
        kind, group = text(at(ref, "kind"), "kind") or "Service", text(at(ref, "group"), "group")
        where = text(at(ref, "namespace"), "namespace") or namespace_of(route)
        if kind == "Service" and not group and route.type not in AI_ROUTES:
            known = _names(graph, SERVICE, where=where) | _predicted(graph, where) | _fronts(graph, where)
            yield Named(f"{path}.name", f"Service in {where}", text(at(ref, "name"), "name"), known)


def _gateway(path: str, ref: Any, owner: Resource, graph: Graph) -> Named:
    where = text(at(ref, "namespace"), "namespace") or namespace_of(owner)
    known = _names(graph, *GATEWAYS, where=where)
    return Named(f"{path}.name", f"Gateway in {where}", text(at(ref, "name"), "name"), known)


def _of_pools(pool: Resource, graph: Graph) -> Iterator[Named]:
    path = "spec.template.spec.nodeClassRef"
    kind = text(at(pool.inputs, f"{path}.kind"), "kind") or "EC2NodeClass"
    types = [t for t in _NODE_CLASSES if t.endswith(f":{kind}")]
    name = text(at(pool.inputs, f"{path}.name"), "name")
    yield Named(f"{path}.name", kind, name, _names(graph, *types) if types else frozenset())


def _of_certificates(certificate: Resource, graph: Graph) -> Iterator[Named]:
    path = "spec.issuerRef"
    kind = text(at(certificate.inputs, f"{path}.kind"), "kind") or "Issuer"
    if text(at(certificate.inputs, f"{path}.group"), "group") in {"", "cert-manager.io"}:
        known = (
            _names(graph, _CLUSTER_ISSUERS)
            if kind == "ClusterIssuer"
            else _names(graph, _ISSUERS, where=namespace_of(certificate))
        )
        yield Named(f"{path}.name", kind, text(at(certificate.inputs, f"{path}.name"), "name"), known)


def _of_scalers(scaler: Resource, graph: Graph) -> Iterator[Named]:
    path, where = "spec.scaleTargetRef", namespace_of(scaler)
    if (text(at(scaler.inputs, f"{path}.kind"), "kind") or "Deployment") == "Deployment":
        known = _names(graph, "kubernetes:apps/v1:Deployment", where=where) | _predicted(graph, where)
        yield Named(
            f"{path}.name", f"Deployment in {where}", text(at(scaler.inputs, f"{path}.name"), "name"), known
        )


_READERS: Final[Mapping[tuple[str, ...], Callable[[Resource, Graph], Iterator[Named]]]] = {
    (*WORKLOADS, *INFERENCE_SERVICE, *LLM): _of_pods,
    INFERENCE_SERVICE: _of_predictors,
    LLM: _of_engines,
    (*_ROUTES, *AI_ROUTES): _of_routes,
    NODE_POOLS: _of_pools,
    (CERTIFICATES,): _of_certificates,
    (SCALED,): _of_scalers,
}
