"""Where one stack file says two things that cannot both be meant."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from components.foundation.well_known import SYSTEM_POOL
from stacks.settings import StackSettings

_ARN: Final = re.compile(r"^arn:aws[a-z-]*:[a-z0-9-]+:(?P<region>[a-z0-9-]*):(?P<account>\d*):")


def contradictions(settings: StackSettings, raw: Mapping[str, Any]) -> Iterator[str]:
    """ARNs that name another account or region than the platform's, and pools that share a name."""
    yield from _pool_names(settings)
    yield from _registry(settings)
    yield from _public_edge(settings)
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


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _strings(item, f"{path}.{i}")


def pools_twice(settings: StackSettings, above: Collection[str]) -> Iterator[str]:
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
