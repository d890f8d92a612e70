"""What Prometheus scrapes and Alertmanager tells: the generated rules of the record, scaled, on loopback. Pure."""

from typing import Any

from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups
from releases.release import Release
from tools.local.layout import HOST, Ports
from tools.local.scale import scaled


def rules(release: Release) -> dict[str, Any]:
    """The rules that a stack's PrometheusRule of this release holds (components/models/objectives.py), scaled.

    Raises:
        ValueError: the release promises nothing.
    """
    if release.slo is None:
        raise ValueError(f"{release.model}/{release.version} promises nothing: slo is absent")
    promise = Promise(
        model=release.model,
        release=f"{release.model}-{release.version}",
        owner=release.owner,
        slo=release.slo,
    )
    made = groups(promise, {o.name: measured(release.model, o) for o in release.slo.objectives})
    return {"groups": scaled(made)}


def prometheus(ports: Ports) -> dict[str, Any]:
    """Scraped each second, with the labels that the stacks' own jobs give."""

    def job(name: str, path: str, namespace: str, targets: dict[int, dict[str, str]]) -> dict[str, Any]:
        return {
            "job_name": name,
            "metrics_path": path,
            "static_configs": [
                {"targets": [f"{HOST}:{port}"], "labels": {"namespace": namespace, **labels}}
                for port, labels in targets.items()
            ],
        }

    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{ports.alertmanager}"]}]}]},
        "scrape_configs": [
            job("gateways", "/stats/prometheus", "edge", {ports.gateway_admin: {}}),
            job("models", "/metrics", "models", {ports.v1: {"version": "v1"}, ports.v2: {"version": "v2"}}),
        ],
    }


def alertmanager(ports: Ports) -> dict[str, Any]:
    """Every alert goes to the worker, at once, and again while it fires: what was missed is said again."""
    return {
        "route": {
            "receiver": "loops",
            "group_by": ["alertname", "model"],
            "group_wait": "1s",
            "group_interval": "5s",
            "repeat_interval": "30s",
        },
        "receivers": [
            {
                "name": "loops",
                "webhook_configs": [{"url": f"http://{HOST}:{ports.alerts}/alerts", "send_resolved": True}],
            }
        ],
    }
