"""Every dashboard, and the file and object it becomes."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from components.foundation.well_known import OBSERVABILITY
from components.observability.dashboards.agents import AGENTS
from components.observability.dashboards.control_plane import CONTROL_PLANE
from components.observability.dashboards.mesh import MESH
from components.observability.dashboards.models import FLEET, RELEASE
from components.observability.dashboards.platform import DATA_PLANE, MACHINES
from components.observability.dashboards.security import SECURITY

PAGES: Final = (FLEET, RELEASE, AGENTS, DATA_PLANE, CONTROL_PLANE, MACHINES, MESH, SECURITY)
FOLDER: Final = Path(__file__).parent
"""Beside this file stands each page as Grafana reads it; ``make dashboards`` makes them."""


@cache
def config_maps() -> dict[str, dict[str, Any]]:
    """One ConfigMap a page, which Grafana's sidecar loads for its label (kube-prometheus-stack's default)."""
    return {
        page.name: {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"dashboard-{page.name}",
                "namespace": OBSERVABILITY,
                "labels": {"grafana_dashboard": "1"},
            },
            "data": {f"{page.name}.json": (FOLDER / f"{page.name}.json").read_text(encoding="utf-8")},
        }
        for page in PAGES
    }
