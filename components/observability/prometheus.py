"""Values of kube-prometheus-stack: Prometheus, Alertmanager and, where asked, Grafana."""

from typing import Any, Final

from components.foundation.system_home import ON_SYSTEM_NODES
from components.observability.alerting import AlertingSettings, alertmanager_config
from components.observability.values import IN_MESH

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


def _grafana(admin_secret: str | None) -> dict[str, Any]:
    """Only with a password somebody chose: the chart's own one is published."""
    if admin_secret is None:
        return {"enabled": False}
    return {
        "enabled": True,
        "admin": {"existingSecret": admin_secret, "userKey": "admin-user", "passwordKey": "admin-password"},
        "grafana.ini": {
            "auth.anonymous": {"enabled": False},
            "users": {"allow_sign_up": False},
            "security": {"cookie_secure": True},
            "analytics": {"reporting_enabled": False, "check_for_updates": False},
        },
        "persistence": {"enabled": True, "size": "10Gi", "storageClassName": _GP3},
        # Prometheus answers only callers with an identity.
        "podLabels": IN_MESH,
        **ON_SYSTEM_NODES,
        "resources": _OPERATOR,
    }


def prometheus(
    *,
    retention_days: int,
    storage_gib: int,
    grafana_admin_secret: str | None,
    alerting: AlertingSettings | None = None,
) -> dict[str, Any]:
    """Two of each with disks of their own; it scrapes what our monitors name, in any namespace."""
    return {
        # The CRDs are objects of ours, which stay on delete.
        "crds": {"enabled": False},
        "grafana": _grafana(grafana_admin_secret),
        "alertmanager": {
            "config": alertmanager_config(alerting),
            "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
            "alertmanagerSpec": {
                "replicas": 2,
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
            },
        },
        "kube-state-metrics": {**ON_SYSTEM_NODES, "resources": _OPERATOR},
        # EKS runs these itself and lets nobody scrape them; their alerts would fire for ever.
        "kubeControllerManager": {"enabled": False},
        "kubeScheduler": {"enabled": False},
        "kubeEtcd": {"enabled": False},
        "defaultRules": {
            "rules": {
                "etcd": False,
                "kubeControllerManager": False,
                "kubeSchedulerAlerting": False,
                "kubeSchedulerRecording": False,
            }
        },
    }
