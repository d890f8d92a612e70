"""Values of kube-prometheus-stack: Prometheus, Alertmanager and, where asked, Grafana."""

from collections.abc import Mapping
from typing import Any, Final

from components.foundation.system_home import ON_SYSTEM_NODES
from components.observability.alerting import AlertingSettings, alertmanager_config
from components.observability.dashboards.panels import address
from components.observability.grafana import GrafanaSignIn, grafana
from components.observability.values import ALERTMANAGER_ACCOUNT, IN_MESH, PROMETHEUS_ACCOUNT

_GP3: Final = "gp3"
_OPERATOR: Final = {
    "requests": {"cpu": "100m", "memory": "256Mi"},
    "limits": {"cpu": "500m", "memory": "512Mi"},
}


def _disk(gib: int) -> dict[str, Any]:
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": _GP3,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{gib}Gi"}},
            }
        }
    }


def prometheus(
    *,
    retention_days: int,
    storage_gib: int,
    grafana_admin_secret: str | None,
    grafana_sign_in: GrafanaSignIn | None = None,
    alerting: AlertingSettings | None = None,
    topics: Mapping[str, str] | None = None,
    remote: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Two of each with disks of their own; it scrapes what our monitors name, in any namespace.

    Args:
        retention_days: how long each keeps what it scraped.
        storage_gib: the disk of each.
        grafana_admin_secret: the secret with Grafana's password; without it there is no Grafana.
        grafana_sign_in: by what people sign in to it; without it, by that password.
        alerting: whom alerts reach.
        topics: the ARN of each receiver that is a topic.
        remote: what Prometheus' spec says of a store that it writes to as well.
    """
    return {
        # The CRDs are objects of ours, which stay on delete.
        "crds": {"enabled": False},
        "grafana": grafana(grafana_admin_secret, grafana_sign_in),
        "alertmanager": {
            "config": alertmanager_config(alerting, topics),
            # By its name a role knows it.
            **({"serviceAccount": {"create": True, "name": ALERTMANAGER_ACCOUNT}} if topics else {}),
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "alertmanagerSpec": {
                "replicas": 2,
                # The loops' door answers only callers with an identity.
                **({"podMetadata": {"labels": IN_MESH}} if alerting and alerting.loops else {}),
                **({"secrets": alerting.secrets} if alerting else {}),
                "storage": _disk(10),
                **ON_SYSTEM_NODES,
                "resources": _OPERATOR,
            },
        },
        "prometheusOperator": {
            **ON_SYSTEM_NODES,
            "resources": _OPERATOR,
            "admissionWebhooks": {"patch": ON_SYSTEM_NODES},
        },
        "prometheus": {
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            **({"serviceAccount": {"create": True, "name": PROMETHEUS_ACCOUNT}} if remote else {}),
            "prometheusSpec": {
                "replicas": 2,
                # Workloads answer only callers with an identity.
                "podMetadata": {"labels": IN_MESH},
                "retention": f"{retention_days}d",
                # Deletes by size before the disk is full; a full disk ends Prometheus.
                "retentionSize": f"{storage_gib * 8 // 10}GiB",
                "storageSpec": _disk(storage_gib),
                **ON_SYSTEM_NODES,
                "resources": {
                    "requests": {"cpu": "500m", "memory": "4Gi"},
                    "limits": {"cpu": "4", "memory": "8Gi"},
                },
                # Our monitors carry no release label; without this they would be ignored silently.
                "serviceMonitorSelectorNilUsesHelmValues": False,
                "podMonitorSelectorNilUsesHelmValues": False,
                "ruleSelectorNilUsesHelmValues": False,
                "probeSelectorNilUsesHelmValues": False,
                **(remote or {}),
            },
        },
        "kube-state-metrics": {**ON_SYSTEM_NODES, "resources": _OPERATOR},
        # EKS runs these itself and lets nobody scrape them; their alerts would fire for ever.
        "kubeControllerManager": {"enabled": False},
        "kubeScheduler": {"enabled": False},
        "kubeEtcd": {"enabled": False},
        "defaultRules": {
            # The chart's own alerts say severity and runbook; with these they are routed, and looked at, as ours are.
            "additionalRuleLabels": {"owner": "platform", "plane": "control"},
            "additionalRuleAnnotations": {"dashboard": address("control-plane")},
            "rules": {
                "etcd": False,
                "kubeControllerManager": False,
                "kubeSchedulerAlerting": False,
                "kubeSchedulerRecording": False,
            },
        },
    }
