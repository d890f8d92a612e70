"""What objects name in other objects, and whether anything in view has that name.

The API server takes a name that nobody has: the pod is refused later, the route answers 500, the pool never makes a
machine. KServe names what it makes for a component ``SERVICE[-NAME]-predictor`` (v0.20.0, ``constants.go``, read
2026-11-29); Envoy AI Gateway makes an HTTPRoute of the same name for each AIGatewayRoute (v1.0.0, read 2026-11-29).
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.named import (
    ISSUERS,
    POINTING,
    POLICIES,
    of_gateways,
    of_issuers,
    of_policies,
    of_route_backends,
)
from policies.analysis.gateway.objects import AI_ROUTES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES
from policies.analysis.kserve.llm_configs import asked_for
from policies.analysis.kserve.objects import (
    INFERENCE_SERVICE,
    LLM,
    LLM_CONFIG,
    RUNTIMES,
    STORAGE_CONTAINER,
    components,
)
from policies.analysis.kubernetes.answering import answering, ports_of, scalable
from policies.analysis.kubernetes.charts import is_installed
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.kubernetes.named import UNREAD, Named, names
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
_KSERVE: Final = "kserve-resources"
"""The chart of KServe's controller: where it is, what it reads of the cluster is too."""
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
    *POINTING,
)
_BUILT_IN_CLASSES: Final = ("system-",)
_NEAR: Final = 0.75
"""How alike a name in view has to be, where not everything is in view, for the other to be a slip of the pen."""


def lost(resource: Resource, graph: Graph, *, sees_all: bool) -> Iterator[tuple[Named, str]]:
    """Names that nothing in view has, each with the nearest one that something has.

    ``sees_all``: all that the stack and those above it make is in view. Otherwise a name is lost only where another
    one is so near that it must have been meant.

    Raises:
        UndecidedError: a name cannot be read, of the resource or of an object that may be the one it names.
    """
    unsure = ""
    for one in _named(resource, graph):
        if not one.name or one.name in one.known:
            continue
        if UNREAD in one.known:
            unsure = (
                unsure or f"{one.path}: the name of a {one.kind} in view is not known, and may be {one.name}"
            )
            continue
        if not (one.known or (one.together and sees_all)):
            continue
        is_sure = sees_all and one.is_whole
        near = difflib.get_close_matches(one.name, sorted(one.known), n=1, cutoff=0.5 if is_sure else _NEAR)
        if is_sure or (near and one.is_written):
            yield one, near[0] if near else ""
    if unsure:
        raise UndecidedError(unsure)


def unserved_ports(route: Resource, graph: Graph) -> Iterator[tuple[str, str, int, list[int]]]:
    """Backends of a route whose Service in view has no such port: path, Service, port, and those it has."""
    for path, ref in _backends(route):
        if text(at(ref, "kind"), "kind") not in {"", "Service"} or text(at(ref, "group"), "group"):
            continue
        where = text(at(ref, "namespace"), "namespace") or namespace_of(route)
        name, port = text(at(ref, "name"), "name"), number(at(ref, "port"), "port")
        ports = ports_of(where, name, graph)
        if port is not None and ports and int(port) not in ports:
            yield path, f"{where}/{name}", int(port), sorted(ports)


def _backends(route: Resource) -> Iterator[tuple[str, Any]]:
    for i, rule in enumerate(sequence(at(route.inputs, "spec.rules"), "spec.rules")):
        for j, ref in enumerate(sequence(at(rule, "backendRefs"), "backendRefs")):
            yield f"spec.rules[{i}].backendRefs[{j}]", ref


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
            yield Named(f"{place}priorityClassName", "PriorityClass", chosen, names(graph, PRIORITIES))
        account = text(pod.spec.get("serviceAccountName"), "serviceAccountName")
        accounts = names(graph, ACCOUNTS, where=where)
        if account != "default":
            # Who runs a pod under an account of its own makes the account.
            yield Named(f"{place}serviceAccountName", "ServiceAccount", account, accounts, together=True)


