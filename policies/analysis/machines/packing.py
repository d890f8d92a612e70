"""Whether pods fit machines together: first fit, the largest first, as a scheduler without luck would do it."""

from collections.abc import Sequence
from dataclasses import dataclass

from facts.node_capacity import NodeCapacity
from policies.analysis.machines.requests import Requests


@dataclass(frozen=True)
class Packed:
    """How many nodes were used, and which pods found no place."""

    nodes: int
    left: tuple[str, ...]


def fits(asked: Requests, node: NodeCapacity) -> bool:
    """Whether an empty node holds a pod."""
    return asked.cpu_m <= node.cpu_m and asked.memory_mib <= node.memory_mib and asked.gpus <= node.gpus


def less(node: NodeCapacity, daemons: Requests, count: int) -> NodeCapacity:
    """What the pods that run on every node leave of one."""
    return NodeCapacity(
        cpu_m=node.cpu_m - daemons.cpu_m,
        memory_mib=node.memory_mib - daemons.memory_mib,
        gpus=node.gpus - daemons.gpus,
        pods=node.pods - count,
        vcpus=node.vcpus,
        usd_per_hour=node.usd_per_hour,
    )


def pack(asked: Sequence[tuple[str, Requests]], node: NodeCapacity, most: int | None) -> Packed:
    """Put pods on nodes that are alike, at most so many; without a number as many as it takes.

    A pod that no empty node holds has no place either way. One that finds room only by moving others has none: nothing
    moves pods to make room.
    """
    bins: list[list[int]] = []
    left: list[str] = []
    for name, one in sorted(asked, key=lambda pair: (-pair[1].cpu_m, -pair[1].memory_mib, pair[0])):
        if not fits(one, node):
            left.append(name)
            continue
        for used in bins:
            if (
                used[0] + one.cpu_m <= node.cpu_m
                and used[1] + one.memory_mib <= node.memory_mib
                and used[2] + one.gpus <= node.gpus
                and used[3] < node.pods
            ):
                break
        else:
            if most is not None and len(bins) >= most:
                left.append(name)
                continue
            used = [0, 0, 0, 0]
            bins.append(used)
        used[0] += one.cpu_m
        used[1] += one.memory_mib
        used[2] += one.gpus
        used[3] += 1
    return Packed(len(bins), tuple(left))
