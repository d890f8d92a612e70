"""Whom workers may call, and who may call the door for alerts: everything else is refused by the namespace."""

from collections.abc import Sequence
from typing import Any, Final

from components.foundation.well_known import LOOPS, OBSERVABILITY
from components.gateway.flows import PROMETHEUS
from components.loops.engine_flows import worker_to_engine
from components.loops.kinds import KINDS, RECEIVER, labels
from components.loops.worker_manifests import DOOR_PORT, METRICS_PORT
from components.mesh.flow import Flow, Peer, egress, egress_to_addresses
from components.observability.values import ALERTMANAGER_ACCOUNT, ALERTMANAGER_PODS, PROMETHEUS_PODS

_HTTPS: Final = 443
_ALL: Final = Peer(namespace=LOOPS, labels=labels())


def worker_flows(*, engine_is_here: bool) -> list[Flow]:
    """Ways in: of each kind to the engine in the cluster, of Alertmanager to the door, of Prometheus to workers."""
    alerts = Flow(
        name="alerts-to-receiver",
        sources=[
            Peer(namespace=OBSERVABILITY, service_account=ALERTMANAGER_ACCOUNT, labels=ALERTMANAGER_PODS)
        ],
        target=Peer(namespace=LOOPS, labels=labels(RECEIVER)),
        port=DOOR_PORT,
        reason="alerts about a model begin the run that looks into it",
    )
    metrics = [
        Flow(
            name=f"{kind}-metrics",
            sources=[PROMETHEUS],
            target=Peer(namespace=LOOPS, labels=labels(kind)),
            port=METRICS_PORT,
            reason="metrics",
        )
        for kind in KINDS
        if kind != RECEIVER
    ]
    return [alerts, *metrics, *([worker_to_engine(kind) for kind in KINDS] if engine_is_here else [])]


def ways_out(
    api_server_range: str, repository_ranges: Sequence[str], engine_ranges: Sequence[str], engine_port: int
) -> dict[str, dict[str, Any]]:
    """Ways out that are no part of the mesh, or lead to what asks nobody who calls."""
    prometheus = Peer(namespace=OBSERVABILITY, labels=PROMETHEUS_PODS)
    ways = {
        "prometheus": egress(
            "loops-to-prometheus-egress", _ALL, prometheus, "figures of versions decide on their shares"
        ),
        "api-server": egress_to_addresses(
            "loops-to-api-server-egress", _ALL, [api_server_range], _HTTPS, "shares are weights of routes"
        ),
        "repository": egress_to_addresses(
            "loops-to-repository-egress",
            _ALL,
            repository_ranges,
            _HTTPS,
            "records are read and events appended there",
        ),
    }
    if engine_ranges:
        ways["engine"] = egress_to_addresses(
            "loops-to-engine-egress",
            _ALL,
            engine_ranges,
            engine_port,
            "runs are kept by the organisation's engine",
        )
    return ways
