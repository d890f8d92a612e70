"""What wakes somebody about the loops: queues without workers, runs that failed; and what is scraped for it."""

from typing import Any, Final

from components.foundation.well_known import LOOPS, OBSERVABILITY, TEMPORAL
from components.loops.kinds import labels, meta
from components.loops.temporal_config import labels as engine_labels
from components.observability.platform_alerts import Alert

ALERTS: Final = (
    Alert(
        name="LoopsWithoutWorker",
        expression=(
            "sum by (taskqueue) (increase(no_poller_tasks"
            '{taskqueue=~"rollout|remedy|evaluation|drift|end-of-life"}[10m])) > 0'
        ),
        lasts="10m",
        severity="critical",
        plane="control",
        dashboard="control-plane",
        summary="Nobody works on a queue of the loops: shares stay as they are, and nothing is taken back",
    ),
    Alert(
        name="LoopRunFailed",
        expression="sum by (exported_namespace) (increase(workflow_failed[1h]) or increase(workflow_timeout[1h])) > 0",
        lasts="1m",
        severity="warning",
        plane="control",
        dashboard="control-plane",
        summary="A run of the loops ended without a result; what it had done stands",
    ),
    Alert(
        name="LoopsDatabaseFails",
        expression="sum(rate(persistence_errors[5m])) > 1",
        lasts="10m",
        severity="critical",
        plane="control",
        dashboard="control-plane",
        summary="The loops' engine cannot keep runs: its database refuses or does not answer",
    ),
)


def loops_rules() -> dict[str, Any]:
    """The alerts as one object."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": meta("slipway-loops", OBSERVABILITY),
        "spec": {"groups": [{"name": "slipway-loops", "rules": [alert.rule() for alert in ALERTS]}]},
    }


def pod_monitors() -> dict[str, dict[str, Any]]:
    """Prometheus asks every pod of an engine in the cluster, and every worker."""
    return {
        "monitor": _monitor("temporal", TEMPORAL, engine_labels()),
        "workers-monitor": _monitor("loops", LOOPS, labels()),
    }


def _monitor(name: str, namespace: str, selected: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": meta(name, OBSERVABILITY),
        "spec": {
            "namespaceSelector": {"matchNames": [namespace]},
            "selector": {"matchLabels": selected},
            "sampleLimit": 20_000,
            "labelLimit": 64,
            "podMetricsEndpoints": [
                {"port": "metrics", "path": "/metrics", "interval": "30s", "scrapeTimeout": "10s"}
            ],
        },
    }
