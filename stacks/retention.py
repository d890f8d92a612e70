"""How long a platform keeps what it records, and what of it nobody can change: from its sections, as they stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from components.foundation.lifecycle import Lifecycle
from components.network.network import NetworkSettings
from components.observability.telemetry import TelemetrySettings
from components.storage.model_store import ModelStoreSettings, payload_lives


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One kind of what is kept; ``days`` is 0 where nothing ends it."""

    what: str
    days: int
    where: str
    protection: str


def kept_by(settings_of: Callable[[str], Any], lifecycle: Lifecycle) -> Iterator[Kept]:
    """Everything a platform keeps.

    Args:
        settings_of: what the owner of a section says in it; None where there is none.
        lifecycle: whether the platform is durable.
    """
    store: ModelStoreSettings | None = settings_of("model_store")
    if store is not None:
        yield from _store(store, lifecycle, has_trail=settings_of("audit_trail") is not None)
    network: NetworkSettings | None = settings_of("network")
    if network is not None and network.existing is None:
        place = "bucket of flow logs" if network.flow_logs == "s3" else "CloudWatch Logs"
        yield Kept(
            what="flow logs of the network",
            days=network.flow_log_retention_days,
            where=place,
            protection="can be deleted by who may",
        )
    cluster = settings_of("cluster")
    if cluster is not None and cluster.existing is None:
        days = lifecycle.log_days(cluster.log_retention_days)
        yield Kept(
            what="logs of the control plane",
            days=days,
            where="CloudWatch Logs",
            protection="can be deleted by who may",
        )
    telemetry: TelemetrySettings | None = settings_of("telemetry")
    if telemetry is not None:
        days = lifecycle.log_days(telemetry.log_retention_days)
        yield Kept(
            what="logs of pods", days=days, where="CloudWatch Logs", protection="can be deleted by who may"
        )
        metrics = telemetry.metric_retention_days
        yield Kept(
            what="metrics",
            days=metrics,
            where="Prometheus in the cluster",
            protection="none: gone with its disk",
        )


def _store(store: ModelStoreSettings, lifecycle: Lifecycle, *, has_trail: bool) -> Iterator[Kept]:
    locked = lifecycle.lock_days(store.lock_days)
    lock = (
        "immutable for all but who may bypass governance: S3 Object Lock, every version"
        if locked
        else "none: a disposable platform locks nothing"
    )
    yield Kept(what="files of models", days=locked or 0, where="bucket of models", protection=lock)
    for data_class, days in payload_lives(store.payload_retention).items():
        said = "none, on purpose: a person's data can be erased"
        yield Kept(
            what=f"payloads of class {data_class}", days=days, where="bucket of payloads", protection=said
        )
    days, logs = store.log_retention_days, "bucket of logs"
    yield Kept(what="access logs of buckets", days=days, where=logs, protection="can be deleted by who may")
    if has_trail:
        said = "a change is seen: CloudTrail signs digests of its files; a deletion is not prevented"
        yield Kept(what="audit trail of the account", days=days, where=logs, protection=said)
