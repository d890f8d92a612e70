"""Gateways, their proxies and the policies that point at them, as rules read them."""

from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, flag, known, listed, mapping, sequence, text

_GATEWAY_API: Final = "kubernetes:gateway.networking.k8s.io/"
GATEWAYS: Final = (f"{_GATEWAY_API}v1:Gateway", f"{_GATEWAY_API}v1beta1:Gateway")
CLASSES: Final = (f"{_GATEWAY_API}v1:GatewayClass", f"{_GATEWAY_API}v1beta1:GatewayClass")
HTTP_ROUTES: Final = (f"{_GATEWAY_API}v1:HTTPRoute", f"{_GATEWAY_API}v1beta1:HTTPRoute")
GRPC_ROUTES: Final = (f"{_GATEWAY_API}v1:GRPCRoute", f"{_GATEWAY_API}v1alpha2:GRPCRoute")
GATEWAY: Final = GATEWAYS[0]
CLASS: Final = CLASSES[0]
HTTP_ROUTE: Final = HTTP_ROUTES[0]
PROXY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
CLIENT_POLICY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:ClientTrafficPolicy"
TRAFFIC_POLICY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy"
SECURITY_POLICY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy"
AI_ROUTES: Final = tuple(
    f"kubernetes:aigateway.envoyproxy.io/{version}:AIGatewayRoute" for version in ("v1beta1", "v1alpha1")
)
DEFINITION: Final = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
SERVICE: Final = "kubernetes:core/v1:Service"

_WAYPOINTS: Final = frozenset({"istio-waypoint"})
"""Classes whose proxies serve the mesh alone, by a cluster address (Istio's built-in classes)."""
_ENVOY: Final = "gateway.envoyproxy.io/gatewayclass-controller"
_AUTHENTICATES: Final = ("jwt", "oidc", "basicAuth", "apiKeyAuth", "extAuth")
_OTHER_CLOUDS: Final = (
    "networking.gke.io/load-balancer-type",
    "service.beta.kubernetes.io/azure-load-balancer-internal",
)
NOTE: Final = "service.beta.kubernetes.io/"


def proxy_service(gateway: Resource, graph: Graph) -> Mapping[str, Any] | None:
    """The service its EnvoyProxy asks for; None where it names no proxy that is here."""
    wanted = mapping(at(gateway.inputs, "spec.infrastructure.parametersRef"))
    if wanted.get("kind") != "EnvoyProxy":
        return None
    for proxy in graph.of_type(PROXY):
        if (name_of(proxy), namespace_of(proxy)) == (text(known(wanted.get("name"))), namespace_of(gateway)):
            return mapping(at(proxy.inputs, "spec.provider.kubernetes.envoyService"))
    return None


def proxy_labels(gateway: Resource) -> dict[str, str]:
    """What Envoy Gateway itself writes on the proxies of a gateway."""
    return {
        "gateway.envoyproxy.io/owning-gateway-name": name_of(gateway),
        "gateway.envoyproxy.io/owning-gateway-namespace": namespace_of(gateway),
        "app.kubernetes.io/name": "envoy",
        "app.kubernetes.io/component": "proxy",
        "app.kubernetes.io/managed-by": "envoy-gateway",
    }


def proxy_port(port: float) -> int:
    """Where its proxies listen for a listener's port: none of Envoy Gateway's needs privilege (v1.8.1)."""
    return int(port) + (10_000 if port < 1024 else 0)  # noqa: PLR2004 the first port that needs no privilege


def is_inside_only(gateway: Resource, graph: Graph) -> bool:
    """Whether nobody outside the cluster reaches it: a waypoint of the mesh, or behind a cluster address."""
    if text(known(at(gateway.inputs, "spec.gatewayClassName"))) in _WAYPOINTS:
        return True
    service = proxy_service(gateway, graph)
    if service is not None:
        return text(at(service, "type")) == "ClusterIP"
    notes = mapping(at(gateway.inputs, "metadata.annotations"))
    return text(known(notes.get("networking.istio.io/service-type"))) == "ClusterIP"


def targets(policy: Resource, kind: str) -> list[Mapping[str, Any]]:
    spec = mapping(at(policy.inputs, "spec"))
    named = [*listed(at(spec, "targetRefs")), *listed(at(spec, "targetRef"))]
    return [mapping(target) for target in named if text(at(target, "kind")) == kind]


def is_for(policy: Resource, gateway: Resource) -> bool:
    """Whether a policy is for the whole gateway, by name or by its labels."""
    if namespace_of(policy) != namespace_of(gateway):
        return False
    if any(
        text(at(target, "name")) == name_of(gateway) and at(target, "sectionName") is None
        for target in targets(policy, "Gateway")
    ):
        return True
    labels = mapping(at(gateway.inputs, "metadata.labels"))
    for selector in sequence(at(policy.inputs, "spec.targetSelectors")):
        if text(at(selector, "kind")) == "Gateway" and not at(selector, "matchExpressions"):
            wanted = mapping(at(selector, "matchLabels"))
            if all(labels.get(key) == value for key, value in wanted.items()):
                return True
    return False


def asks_who(policy: Resource) -> bool:
    spec = mapping(at(policy.inputs, "spec"))
    if flag(at(spec, "jwt.optional")):
        spec = {key: value for key, value in spec.items() if key != "jwt"}
    return any(at(spec, way) for way in _AUTHENTICATES)


def is_envoy(gateway: Resource, graph: Graph) -> bool:
    if at(gateway.inputs, "spec.infrastructure.parametersRef.group") == "gateway.envoyproxy.io":
        return True
    wanted = text(at(gateway.inputs, "spec.gatewayClassName"))
    return any(
        name_of(found) == wanted and text(at(found.inputs, "spec.controllerName")) == _ENVOY
        for found in graph.of_type(*CLASSES)
    )


def is_internal(spec: Mapping[str, Any], notes: Mapping[str, Any]) -> bool:
    """AWS's own controller makes internal ones unless told otherwise, the one inside EKS public ones.

    Since version 2.5 the former claims services that name no controller: what asks it for an internal one gets it.
    """
    scheme = text(known(notes.get(f"{NOTE}aws-load-balancer-scheme")))
    others = {text(known(notes.get(key))).lower() for key in _OTHER_CLOUDS}
    if scheme == "internal" or others & {"internal", "true"}:
        return True
    is_separate = text(known(notes.get(f"{NOTE}aws-load-balancer-type"))) in {"external", "nlb-ip"}
    if is_separate or text(at(spec, "loadBalancerClass")).startswith("service.k8s.aws/"):
        return scheme in {"", "internal"}
    return flag(known(notes.get(f"{NOTE}aws-load-balancer-internal")))