def _of_predictors(service: Resource, graph: Graph) -> Iterator[Named]:
    whole, own = RUNTIMES
    for part, component in components(service):
        path = f"spec.{part}.model.runtime"
        name = text(at(component, "model.runtime"), path)
        known = names(graph, whole) | names(graph, own, where=namespace_of(service))
        yield Named(path, "ServingRuntime", name, known)
        path = f"spec.{part}.storageContainerName"
        container = text(at(component, "storageContainerName"), path)
        known = names(graph, STORAGE_CONTAINER)
        yield Named(path, "ClusterStorageContainer", container, known, together=is_installed(_KSERVE, graph))


def _of_engines(service: Resource, graph: Graph) -> Iterator[Named]:
    written, well_known = asked_for(service, graph)
    configs = names(graph, *LLM_CONFIG)
    for index, name in enumerate(written):
        yield Named(f"spec.baseRefs[{index}].name", "LLMInferenceServiceConfig", name, configs)
    for name in well_known:
        yield Named("spec", "LLMInferenceServiceConfig", name, configs, is_written=False)
    path = "spec.router.gateway.refs"
    for index, ref in enumerate(sequence(at(service.inputs, path), path)):
        yield _gateway(f"{path}[{index}]", ref, service, graph)


def _of_routes(route: Resource, graph: Graph) -> Iterator[Named]:
    for index, ref in enumerate(sequence(at(route.inputs, "spec.parentRefs"), "spec.parentRefs")):
        if text(at(ref, "kind"), "kind") in {"", "Gateway"}:
            yield _gateway(f"spec.parentRefs[{index}]", ref, route, graph)
    yield from of_route_backends(route, graph)
    for path, ref in _backends(route):
        kind, group = text(at(ref, "kind"), "kind") or "Service", text(at(ref, "group"), "group")
        where = text(at(ref, "namespace"), "namespace") or namespace_of(route)
        if kind == "Service" and not group and route.type not in AI_ROUTES:
            known = graph.once_for(answering, where)
            yield Named(f"{path}.name", f"Service in {where}", text(at(ref, "name"), "name"), known)


def _gateway(path: str, ref: Any, owner: Resource, graph: Graph) -> Named:
    where = text(at(ref, "namespace"), "namespace") or namespace_of(owner)
    known = names(graph, *GATEWAYS, where=where)
    return Named(f"{path}.name", f"Gateway in {where}", text(at(ref, "name"), "name"), known)


def _of_pools(pool: Resource, graph: Graph) -> Iterator[Named]:
    path = "spec.template.spec.nodeClassRef"
    kind = text(at(pool.inputs, f"{path}.kind"), "kind") or "EC2NodeClass"
    types = [t for t in _NODE_CLASSES if t.endswith(f":{kind}")]
    name = text(at(pool.inputs, f"{path}.name"), "name")
    yield Named(f"{path}.name", kind, name, names(graph, *types) if types else frozenset())


def _of_certificates(certificate: Resource, graph: Graph) -> Iterator[Named]:
    path = "spec.issuerRef"
    kind = text(at(certificate.inputs, f"{path}.kind"), "kind") or "Issuer"
    if text(at(certificate.inputs, f"{path}.group"), "group") in {"", "cert-manager.io"}:
        known = (
            names(graph, _CLUSTER_ISSUERS)
            if kind == "ClusterIssuer"
            else names(graph, _ISSUERS, where=namespace_of(certificate))
        )
        yield Named(f"{path}.name", kind, text(at(certificate.inputs, f"{path}.name"), "name"), known)


def _of_scalers(scaler: Resource, graph: Graph) -> Iterator[Named]:
    path, where = "spec.scaleTargetRef", namespace_of(scaler)
    if (text(at(scaler.inputs, f"{path}.kind"), "kind") or "Deployment") == "Deployment":
        known = graph.once_for(scalable, where)
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
    GATEWAYS: of_gateways,
    POLICIES: of_policies,
    ISSUERS: of_issuers,
}
