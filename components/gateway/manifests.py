"""The objects of both gateway tiers, as plain data (fields: Gateway API v1.5.1, Envoy Gateway v1.8.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE, MODELS
from components.gateway.access import CALLER_HEADER
from components.gateway.load_balancers import NETWORK_CLASS
from components.gateway.values import CONTROLLER
from facts.pins import images

CLASS: Final = "envoy"
EDGE_SECRET: Final = "edge-certificate"  # noqa: S105 the name of a secret, not one
_AI_HEADERS: Final = ("x-ai-eg-model", "x-ai-eg-original-path", "x-ai-eg-internal-req-id")
"""The AI gateway's notes to itself (its internalapi, v1.0.0): which model, which path, which request."""
LARGEST_REQUEST: Final = "16Mi"
"""What Envoy holds of one request: the AI gateway reads the whole body to find the model's name."""


def gateway_class() -> dict[str, Any]:
    """One class; what differs between the tiers stands in their EnvoyProxy."""
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": CLASS},
        "spec": {"controllerName": CONTROLLER},
    }


def proxy(name: str, namespace: str, *, service: Mapping[str, Any], replicas: int) -> dict[str, Any]:
    """How Envoy Gateway deploys one tier's proxies: one service account named for the gateway, spread over zones.

    The containers' security context is Envoy Gateway's own: no privilege, no capability, a read-only root.
    """
    labels = {"gateway.envoyproxy.io/owning-gateway-name": name}
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
                        "pod": {
                            "priorityClassName": PLATFORM_PRIORITY,
                            **ON_SYSTEM_NODES,
                            "topologySpreadConstraints": [
                                {
                                    "maxSkew": 1,
                                    "topologyKey": "topology.kubernetes.io/zone",
                                    "whenUnsatisfiable": "ScheduleAnyway",
                                    "labelSelector": {"matchLabels": labels},
                                }
                            ],
                        },
                        "container": {
                            # Envoy Gateway's own choice, said so that a registry of ours can bring it.
                            "image": images()["envoy"].reference,
                            "resources": {
                                "requests": {"cpu": "500m", "memory": "512Mi"},
                                "limits": {"cpu": "2", "memory": "1Gi"},
                            },
                        },
                    },
                },
            },
            "telemetry": {"accessLog": access_log()},
            # A stream that is being answered is finished before its proxy goes.
            "shutdown": {"drainTimeout": "300s", "minDrainDuration": "15s"},
        },
    }


def access_log() -> dict[str, Any]:
    """A line of JSON for each request: found again by its trace and its id; of content and callers it says nothing.

    Envoy Gateway's own format has the path with its query, the caller's address and program.
    """
    json = {
        "start_time": "%START_TIME%",
        "method": "%REQ(:METHOD)%",
        "protocol": "%PROTOCOL%",
        "route_name": "%ROUTE_NAME%",
        "response_code": "%RESPONSE_CODE%",
        "response_flags": "%RESPONSE_FLAGS%",
        "response_code_details": "%RESPONSE_CODE_DETAILS%",
        "duration_ms": "%DURATION%",
        "upstream_ms": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
        "upstream_cluster": "%UPSTREAM_CLUSTER%",
        "bytes_received": "%BYTES_RECEIVED%",
        "bytes_sent": "%BYTES_SENT%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "traceparent": "%REQ(TRACEPARENT)%",
    }
    sink = {"type": "File", "file": {"path": "/dev/stdout"}}
    return {"settings": [{"format": {"type": "JSON", "json": json}, "sinks": [sink]}]}


def edge_service(exposure: Literal["internal", "public"], callers: Sequence[str]) -> dict[str, Any]:
    """A network load balancer, internal unless asked otherwise, that names who may reach it.

    By its class it is the load balancer controller's, which sends connections to the proxies' own addresses: no port
    is opened on any node. The caller's address is kept, by which the mesh and the network decide.
    """
    note = "service.beta.kubernetes.io/aws-load-balancer"
    return {
        "type": "LoadBalancer",
        "loadBalancerClass": NETWORK_CLASS,
        "annotations": {
            f"{note}-scheme": "internal" if exposure == "internal" else "internet-facing",
            f"{note}-nlb-target-type": "ip",
            # A zone whose one proxy goes is served by the others.
            f"{note}-attributes": "load_balancing.cross_zone.enabled=true",
            f"{note}-target-group-attributes": "preserve_client_ip.enabled=true",
        },
        "allocateLoadBalancerNodePorts": False,
        "externalTrafficPolicy": "Cluster",
        "loadBalancerSourceRanges": list(callers),
    }


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
        "metadata": {
            "name": EDGE_GATEWAY,
            "namespace": EDGE,
            "annotations": {"aigateway.envoyproxy.io/gateway-config": EDGE_GATEWAY},
        },
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


def processor_config() -> dict[str, Any]:
    """What the AI gateway's processor beside each Envoy of the edge may use; without it, it has no request at all."""
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "GatewayConfig",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {
            "extProc": {
                "kubernetes": {
                    "resources": {
                        "requests": {"cpu": "250m", "memory": "256Mi"},
                        "limits": {"cpu": "1", "memory": "512Mi"},
                    }
                }
            }
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


def edge_transport_policy() -> dict[str, Any]:
    """Nothing below TLS 1.2; nobody but the edge names the caller or the model; slow senders are cut off."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "ClientTrafficPolicy",
        "metadata": {"name": EDGE_GATEWAY, "namespace": EDGE},
        "spec": {
            "targetRefs": [_gateway(EDGE_GATEWAY)],
            "tls": {"minVersion": "1.2", "alpnProtocols": ["h2", "http/1.1"]},
            "headers": {"earlyRequestHeaders": {"remove": [CALLER_HEADER, *_AI_HEADERS]}},
            "timeout": {"http": {"requestReceivedTimeout": "60s", "idleTimeout": "600s"}},
            "connection": {"bufferLimit": LARGEST_REQUEST},
            # The load balancer forgets a connection that is silent for 350 s; an answer may take longer to begin.
            "tcpKeepalive": {"idleTime": "120s", "interval": "60s", "probes": 3},
        },
    }


def inner_transport_policy() -> dict[str, Any]:
    """The same largest request as at the edge: what passed there must not fail here."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "ClientTrafficPolicy",
        "metadata": {"name": INNER_GATEWAY, "namespace": KSERVE},
        "spec": {
            "targetRefs": [_gateway(INNER_GATEWAY)],
            "connection": {"bufferLimit": LARGEST_REQUEST},
        },
    }


def _gateway(name: str) -> dict[str, str]:
    return {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": name}
