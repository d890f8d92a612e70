"""What Prometheus scrapes of what we run, as plain data (fields: prometheus-operator v0.93.0)."""

from dataclasses import dataclass, field
from typing import Any, Final

from components.foundation.well_known import (
    AI_GATEWAY,
    CERT_MANAGER,
    EDGE,
    ENVOY_GATEWAY,
    ISTIO_SYSTEM,
    KARPENTER,
    KEDA,
    KSERVE,
    LOAD_BALANCERS,
    MODEL_METRICS,
    MODEL_POD,
    MODELS,
    OBSERVABILITY,
)


@dataclass(frozen=True, kw_only=True)
class Scraped:
    """Services or pods with metrics: where, which, and behind which named ports (port to path)."""

    namespaces: tuple[str, ...]
    labels: dict[str, str]
    ports: dict[str, str] = field(default_factory=lambda: {"metrics": "/metrics"})
    most_series: int = 20_000
    """Of one target at one port. Beyond it Prometheus drops the whole scrape, and an alert of the chart's says so
    (``PrometheusScrapeSampleLimitHit``): a label that grows with what callers send ends here, not in a full disk."""
    pod_labels: tuple[str, ...] = ()
    """Labels of the pods that become labels of their series (``slipway.dev/version`` as ``slipway_dev_version``)."""


_MOST_LABELS: Final = 64
"""Of one series; the most that any here has is below 30."""


def _named(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name}


SERVICES: Final[dict[str, Scraped]] = {
    "karpenter": Scraped(
        namespaces=(KARPENTER,), labels=_named("karpenter"), ports={"http-metrics": "/metrics"}
    ),
    "cert-manager": Scraped(
        namespaces=(CERT_MANAGER,),
        labels=_named("cert-manager"),
        ports={"tcp-prometheus-servicemonitor": "/metrics"},
    ),
    "istiod": Scraped(
        namespaces=(ISTIO_SYSTEM,), labels={"app": "istiod"}, ports={"http-monitoring": "/metrics"}
    ),
    "keda": Scraped(namespaces=(KEDA,), labels=_named("keda-operator")),
    "envoy-gateway": Scraped(namespaces=(ENVOY_GATEWAY,), labels={"control-plane": "envoy-gateway"}),
    "ai-gateway": Scraped(
        namespaces=(AI_GATEWAY,), labels=_named("ai-gateway-helm"), ports={"http-metrics": "/metrics"}
    ),
    "dcgm-exporter": Scraped(namespaces=(OBSERVABILITY,), labels=_named("dcgm-exporter")),
    "otel-collector": Scraped(
        namespaces=(OBSERVABILITY,),
        labels=_named("opentelemetry-collector"),
        ports={"metrics": "/metrics", "derived-metrics": "/metrics"},
    ),
}

PODS: Final[dict[str, Scraped]] = {
    "ztunnel": Scraped(
        namespaces=(ISTIO_SYSTEM,), labels={"app": "ztunnel"}, ports={"ztunnel-stats": "/metrics"}
    ),
    "gateways": Scraped(
        namespaces=(EDGE, KSERVE),
        labels={**_named("envoy"), "app.kubernetes.io/managed-by": "envoy-gateway"},
        # Envoy's own figures, and the AI gateway's tokens and latencies where it runs beside.
        ports={"metrics": "/stats/prometheus", "aigw-admin": "/metrics"},
        # Envoy has about 300 a cluster, and a cluster for each version of each model.
        most_series=100_000,
    ),
    "load-balancers": Scraped(
        namespaces=(LOAD_BALANCERS,),
        labels=_named("aws-load-balancer-controller"),
        ports={"metrics-server": "/metrics"},
    ),
    "models": Scraped(
        namespaces=(MODELS,),
        labels={MODEL_POD: "model"},
        ports={MODEL_METRICS: "/metrics"},
        # Engines name the model at most; by this a canary is told from the stable version.
        pod_labels=("slipway.dev/model", "slipway.dev/version"),
    ),
}
"""What has no service of its own for it: the mesh's node proxies, the gateways' proxies, the load balancers'
controller and the models."""


def service_monitors() -> dict[str, dict[str, Any]]:
    """One a service."""
    return {name: _monitor("ServiceMonitor", "endpoints", name, what) for name, what in SERVICES.items()}


def pod_monitors() -> dict[str, dict[str, Any]]:
    """One a kind of pod."""
    return {name: _monitor("PodMonitor", "podMetricsEndpoints", name, what) for name, what in PODS.items()}


def _monitor(kind: str, endpoints: str, name: str, scraped: Scraped) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": OBSERVABILITY},
        "spec": {
            "namespaceSelector": {"matchNames": list(scraped.namespaces)},
            "selector": {"matchLabels": dict(scraped.labels)},
            **({"podTargetLabels": list(scraped.pod_labels)} if scraped.pod_labels else {}),
            "sampleLimit": scraped.most_series,
            "labelLimit": _MOST_LABELS,
            endpoints: [
                {"port": port, "path": path, "interval": "30s", "scrapeTimeout": "10s"}
                for port, path in scraped.ports.items()
            ],
        },
    }
