"""What Prometheus scrapes of what we run, as plain data (fields: prometheus-operator v0.85.0)."""

from typing import Any, Final

from components.namespaces import CERT_MANAGER, ISTIO_SYSTEM, KARPENTER, KEDA, KSERVE, MODELS, OBSERVABILITY

SERVICES: Final[dict[str, tuple[str, dict[str, str], str]]] = {
    "karpenter": (KARPENTER, {"app.kubernetes.io/name": "karpenter"}, "http-metrics"),
    "cert-manager": (CERT_MANAGER, {"app.kubernetes.io/name": "cert-manager"}, "http-metrics"),
    "istiod": (ISTIO_SYSTEM, {"app": "istiod"}, "http-monitoring"),
    "keda": (KEDA, {"app.kubernetes.io/name": "keda-operator"}, "metrics"),
    "dcgm-exporter": (OBSERVABILITY, {"app.kubernetes.io/name": "dcgm-exporter"}, "metrics"),
    "otel-collector": (OBSERVABILITY, {"app.kubernetes.io/name": "opentelemetry-collector"}, "metrics"),
}
"""Namespace, labels and port name of each service that has metrics."""


def service_monitors() -> dict[str, dict[str, Any]]:
    """One a service."""
    return {
        name: {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"name": name, "namespace": OBSERVABILITY},
            "spec": {
                "namespaceSelector": {"matchNames": [namespace]},
                "selector": {"matchLabels": labels},
                "endpoints": [{"port": port, "interval": "30s", "scrapeTimeout": "10s"}],
            },
        }
        for name, (namespace, labels, port) in SERVICES.items()
    }


def pod_monitors() -> dict[str, dict[str, Any]]:
    """What has no service of its own: the mesh's node proxies, the gateways' proxies and the models."""
    return {
        "ztunnel": _pods("ztunnel", ISTIO_SYSTEM, {"app": "ztunnel"}, "ztunnel-stats"),
        "gateways": _pods("gateways", KSERVE, {"app.kubernetes.io/name": "envoy"}, "metrics"),
        "models": _pods("models", MODELS, {"app.kubernetes.io/part-of": "slipway"}, "user-port"),
    }


def _pods(name: str, namespace: str, labels: dict[str, str], port: str) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": name, "namespace": OBSERVABILITY},
        "spec": {
            "namespaceSelector": {"matchNames": [namespace]},
            "selector": {"matchLabels": labels},
            "podMetricsEndpoints": [{"port": port, "interval": "30s", "scrapeTimeout": "10s"}],
        },
    }
