"""Where one stack file says two things that cannot both be meant."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from components.cluster.cluster import ClusterSettings
from components.foundation.well_known import SYSTEM_POOL
from components.loops.workers import LoopsSettings
from components.network.network import NetworkSettings
from components.observability.alerting import Sns
from facts.rds_authorities import authorities
from stacks.platform import PlatformSettings
from stacks.settings import StackSettings

_ARN: Final = re.compile(r"^arn:aws[a-z-]*:[a-z0-9-]+:(?P<region>[a-z0-9-]*):(?P<account>\d*):")


def contradictions(settings: StackSettings, raw: Mapping[str, Any]) -> Iterator[str]:
    """ARNs that name another account or region than the platform's, and pools that share a name."""
    yield from _pool_names(settings)
    yield from _registry(settings)
    yield from _public_edge(settings)
    yield from _engine(settings)
    yield from _alerts(settings)
    yield from _no_way_out(settings)
    for path, value in _strings(raw, ""):
        arn = _ARN.match(value)
        if arn is None:
            continue
        for part, mine in (("account", settings.platform.account), ("region", settings.platform.region)):
            if arn[part] and arn[part] != mine:
                yield f"{path}: names {part} {arn[part]}, but platform.{part} is {mine} (got {value!r})"


def _registry(settings: StackSettings) -> Iterator[str]:
    """A registry that nodes cannot reach, and nodes that reach no public one."""
    registry, network = settings.registry, settings.network
    region = settings.platform.region
    if registry is not None and (other := registry.wrong_region(region)):
        yield f"registry.host: lies in {other}; roles of this platform act in {region} only (got {registry.host!r})"
    if network is not None and network.exits == "none" and registry is None:
        yield "network.nat: nodes reach no public registry with 'none'; name a registry in this stack (got 'none')"


def _public_edge(settings: StackSettings) -> Iterator[str]:
    """A load balancer that is asked for where nobody named subnets for it."""
    network, gateway = settings.network, settings.gateway
    if network is None or gateway is None or network.ground.balancer_ranges[gateway.exposure]:
        return
    yield (
        f"gateway.exposure: no zone of network.existing names a public subnet for it (got {gateway.exposure!r})"
    )


def adopted(cluster: ClusterSettings | None, network: NetworkSettings | None, region: str) -> Iterator[str]:
    """A cluster that somebody else made, in a network or a region where it cannot be."""
    there = cluster.existing if cluster is not None else None
    if there is None:
        return
    if network is not None and network.existing is None:
        yield "cluster.existing: stands in a VPC that is there already; name it as network.existing"
    if f".{region}.eks." not in there.endpoint:
        yield f"cluster.existing.endpoint: should lie in platform.region {region} (got {there.endpoint!r})"


def _engine(settings: StackSettings) -> Iterator[str]:
    """An engine of our own whose database could not be told from somebody in between."""
    durable, region = settings.durable, settings.platform.region
    if durable is not None and durable.existing is None and region not in authorities():
        yield (
            f"durable: nobody here knows who signs for databases in {region} (facts/rds_authorities.yaml); "
            "name an engine that exists (durable.existing)"
        )


def _alerts(settings: StackSettings) -> Iterator[str]:
    """Alerts that are told to a door which is not there."""
    alerting = settings.telemetry.alerting if settings.telemetry else None
    if alerting is not None and alerting.loops and settings.loops is None:
        yield "telemetry.alerting.loops: this stack has no loops to tell; add them, or leave it out (got true)"


def _no_way_out(settings: StackSettings) -> Iterator[str]:
    """Services of AWS that telemetry calls, in a network with no way to them."""
    network, telemetry = settings.network, settings.telemetry
    if network is None or telemetry is None or network.exits != "none":
        return
    receivers = telemetry.alerting.receivers if telemetry.alerting else {}
    called = {
        "aps-workspaces": "remote_write" if telemetry.remote_write else "",
        "sns": next((f"alerting.receivers.{n}" for n, one in receivers.items() if isinstance(one, Sns)), ""),
        "xray": "traces.store" if telemetry.traces and telemetry.traces.store == "x-ray" else "",
    }
    for service, path in called.items():
        if path and service not in network.more_endpoints:
            yield (
                f"telemetry.{path}: without NAT there is no way to {service}; name it in network.more_endpoints"
            )


def signing(loops: LoopsSettings | None, network: NetworkSettings | None) -> Iterator[str]:
    """Workers that sign in KMS, in a network where they do not reach it: they have no way to the internet."""
    if loops is None or network is None:
        return
    if network.existing is not None:
        if not network.existing.endpoint_ranges:
            yield (
                "loops: workers sign what they did in KMS; say where its endpoint answers "
                "(network.existing.endpoint_ranges)"
            )
    elif network.doors != "all" and "kms" not in network.more_endpoints:
        yield "loops: workers sign what they did in KMS, by an endpoint; name kms in network.more_endpoints"


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _strings(item, f"{path}.{i}")


def between(
    settings: StackSettings,
    above: str,
    platform: PlatformSettings,
    held: Mapping[str, str],
    pools: Collection[str],
) -> Iterator[str]:
    """What a stack says otherwise than its upstream ``above``, and sections and pools that are held twice.

    ``held`` names the stack above that holds a section of this one's.
    """
    for part in ("organisation", "environment", "account", "region", "lifecycle"):
        mine, theirs = getattr(settings.platform, part), getattr(platform, part)
        if mine != theirs:
            yield f"platform.{part}: must be {theirs!r}, as in upstream {above} (got {mine!r})"
    for section, owner in held.items():
        if section not in {"models", "gpu_pools", "cpu_pools"}:
            yield f"{section}: stack {owner} holds it already; one stack owns a section"
    yield from _pools_twice(settings, pools)


def _pools_twice(settings: StackSettings, above: Collection[str]) -> Iterator[str]:
    """Pools whose names a stack above has used."""
    for section, pools in (("gpu_pools", settings.gpu_pools), ("cpu_pools", settings.cpu_pools)):
        for pool in sorted(pools.keys() & set(above)):
            yield f"{section}.{pool}: an upstream holds a pool of this name already"


def _pool_names(settings: StackSettings) -> Iterator[str]:
    """Pods choose a pool by its name alone, whatever its kind."""
    for pool in sorted(settings.gpu_pools.keys() & settings.cpu_pools.keys()):
        yield f"cpu_pools.{pool}: a GPU pool has this name; pods choose a pool by its name"
    for section, pools in (("gpu_pools", settings.gpu_pools), ("cpu_pools", settings.cpu_pools)):
        if SYSTEM_POOL in pools:
            yield f"{section}.{SYSTEM_POOL}: the platform's own nodes are called so; choose another name"
