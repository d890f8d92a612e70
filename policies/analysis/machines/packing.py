"""Whether pods fit machines together: first fit, the largest first, as a scheduler without luck would do it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from facts.node_capacity import NodeCapacity
from policies.analysis.machines.requests import Requests


@dataclass(frozen=True)
class Packed:
    """How many nodes were used, and which pods found no place."""

    nodes: int
    left: tuple[str, ...]
    on: tuple[tuple[str, ...], ...] = ()
    """The names of the pods on each node, in the order in which they found their place."""


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
    bins: list[_Used] = []
    left: list[str] = []
    for name, one in sorted(asked, key=lambda pair: (-pair[1].cpu_m, -pair[1].memory_mib, pair[0])):
        if not fits(one, node):
            left.append(name)
            continue
        used = next((there for there in bins if there.takes(one, node)), None)
        if used is None:
            if most is not None and len(bins) >= most:
                left.append(name)
                continue
            used = _Used()
            bins.append(used)
        used.add(name, one)
    return Packed(len(bins), tuple(left), tuple(tuple(used.names) for used in bins))


@dataclass
class _Used:
    """What is taken of one node so far."""

    cpu_m: int = 0
    memory_mib: int = 0
    gpus: int = 0
    names: list[str] = field(default_factory=list)

    def takes(self, one: Requests, node: NodeCapacity) -> bool:
        return (
            self.cpu_m + one.cpu_m <= node.cpu_m
            and self.memory_mib + one.memory_mib <= node.memory_mib
            and self.gpus + one.gpus <= node.gpus
            and len(self.names) < node.pods
        )

    def add(self, name: str, one: Requests) -> None:
        self.cpu_m += one.cpu_m
        self.memory_mib += one.memory_mib
        self.gpus += one.gpus
        self.names.append(name)
