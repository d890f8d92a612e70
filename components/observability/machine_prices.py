"""What machines with GPUs cost an hour, and what of it is idle, as series; prices are ``facts/prices``'. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from facts.prices import instance_price

PRICE: Final = "machine:usd_per_hour"
IDLE: Final = "pool:idle_usd_per_hour"
_GPU: Final = 'karpenter_nodes_allocatable{resource_type="nvidia.com/gpu"}'
_MACHINES: Final = f"max by (nodepool, node_name, instance_type, capacity_type) ({_GPU} > 0) ^ 0"
"""One for each machine with a GPU."""
_HELD: Final = (
    "sum by (node_name) (label_replace("
    'kube_pod_container_resource_requests{resource="nvidia_com_gpu"}, "node_name", "$1", "node", "(.+)"))\n'
    f"    / sum by (node_name) (max by (node_name) ({_GPU}))"
)
"""The part of a machine's GPUs that pods ask for; nothing of a machine without such a pod."""


def price_groups(region: str, kinds: Iterable[str]) -> list[dict[str, Any]]:
    """A series a type of machine that has a price in the region, and what each pool pays for GPUs nobody asks for.

    Nothing where no type has a price. A machine of a type without one is in no sum: its idle hours are unknown.
    """
    prices = list(_prices(region, sorted(set(kinds))))
    if not prices:
        return []
    idle = (
        f"sum by (nodepool) (\n  {_MACHINES}\n"
        f"  * on (instance_type, capacity_type) group_left () {PRICE}\n"
        f"  * on (node_name) group_left () clamp_min(1 - (\n    {_HELD}\n"
        f"    or 0 * max by (node_name) ({_GPU})), 0))"
    )
    return [{"name": "machine-prices", "interval": "1m", "rules": [*prices, {"record": IDLE, "expr": idle}]}]


def _prices(region: str, kinds: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Reserved capacity is billed like what runs on demand; spot prices are one day's, of the dearest zone."""
    for kind in kinds:
        for capacity in ("on-demand", "reserved", "spot"):
            price = instance_price(kind, region, spot=capacity == "spot")
            if price is not None:
                yield {
                    "record": PRICE,
                    "expr": f"vector({price:.9g})",
                    "labels": {"instance_type": kind, "capacity_type": capacity},
                }
