"""Values of the gateways' charts (Envoy Gateway v1.8.1, Envoy AI Gateway v1.0.0), as plain data."""

from typing import Any, Final

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import AI_GATEWAY, EDGE, EDGE_GATEWAY, ENVOY_GATEWAY
from components.gateway.rate_limit_store import StoreAddress

CONTROLLER: Final = "gateway.envoyproxy.io/gatewayclass-controller"
_XDS_MIB: Final = 64
"""What the two controllers send each other holds every route, cluster and listener of a gateway; both take 4 MiB by
default, and with more nothing new is published (``extensionManager.maxMessageSize``, ``controller.maxRecvMsgSize``)."""
_SMALL: Final = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_AI_PODS: Final = {"app.kubernetes.io/name": "ai-gateway-helm"}
_APART: Final = [
    {
        "weight": weight,
        "podAffinityTerm": {"topologyKey": key, "labelSelector": {"matchLabels": _AI_PODS}},
    }
    for key, weight in (("kubernetes.io/hostname", 100), ("topology.kubernetes.io/zone", 50))
]
"""Preferred, not required: with a zone away, the third replica still finds a machine."""
_RESTRICTED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def ai_gateway_values() -> dict[str, Any]:
    """Three controllers on three machines; without one that answers, no proxy of the edge is admitted.

    The chart writes ``failurePolicy: Fail`` and has no value for it, nor for a priority class (v1.0.0, read:
    2026-11-28), and a proxy of the edge without its processor could not serve. So its webhook is asked about the
    edge's pods only: those of the inner gateway and of the rate-limit service come up without it. The chart's own
    webhook certificate lasts a year and is never renewed, so cert-manager makes it.
    """
    return {
        "controller": {
            "replicaCount": 3,
            "resources": _SMALL,
            "securityContext": _RESTRICTED,
            **ON_SYSTEM_NODES,
            "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": _APART}},
            "mutatingWebhook": {
                "certManager": {"enable": True},
                "objectSelector": {
                    "matchLabels": {
                        "app.kubernetes.io/managed-by": "envoy-gateway",
                        "gateway.envoyproxy.io/owning-gateway-name": EDGE_GATEWAY,
                    }
                },
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": EDGE}},
            },
            # A text, or the chart would write it with an exponent.
            "maxRecvMsgSize": str(_XDS_MIB * 2**20),
            # A quota that cannot be counted must not be endless.
            "quotaRateLimitFailureModeDeny": True,
        },
        # Prompts are personal data: not even a debug log may hold them.
        "extProc": {"enableRedaction": True},
        "envoyGateway": {"namespace": ENVOY_GATEWAY},
    }


def controller_values(store: StoreAddress) -> dict[str, Any]:
    """Envoy Gateway, extended by the AI gateway, deploying proxies beside their Gateway object."""
    told = {"env": list(store.environment)} if store.environment else {}
    everything = {"includeAll": True}
    return {
        # The CRDs and this policy about them are objects of ours; two owners are refused.
        "crds": {"gatewayAPI": {"safeUpgradePolicy": {"enabled": False}}},
        "deployment": {
            "replicas": 2,
            "priorityClassName": PLATFORM_PRIORITY,
            "envoyGateway": {"resources": _SMALL},
            "pod": ON_SYSTEM_NODES,
        },
        "podDisruptionBudget": {"minAvailable": 1},
        "certgen": {"job": {"resources": _SMALL, **ON_SYSTEM_NODES}},
        "config": {
            "envoyGateway": {
                "gateway": {"controllerName": CONTROLLER},
                "provider": {
                    "type": "Kubernetes",
                    "kubernetes": {
                        # Proxies run in their Gateway's namespace under its name: a flow can name them.
                        "deploy": {"type": "GatewayNamespace"},
                        "rateLimitDeployment": {
                            "replicas": 2,
                            "container": {"resources": _SMALL, **told},
                            "pod": {**ON_SYSTEM_NODES, "priorityClassName": PLATFORM_PRIORITY},
                        },
                        "rateLimitPDB": {"minAvailable": 1},
                    },
                },
                # Backends are what AIServiceBackends point at; patches of Envoy's raw configuration stay off.
                "extensionApis": {"enableBackend": True, "enableEnvoyPatchPolicy": False},
                "extensionManager": {
                    "maxMessageSize": f"{_XDS_MIB}Mi",
                    "backendResources": [
                        {"group": "inference.networking.k8s.io", "kind": "InferencePool", "version": "v1"}
                    ],
                    "hooks": {
                        "xdsTranslator": {
                            "translation": dict.fromkeys(
                                ("listener", "route", "cluster", "secret"), everything
                            ),
                            "post": ["Translation", "Cluster", "Route"],
                        }
                    },
                    "service": {
                        "fqdn": {
                            "hostname": f"ai-gateway-controller.{AI_GATEWAY}.svc.cluster.local",
                            "port": 1063,
                        }
                    },
                },
                "rateLimit": {
                    "backend": {
                        "type": "Redis",
                        "redis": {"url": store.url},
                    },
                    # A counter that cannot be asked must not let everything through.
                    "failClosed": True,
                    # The default of 20 ms is less than the first call of a fresh proxy takes (name, TCP, mTLS), and
                    # a call that is late is a 500: one for each new replica.
                    "timeout": "500ms",
                },
            }
        },
    }
