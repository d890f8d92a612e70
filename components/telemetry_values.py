"""Values of the observability charts."""

from typing import Any, Final

from components.namespaces import GPU_TAINT, OBSERVABILITY

COLLECTOR: Final = "otel-collector"
OTLP_ENDPOINT: Final = f"http://{COLLECTOR}.{OBSERVABILITY}.svc.cluster.local:4317"
SYSTEM_NODES: Final = {"slipway.dev/pool": "system"}
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
_SMALL: Final = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_RESTRICTED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def collector(region: str, log_group: str) -> dict[str, Any]:
    """One deployment that takes OTLP and writes logs and traces to one CloudWatch log group."""
    exporter = {"region": region, "log_group_name": log_group, "log_stream_name": "collector"}
    pipeline = {"receivers": ["otlp"], "processors": ["memory_limiter", "batch"]}
    return {
        "mode": "deployment",
        "fullnameOverride": COLLECTOR,
        "replicaCount": 2,
        "image": {"repository": "otel/opentelemetry-collector-contrib"},
        "serviceAccount": {"create": True, "name": COLLECTOR},
        "nodeSelector": SYSTEM_NODES,
        "resources": _SMALL,
        "securityContext": _RESTRICTED,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "config": {
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": "${env:MY_POD_IP}:4317"}}}},
            "processors": {"memory_limiter": {"check_interval": "1s", "limit_percentage": 80}, "batch": {}},
            "exporters": {"awscloudwatchlogs": exporter},
            "service": {
                "pipelines": {
                    kind: {**pipeline, "exporters": ["awscloudwatchlogs"]} for kind in ("logs", "traces")
                }
            },
        },
    }


def prometheus(retention_days: int, storage_gib: int) -> dict[str, Any]:
    """Prometheus and Alertmanager with disks of their own; it scrapes what our monitors name, in any namespace."""
    disk = {
        "volumeClaimTemplate": {
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{storage_gib}Gi"}},
            }
        }
    }
    return {
        "crds": {"enabled": True},
        "grafana": {
            "enabled": True,
            "grafana.ini": {"auth.anonymous": {"enabled": False}},
            "nodeSelector": SYSTEM_NODES,
        },
        "alertmanager": {
            "alertmanagerSpec": {"replicas": 2, "storage": disk, "nodeSelector": SYSTEM_NODES},
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        },
        "prometheus": {
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "prometheusSpec": {
                "replicas": 2,
                "retention": f"{retention_days}d",
                "storageSpec": disk,
                "nodeSelector": SYSTEM_NODES,
                "resources": {
                    "requests": {"cpu": "500m", "memory": "4Gi"},
                    "limits": {"cpu": "4", "memory": "8Gi"},
                },
                # Our monitors carry no release label; without this they would be ignored silently.
                "serviceMonitorSelectorNilUsesHelmValues": False,
                "podMonitorSelectorNilUsesHelmValues": False,
                "ruleSelectorNilUsesHelmValues": False,
            },
        },
        # EKS runs these itself and lets nobody scrape them.
        "kubeControllerManager": {"enabled": False},
        "kubeScheduler": {"enabled": False},
        "kubeEtcd": {"enabled": False},
    }


def gpu_exporter() -> dict[str, Any]:
    """DCGM's exporter on every GPU node, and nowhere else."""
    return {
        "tolerations": [{"key": GPU_TAINT, "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": _GPU_NODES,
        "serviceMonitor": {"enabled": False},
        "resources": {
            "requests": {"cpu": "50m", "memory": "256Mi"},
            "limits": {"cpu": "500m", "memory": "1Gi"},
        },
    }
