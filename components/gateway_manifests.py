"""The objects of both gateway tiers, as plain data (fields: Gateway API v1.5.1, Envoy Gateway v1.8.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.namespaces import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE, MODELS

CLASS = "envoy"
EDGE_SECRET = "edge-certificate"  # noqa: S105 the name of a secret, not one


def gateway_class() -> dict[str, Any]:
    """One class; what differs between the tiers stands in their EnvoyProxy."""
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": CLASS},
        "spec": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
    }


def proxy(name: str, namespace: str, *, service: Mapping[str, Any], replicas: int) -> dict[str, Any]:
    """How Envoy Gateway deploys one tier's proxies: restricted pods, one service account named for the gateway."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "EnvoyProxy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "provider": {
                "type": "Kubernetes",
                "kubernetes": {
                    "envoyService": dict(service),
                    "envoyServiceAccount": {"name": name},
                    "envoyPDB": {"minAvailable": 1},
                    "envoyDeployment": {
                        "replicas": replicas,
                        "container": {
                            "resources": {
                                "requests": {"cpu": "500m", "memory": "512Mi"},
                                "limits": {"cpu": "2", "memory": "1Gi"},
                            },
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "capabilities": {"drop": ["ALL"]},
                                "runAsNonRoot": True,
                                "seccompProfile": {"type": "RuntimeDefault"},
                            },
                        },
                    },
                },
            }
        },
    }


def edge_service(source_ranges: Sequence[str]) -> dict[str, Any]:
    """An internal network load balancer, or a public one that names who may reach it."""
    annotations = {
        "service.beta.kubernetes.io/aws-load-balancer-type": "external",
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"
        if source_ranges
        else "internal",
    }
    service: dict[str, Any] = {
        "type": "LoadBalancer",
        "annotations": annotations,
        "externalTrafficPolicy": "Local",
    }
    if source_ranges:
        service["loadBalancerSourceRanges"] = list(source_ranges)
    return service


def certificate(hostname: str, issuer: Any) -> dict[str, Any]:
    """What the edge shows to callers."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": EDGE_SECRET, "namespace": EDGE},
        "spec": {
            "secretName": EDGE_SECRET,
            "dnsNames": [hostname],
            "duration": "2160h",
            "renewBefore": "720h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": issuer},
        },
    }


def edge_gateway(hostname: str) -> dict[str, Any]:
    """The one way in: HTTPS for one host name, routes from the edge namespace only."""
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {
            "gatewayClassName": CLASS,
            "infrastructure": {"parametersRef": _parameters(EDGE_GATEWAY)},
            "listeners": [
                {
                    "name": "https",
                    "protocol": "HTTPS",
                    "port": 443,
                    "hostname": hostname,
                    "tls": {
                        "mode": "Terminate",
                        "certificateRefs": [{"kind": "Secret", "name": EDGE_SECRET}],
                    },
                    "allowedRoutes": {"namespaces": {"from": "Same"}},
                }
            ],
        },
    }


def inner_gateway() -> dict[str, Any]:
    """KServe's own gateway: plain HTTP on a cluster address, inside the mesh, for the edge alone."""
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": INNER_GATEWAY, "namespace": KSERVE},
        "spec": {
            "gatewayClassName": CLASS,
            "infrastructure": {"parametersRef": _parameters(INNER_GATEWAY)},
            "listeners": [
                {
                    "name": "http",
                    "protocol": "HTTP",
                    "port": 80,
                    "allowedRoutes": {
                        "namespaces": {
                            "from": "Selector",
                            "selector": {"matchLabels": {"kubernetes.io/metadata.name": MODELS}},
                        }
                    },
                }
            ],
        },
    }


def _parameters(name: str) -> dict[str, str]:
    return {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": name}


def transport_policy() -> dict[str, Any]:
    """Nothing below TLS 1.2 at the edge."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "ClientTrafficPolicy",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {"targetRefs": [_edge()], "tls": {"minVersion": "1.2", "alpnProtocols": ["h2", "http/1.1"]}},
    }


def authentication_policy(issuer: str, jwks_uri: str, audiences: Sequence[str]) -> dict[str, Any]:
    """Every request carries a token of this issuer for this audience; the caller's name reaches the models."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "SecurityPolicy",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {
            "targetRefs": [_edge()],
            "jwt": {
                "providers": [
                    {
                        "name": "callers",
                        "issuer": issuer,
                        "audiences": list(audiences),
                        "remoteJWKS": {"uri": jwks_uri},
                        "claimToHeaders": [{"claim": "sub", "header": "x-caller"}],
                    }
                ]
            },
        },
    }


def protection_policy(requests_per_minute: int) -> dict[str, Any]:
    """What one caller may ask, and how long the edge waits: a model answers slowly, but not for ever."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {
            "targetRefs": [_edge()],
            "rateLimit": {
                "type": "Global",
                "global": {
                    "rules": [
                        {
                            "clientSelectors": [{"headers": [{"name": "x-caller", "type": "Distinct"}]}],
                            "limit": {"requests": requests_per_minute, "unit": "Minute"},
                        }
                    ]
                },
            },
            "timeout": {"http": {"requestTimeout": "300s", "connectionIdleTimeout": "600s"}},
            "circuitBreaker": {
                "maxConnections": 1024,
                "maxPendingRequests": 256,
                "maxParallelRequests": 1024,
            },
            "retry": {"numRetries": 2, "retryOn": {"triggers": ["connect-failure", "reset-before-request"]}},
        },
    }


def _edge() -> dict[str, str]:
    return {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": EDGE_GATEWAY}
