"""What gateways, their policies, their routes and issuers name, and what has to have that name.

Envoy AI Gateway makes an HTTPRoute of the same name for each AIGatewayRoute (v1.0.0, read 2026-11-29); KServe one
called ``NAME-kserve-route`` for each LLMInferenceService (v0.20.0, ``router.go``, read 2026-11-30).
"""

from collections.abc import Iterator
from typing import Any, Final

from policies.analysis.gateway.objects import (
    AI_ROUTES,
    CLASSES,
    CLIENT_POLICY,
    GATEWAYS,
    GRPC_ROUTES,
    HTTP_ROUTES,
    PROXY,
    SECURITY_POLICY,
    SERVICE,
    TRAFFIC_POLICY,
)
from policies.analysis.kserve.objects import LLM
from policies.analysis.kubernetes.metadata import annotation, namespace_of
from policies.analysis.kubernetes.named import UNREAD, Named, everywhere, names
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, sequence, text

_OF_LLM: Final = "-kserve-route"
POLICIES: Final = (CLIENT_POLICY, TRAFFIC_POLICY, SECURITY_POLICY)
_CERT_MANAGER: Final = "kubernetes:cert-manager.io/v1:"
ISSUERS: Final = (f"{_CERT_MANAGER}ClusterIssuer", f"{_CERT_MANAGER}Issuer")
POINTING: Final = (*GATEWAYS, *POLICIES, *ISSUERS)
_CERTIFICATE: Final = f"{_CERT_MANAGER}Certificate"
_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 a kind
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_BACKEND: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:Backend"
_ENVOY: Final = "gateway.envoyproxy.io"
_AI: Final = "kubernetes:aigateway.envoyproxy.io/"
_AI_BACKENDS: Final = (f"{_AI}v1beta1:AIServiceBackend", f"{_AI}v1alpha1:AIServiceBackend")
_AI_CONFIGS: Final = (f"{_AI}v1beta1:GatewayConfig", f"{_AI}v1alpha1:GatewayConfig")
_AI_CONFIG_NOTE: Final = "aigateway.envoyproxy.io/gateway-config"
_BUILT_IN: Final = ("istio", "istio-", "gke-", "amazon-vpc-lattice")
"""Classes that controllers make themselves."""


def of_gateways(gateway: Resource, graph: Graph) -> Iterator[Named]:
    """Its class, its parameters, its certificates and its processor's configuration."""
    where = namespace_of(gateway)
    chosen = text(at(gateway.inputs, "spec.gatewayClassName"), "spec.gatewayClassName")
    if not chosen.startswith(_BUILT_IN):
        yield Named("spec.gatewayClassName", "GatewayClass", chosen, names(graph, *CLASSES), together=True)
    path = "spec.infrastructure.parametersRef"
    if text(at(gateway.inputs, f"{path}.kind"), "kind") == "EnvoyProxy":
        name = text(at(gateway.inputs, f"{path}.name"), "name")
        yield Named(
            f"{path}.name", f"EnvoyProxy in {where}", name, names(graph, PROXY, where=where), together=True
        )
    if note := annotation(gateway, _AI_CONFIG_NOTE):
        known = names(graph, *_AI_CONFIGS, where=where)
        yield Named("metadata.annotations", f"GatewayConfig in {where}", note, known, together=True)
    for index, listener in enumerate(sequence(at(gateway.inputs, "spec.listeners"), "spec.listeners")):
        for place, ref in enumerate(sequence(at(listener, "tls.certificateRefs"), "certificateRefs")):
            if text(at(ref, "kind"), "kind") in {"", "Secret"}:
                yield _secret(f"spec.listeners[{index}].tls.certificateRefs[{place}].name", ref, where, graph)


def _secret(path: str, ref: Any, where: str, graph: Graph) -> Named:
    space = text(at(ref, "namespace"), "namespace") or where
    return Named(
        path,
        f"Secret in {space}",
        text(at(ref, "name"), "name"),
        graph.once_for(_secrets, space),
        together=True,
    )


