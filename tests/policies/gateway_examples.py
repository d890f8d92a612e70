"""Gateways, their proxies and policies, as tests of rules need them."""

from typing import Any

from policies.analysis.gateway.objects import AI_ROUTES, CLASS, GATEWAY, PROXY, SERVICE
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import Resource
from tests.policies.cases import resource

NOT_OURS = resource("aws:s3/bucket:Bucket", {})
PROXIED = {"parametersRef": {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "edge"}}


def gateway(*listeners: Any, **spec: Any) -> Resource:
    return resource(
        GATEWAY,
        {
            "metadata": {"name": "edge", "namespace": "edge", "labels": {"tier": "edge"}},
            "spec": {"gatewayClassName": "envoy", "listeners": list(listeners), **spec},
        },
    )


def proxy(**service: Any) -> Resource:
    spec = {"provider": {"type": "Kubernetes", "kubernetes": {"envoyService": service}}}
    return resource(PROXY, {"metadata": {"name": "edge", "namespace": "edge"}, "spec": spec})


def policy(type_: str, kind: str, name: str = "edge", **spec: Any) -> Resource:
    targets = [{"group": "gateway.networking.k8s.io", "kind": kind, "name": name}]
    inputs = {"metadata": {"name": name, "namespace": "edge"}, "spec": {"targetRefs": targets, **spec}}
    return resource(type_, inputs, name=f"{kind}-{name}")


def service(annotations: dict[str, Any] | None = None, **spec: Any) -> Resource:
    metadata = {"name": "s", "annotations": annotations or {}}
    return resource(SERVICE, {"metadata": metadata, "spec": {"type": "LoadBalancer", **spec}})


def ai_route(*backends: Any) -> Resource:
    return resource(AI_ROUTES[0], {"spec": {"rules": [{"backendRefs": list(backends)}]}})


def controller(limits: Any) -> Resource:
    values = {"config": {"envoyGateway": {"rateLimit": limits}}}
    return resource(RELEASE, {"chart": "oci://docker.io/envoyproxy/gateway-helm", "values": values})


ENVOY = resource(
    CLASS,
    {
        "metadata": {"name": "envoy"},
        "spec": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
    },
)
JWT = {"providers": [{"name": "callers"}]}
HTTPS = {"name": "https", "protocol": "HTTPS", "port": 443}
HTTP = {"name": "http", "protocol": "HTTP", "port": 80}
NLB = "service.beta.kubernetes.io/aws-load-balancer-type"
INTERNAL = "service.beta.kubernetes.io/aws-load-balancer-internal"
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
SELECTED = {"from": "Selector", "selector": {"matchLabels": {"a": "b"}}}


def attaching(namespaces: Any) -> Resource:
    return gateway({**HTTPS, "allowedRoutes": {"namespaces": namespaces}})
