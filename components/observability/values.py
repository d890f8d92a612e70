"""Names that parts of observability share, and the values of the GPU exporter's chart (dcgm-exporter 4.8, 2026-11)."""

from typing import Any, Final

from components.foundation.well_known import GPU_TAINT, OBSERVABILITY

READ_THE_NODE: Final = "agents read the logs and devices of each node"
"""Why the namespace is privileged."""
COLLECTOR: Final = "otel-collector"
COLLECTOR_PODS: Final = {"app.kubernetes.io/name": "opentelemetry-collector"}
NODE_COLLECTOR: Final = "otel-node-collector"
OTLP_PORT: Final = 4317
OTLP_ENDPOINT: Final = f"http://{COLLECTOR}.{OBSERVABILITY}.svc.cluster.local:{OTLP_PORT}"
DERIVED_METRICS_PORT: Final = 8889
PROMETHEUS_ACCOUNT: Final = "kube-prometheus-stack-prometheus"
"""The chart names it after the release."""
ALERTMANAGER_ACCOUNT: Final = "kube-prometheus-stack-alertmanager"
ALERTMANAGER_PODS: Final = {"app.kubernetes.io/name": "alertmanager"}
"""As Prometheus' own."""
PROMETHEUS_PODS: Final = {"app.kubernetes.io/name": "prometheus"}
"""What the operator calls its pods (``statefulset_test.go``, prometheus-operator v0.93.0)."""

IN_MESH: Final = {"istio.io/dataplane-mode": "ambient"}
"""Label of a pod that joins the mesh alone: only what meets workloads has to."""

_GPU_NODES: Final = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "karpenter.k8s.aws/instance-gpu-manufacturer", "operator": "Exists"}
                    ]
                }
            ]
        }
    }
}
"""Karpenter labels every node it makes from a GPU instance type."""


def gpu_exporter() -> dict[str, Any]:
    """DCGM's exporter on every GPU node, and nowhere else. It needs one capability for profiling figures."""
    return {
        "tolerations": [{"key": GPU_TAINT, "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": _GPU_NODES,
        # Ours stands among the other monitors.
        "serviceMonitor": {"enabled": False},
        "resources": {
            "requests": {"cpu": "50m", "memory": "256Mi"},
            "limits": {"cpu": "500m", "memory": "1Gi"},
        },
    }
