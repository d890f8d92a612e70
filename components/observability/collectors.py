"""Values of the collectors' charts: one pod a node that reads logs, two pods that everything else is sent to. Pure.

Each redacts what it sends on (:mod:`components.observability.redaction`), so that a node's lines leave it redacted.
Field names were read in the values of opentelemetry-collector 0.158 (2026-11). The gate does not render the chart.
"""

from typing import Any, Final

from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import MODELS, OBSERVABILITY
from components.observability.redaction import CLASS, PARSE, REDACTION, SPANS, processors
from components.observability.values import (
    COLLECTOR,
    DERIVED_METRICS_PORT,
    IN_MESH,
    NODE_COLLECTOR,
    OTLP_PORT,
)

_SMALL: Final = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
_RESTRICTED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_NODE_READER: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    # The kubelet writes container logs for root alone; without a capability root reads them and no more.
    "runAsUser": 0,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_PROCESSORS: Final = {
    # First in every pipeline: refuses before the pod is killed.
    "memory_limiter": {"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 20},
    "batch": {},
}
_CHARTS_PORTS: Final = ("otlp", "otlp-http", "jaeger-compact", "jaeger-thrift", "jaeger-grpc", "zipkin")
"""Ports that the collector's chart opens by itself; in a daemon set on every node's own address too."""
_DISTRIBUTION: Final = {"repository": "otel/opentelemetry-collector-contrib"}
"""The one that carries the CloudWatch exporter."""


def collector(region: str, log_groups: dict[str, str]) -> dict[str, Any]:
    """Two pods that take OTLP: logs go to CloudWatch, traces become request metrics, metrics to Prometheus.

    Records of the node collectors go to ``log_groups["containers"]``, all others to ``["applications"]``. Spans
    are counted and dropped: they may hold prompts, and nothing here keeps them.
    """
    exporters: dict[str, Any] = {
        f"awscloudwatchlogs/{kind}": {
            "region": region,
            "log_group_name": group,
            "log_stream_name": "collector",
            "raw_log": False,
        }
        for kind, group in log_groups.items()
    }
    exporters["prometheus"] = {"endpoint": f"${{env:MY_POD_IP}}:{DERIVED_METRICS_PORT}"}
    return {
        "mode": "deployment",
        "fullnameOverride": COLLECTOR,
        "replicaCount": 2,
        "image": _DISTRIBUTION,
        "serviceAccount": {"create": True, "name": COLLECTOR},
        "podLabels": IN_MESH,
        **ON_SYSTEM_NODES,
        "resources": _SMALL,
        "securityContext": _RESTRICTED,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "ports": {
            **{unused: {"enabled": False} for unused in _CHARTS_PORTS if unused != "otlp"},
            "metrics": {"enabled": True},
            "derived-metrics": {
                "enabled": True,
                "containerPort": DERIVED_METRICS_PORT,
                "servicePort": DERIVED_METRICS_PORT,
                "protocol": "TCP",
            },
        },
        "config": {
            "receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f"${{env:MY_POD_IP}}:{OTLP_PORT}"}}}},
            "processors": {**_PROCESSORS, **processors(MODELS)},
            "connectors": {
                "spanmetrics": {
                    "histogram": {"explicit": {"buckets": ["100ms", "500ms", "1s", "5s", "30s", "120s"]}}
                },
                "routing": {
                    "default_pipelines": ["logs/applications"],
                    "table": [
                        {
                            "context": "resource",
                            "condition": f'attributes["slipway.source"] == "{NODE_COLLECTOR}"',
                            "pipelines": ["logs/containers"],
                        }
                    ],
                },
            },
            "exporters": exporters,
            "service": {
                "pipelines": {
                    "logs": {
                        "receivers": ["otlp"],
                        "processors": ["memory_limiter", PARSE, REDACTION],
                        "exporters": ["routing"],
                    },
                    **{
                        f"logs/{kind}": {
                            "receivers": ["routing"],
                            "processors": ["batch"],
                            "exporters": [f"awscloudwatchlogs/{kind}"],
                        }
                        for kind in log_groups
                    },
                    "traces": {
                        "receivers": ["otlp"],
                        "processors": ["memory_limiter", SPANS, REDACTION, "batch"],
                        "exporters": ["spanmetrics"],
                    },
                    "metrics": {
                        "receivers": ["otlp", "spanmetrics"],
                        "processors": ["memory_limiter", REDACTION, "batch"],
                        "exporters": ["prometheus"],
                    },
                }
            },
        },
    }


def node_collector() -> dict[str, Any]:
    """One pod a node, GPU nodes too, that reads container logs and hands them to the collector.

    It takes nothing from anybody: the chart's own configuration, with receivers for four protocols and ports of the
    node for each, is replaced whole. What it has read it notes on the node, so that a restart loses no line. What it
    hands on is redacted, and of models whose class is confidential or restricted no text leaves the node.
    """
    return {
        "mode": "daemonset",
        "fullnameOverride": NODE_COLLECTOR,
        "image": _DISTRIBUTION,
        "serviceAccount": {"create": True, "name": NODE_COLLECTOR},
        "podLabels": IN_MESH,
        "tolerations": [{"operator": "Exists"}],
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"cpu": "500m", "memory": "512Mi"},
        },
        "securityContext": _NODE_READER,
        "ports": {port: {"enabled": False} for port in _CHARTS_PORTS},
        "presets": {
            "logsCollection": {
                "enabled": True,
                # Its own lines would be read again for ever.
                "includeCollectorLogs": False,
                # In /var/lib/otelcol of the node. Without it lines between two starts are lost (start_at: end).
                "storeCheckpoints": True,
            },
            "kubernetesAttributes": {"enabled": True},
        },
        # Presets add their receiver, storage and processor to this as they would to the chart's own.
        "alternateConfig": {
            "extensions": {"health_check": {"endpoint": "${env:MY_POD_IP}:13133"}},
            "processors": {
                **_PROCESSORS,
                **{name: step for name, step in processors(MODELS).items() if name != SPANS},
                # The preset's own, which finds a line's pod; it adds what of the pod we ask for.
                "k8sattributes": {
                    "extract": {
                        "labels": [{"tag_name": CLASS, "key": "slipway.dev/data-class", "from": "pod"}]
                    }
                },
                "resource": {
                    "attributes": [{"key": "slipway.source", "value": NODE_COLLECTOR, "action": "upsert"}]
                },
            },
            # Plain to the mesh's own agent on the node, which encrypts it.
            "exporters": {
                "otlp": {
                    "endpoint": f"{COLLECTOR}.{OBSERVABILITY}.svc.cluster.local:{OTLP_PORT}",
                    "tls": {"insecure": True},
                }
            },
            "service": {
                "extensions": ["health_check"],
                "pipelines": {
                    "logs": {
                        "receivers": ["filelog"],
                        # The preset puts its own processor first.
                        "processors": ["memory_limiter", PARSE, REDACTION, "resource", "batch"],
                        "exporters": ["otlp"],
                    }
                },
            },
        },
    }
