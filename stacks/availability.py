"""What a stack file asks for and AWS does not offer in the platform's region: zones and instance types."""

from collections.abc import Iterator, Sequence
from typing import Final

from facts.regions import not_offered, offering, zones
from stacks.settings import StackSettings

_MOST: Final = 6
"""More regions than this are counted instead of listed."""


def unavailable(settings: StackSettings) -> Iterator[str]:
    """A line for every zone and every instance type that the region does not have."""
    region = settings.platform.region
    letters = zones(region)
    if settings.network is not None and letters:
        strangers = [letter for letter in settings.network.ground.zones if letter not in letters]
        if strangers:
            place = "network.existing.zones" if settings.network.existing else "network.zones"
            yield (
                f"{place}: {region} has the zones {', '.join(sorted(letters))} (got {', '.join(strangers)})"
            )
    for path, types in _instance_types(settings):
        for name in not_offered(types, region):
            where = sorted(offering(name))
            listed = ", ".join(where) if len(where) <= _MOST else f"{len(where)} others"
            yield f"{path}: {region} does not offer {name} (facts/regions.json); it is offered in {listed}"


def _instance_types(settings: StackSettings) -> Iterator[tuple[str, Sequence[str]]]:
    if settings.system_nodes is not None:
        yield "system_nodes.instance_types", settings.system_nodes.instance_types
    for pool, gpu in settings.gpu_pools.items():
        yield f"gpu_pools.{pool}.instance_types", gpu.instance_types
    for pool, cpu in settings.cpu_pools.items():
        yield f"cpu_pools.{pool}.instance_types", cpu.instance_types