def _secrets(graph: Graph, where: str) -> frozenset[str]:
    """Secrets in view, and those that certificates in view are kept in."""
    kept = set(names(graph, _SECRET, where=where))
    for one in everywhere(graph, _CERTIFICATE):
        try:
            if namespace_of(one) == where:
                kept.add(text(at(one.inputs, "spec.secretName"), "spec.secretName"))
        except UndecidedError:
            kept.add(UNREAD)
    return frozenset(kept)


def of_policies(policy: Resource, graph: Graph) -> Iterator[Named]:
    """The gateways and routes it is for; a policy of nothing protects nothing."""
    where = namespace_of(policy)
    for index, ref in enumerate(sequence(at(policy.inputs, "spec.targetRefs"), "spec.targetRefs")):
        kind = text(at(ref, "kind"), "kind")
        types = {"Gateway": GATEWAYS, "HTTPRoute": HTTP_ROUTES, "GRPCRoute": GRPC_ROUTES}.get(kind)
        if types:
            known = (
                graph.once_for(_http_routes, where)
                if kind == "HTTPRoute"
                else names(graph, *types, where=where)
            )
            name = text(at(ref, "name"), "name")
            yield Named(f"spec.targetRefs[{index}].name", f"{kind} in {where}", name, known, together=True)


def _http_routes(graph: Graph, where: str) -> frozenset[str]:
    """Those that are there and those that controllers make."""
    of_models = {f"{one}{_OF_LLM}" if one != UNREAD else one for one in names(graph, *LLM, where=where)}
    return names(graph, *HTTP_ROUTES, *AI_ROUTES, where=where) | of_models


def of_issuers(issuer: Resource, graph: Graph) -> Iterator[Named]:
    """The secret with the authority's certificate: of a cluster's issuer, in cert-manager's own namespace."""
    name = text(at(issuer.inputs, "spec.ca.secretName"), "spec.ca.secretName")
    if name:
        where = "cert-manager" if issuer.type == ISSUERS[0] else namespace_of(issuer)
        yield Named(
            "spec.ca.secretName", f"Secret in {where}", name, graph.once_for(_secrets, where), together=True
        )


def of_route_backends(route: Resource, graph: Graph) -> Iterator[Named]:
    """Backends of Envoy Gateway's and the AI gateway's own kinds, and those that were meant to be."""
    for i, rule in enumerate(sequence(at(route.inputs, "spec.rules"), "spec.rules")):
        for j, ref in enumerate(sequence(at(rule, "backendRefs"), "backendRefs")):
            yield from _backend(f"spec.rules[{i}].backendRefs[{j}]", ref, route, graph)


def _backend(path: str, ref: Any, route: Resource, graph: Graph) -> Iterator[Named]:
    kind, group = text(at(ref, "kind"), "kind"), text(at(ref, "group"), "group")
    where = text(at(ref, "namespace"), "namespace") or namespace_of(route)
    name = text(at(ref, "name"), "name")
    if route.type in AI_ROUTES:
        if kind in {"", "AIServiceBackend"}:
            known = names(graph, *_AI_BACKENDS, where=where)
            yield Named(f"{path}.name", f"AIServiceBackend in {where}", name, known, together=True)
        return
    backends = names(graph, _BACKEND, where=where)
    if (kind, group) == ("Backend", _ENVOY):
        # A stack of models makes Backends beside those of the platform, and a deployment has only its own in view.
        is_whole = where in names(graph, _NAMESPACE)
        yield Named(f"{path}.name", f"Backend in {where}", name, backends, is_whole=is_whole)
    elif name in backends and name not in names(graph, SERVICE, where=where):
        # A Backend has this name: kind and group say that a Service is meant, or something that is nowhere.
        part = "kind" if kind != "Backend" else "group"
        said = f"{kind or 'Service'}{f' of {group}' if group else ''} {name}"
        yield Named(f"{path}.{part}", "backend", said, frozenset({f"Backend of {_ENVOY} {name}"}))
