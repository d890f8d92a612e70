"""Who may talk to the loops' engine: its own pods, workers by their kinds, Prometheus; and its way to the database."""

from collections.abc import Sequence
from typing import Any

from components.foundation.well_known import LOOPS, TEMPORAL
from components.gateway.flows import PROMETHEUS
from components.loops.database import PORT
from components.loops.kinds import KINDS
from components.loops.kinds import labels as worker_labels
from components.loops.temporal_config import MEMBERSHIP_PORT, METRICS_PORT, RPC_PORT, labels
from components.loops.temporal_manifests import ACCOUNT
from components.mesh.flow import Flow, Peer, egress_to_addresses

ENGINE = Peer(namespace=TEMPORAL, service_account=ACCOUNT, labels=labels())
FRONTEND = Peer(namespace=TEMPORAL, labels=labels("frontend"))


def engine_flows() -> list[Flow]:
    """Ways into the engine's pods; those of workers are declared with them, on the same port."""
    own = [
        Flow(
            name=f"temporal-{name}",
            sources=[ENGINE],
            target=Peer(namespace=TEMPORAL, labels=labels()),
            port=port,
            reason=reason,
            probe_ports=(RPC_PORT,),
        )
        for name, port, reason in (
            ("calls", RPC_PORT, "services of the engine call each other"),
            ("membership", MEMBERSHIP_PORT, "services of the engine learn who is there"),
        )
    ]
    metrics = Flow(
        name="temporal-metrics",
        sources=[PROMETHEUS],
        target=Peer(namespace=TEMPORAL, labels=labels()),
        port=METRICS_PORT,
        reason="metrics",
        probe_ports=(RPC_PORT,),
    )
    return [*own, metrics]


def worker_to_engine(kind: str) -> Flow:
    """What a worker of a kind asks the engine in the cluster for, and is told."""
    return Flow(
        name=f"{kind}-to-temporal",
        sources=[Peer(namespace=LOOPS, service_account=kind, labels=worker_labels(kind))],
        target=FRONTEND,
        port=RPC_PORT,
        reason=f"it takes {KINDS[kind].does} to the engine and says what came of them",
    )


def ways_to_the_database(addresses: Sequence[str]) -> dict[str, Any]:
    """The way out of the engine's pods to what keeps their state, which is no part of the mesh."""
    return egress_to_addresses(
        "temporal-to-database-egress",
        Peer(namespace=TEMPORAL, labels=labels()),
        addresses,
        PORT,
        "runs are kept in the database",
    )
