"""The sums of a graph's pools step by step, so that a person can follow them: what a machine has, less, asked, left."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

from facts.node_capacity import NodeCapacity
from policies.analysis.machines.capacity import Holding, holdings
from policies.analysis.machines.packing import Packed, less
from policies.analysis.machines.requests import GPU, Requests
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError

_LIMITED: Final = ("cpu", GPU)


@dataclass(frozen=True, kw_only=True)
class Room:
    """Millicores, MiB, GPUs and pods that are there, taken or left."""

    cpu_m: int = 0
    memory_mib: int = 0
    gpus: int = 0
    pods: int = 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A kind of pod: how many of it at least and at most, and what one asks for; ``per_node``: one on every node."""

    name: str
    least: int
    most: int
    each: Room
    is_transient: bool = False
    per_node: bool = False


@dataclass(frozen=True, kw_only=True)
class Filled:
    """So many machines of one type with pods on them. ``left`` is over all of them; ``unplaced`` found no place."""

    machine: str
    machines: int
    has: Room
    """What one machine lets pods ask for."""
    every_node: Room
    for_pods: Room
    """What is left of one machine beside the pods of every node."""
    asked: Room
    left: Room
    unplaced: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OneMissing:
    """A machine is lost: ``no_room`` waits on a fixed pool; of each of ``lost`` so many of so many are gone then."""

    machines: int
    no_room: tuple[str, ...] = ()
    lost: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PoolSum:
    """One pool; ``least`` and ``most`` are nothing where ``not_known`` says why."""

    pool: str
    types: tuple[str, ...]
    is_fixed: bool
    is_above: bool
    """Whether the pool is of a stack above; pods of both are counted."""
    limits: tuple[tuple[str, int], ...]
    pods: tuple[Asked, ...]
    least: Filled | None = None
    most: Filled | None = None
    one_missing: OneMissing | None = None
    not_known: str = ""
    uncounted: tuple[str, ...] = ()


def pool_sums(graph: Graph) -> tuple[PoolSum, ...]:
    """Every pool that pods of the graph may run on; made once for a graph."""
    return graph.once(_sums)


def _sums(graph: Graph) -> tuple[PoolSum, ...]:
    return tuple(sum_of(h, is_above=h.pool.resources[0].urn not in graph.by_urn) for h in holdings(graph))


def sum_of(holding: Holding, *, is_above: bool = False) -> PoolSum:
    """The sum of one pool. A pool on demand is counted on the type that costs least, and holds all pods."""
    pool = holding.pool
    not_known = _not_known(holding)
    least, most = (None, None) if not_known else (_filled(holding, at_most=m) for m in (False, True))
    return PoolSum(
        pool=pool.name,
        types=pool.types,
        is_fixed=pool.nodes is not None,
        is_above=is_above,
        limits=_limits(holding),
        pods=tuple(
            Asked(
                name=w.name,
                least=w.least,
                most=w.most,
                each=_room(one, 1),
                is_transient=w.is_transient,
                per_node=w.per_node,
            )
            for group in (holding.daemons, holding.pods)
            for w, one in sorted(group, key=lambda pair: pair[0].name)
        ),
        least=least and least[0],
        most=most and most[0],
        one_missing=_one_missing(holding, *[each for each in (least, most) if each]),
        not_known=not_known,
        uncounted=holding.uncounted,
    )


def _not_known(holding: Holding) -> str:
    if not holding.pool.types:
        return "it names no instance types"
    unknown = sorted(set(holding.pool.types) - holding.pool.machines.keys())
    return f"facts/ec2_instances.json does not know {', '.join(unknown)}" if unknown else ""


def _filled(holding: Holding, *, at_most: bool) -> tuple[Filled, Packed]:
    nodes = holding.pool.nodes
    if nodes is not None:
        found = holding.node()
        names = [found[0]] if found else []
        return _on(holding, names[0], nodes, at_most=at_most)
    tried = [_on(holding, name, None, at_most=at_most) for name in sorted(holding.pool.machines)]
    return min(tried, key=lambda one: _cost(holding, one[0]))


def _cost(holding: Holding, filled: Filled) -> tuple[int, float, int, int, str]:
    """What is preferred: all pods placed, then the price, then fewer processors, machines, and the name."""
    machine = holding.pool.machines[filled.machine]
    price = math.inf if machine.usd_per_hour is None else machine.usd_per_hour * filled.machines
    return (
        len(filled.unplaced), round(price, 6), machine.vcpus * filled.machines, filled.machines, filled.machine
    )  # fmt: skip


def _on(holding: Holding, name: str, nodes: int | None, *, at_most: bool) -> tuple[Filled, Packed]:
    has = holding.pool.machines[name]
    daemons, count = holding.on_every_node, len(holding.daemons)
    free = less(has, daemons, count)
    packed = holding.packed(free, nodes, at_most=at_most)
    pods = sum(w.most if at_most else w.least for w, _ in holding.pods)
    asked, machines = _room(holding.asked(at_most=at_most), pods), packed.nodes if nodes is None else nodes
    each = _capacity(free)
    filled = Filled(
        machine=name,
        machines=machines,
        has=_capacity(has),
        every_node=_room(daemons, count),
        for_pods=each,
        asked=asked,
        left=Room(
            cpu_m=each.cpu_m * machines - asked.cpu_m,
            memory_mib=each.memory_mib * machines - asked.memory_mib,
            gpus=each.gpus * machines - asked.gpus,
            pods=each.pods * machines - asked.pods,
        ),
        unplaced=tuple(sorted(set(packed.left))),
    )
    return filled, packed


def _one_missing(holding: Holding, *cases: tuple[Filled, Packed]) -> OneMissing | None:
    """Of a fixed pool with its least pods; of one on demand with the first case that has a machine."""
    if not cases:
        return None
    nodes = holding.pool.nodes
    if nodes is not None:
        found = holding.node()
        left = holding.packed(found[1], max(nodes - 1, 0), at_most=False).left if found and nodes else ()
        return OneMissing(machines=max(nodes - 1, 0), no_room=tuple(sorted(set(left))))
    filled, packed = next(((f, p) for f, p in cases if p.on), cases[0])
    if not packed.on:
        return None
    all_of = Counter(name for node in packed.on for name in node)
    worst: dict[str, int] = {}
    for node in packed.on:
        for name, count in Counter(node).items():
            worst[name] = max(worst.get(name, 0), count)
    lost = tuple((name, worst[name], all_of[name]) for name in sorted(worst))
    return OneMissing(machines=filled.machines - 1, lost=lost)


def _limits(holding: Holding) -> tuple[tuple[str, int], ...]:
    found = []
    for resource in _LIMITED:
        try:
            limit = holding.pool.limit(resource)
        except UndecidedError:
            continue
        if limit is not None:
            found.append((resource, limit))
    return tuple(found)


def _room(asked: Requests, pods: int) -> Room:
    return Room(cpu_m=asked.cpu_m, memory_mib=asked.memory_mib, gpus=asked.gpus, pods=pods)


def _capacity(node: NodeCapacity) -> Room:
    return Room(cpu_m=node.cpu_m, memory_mib=node.memory_mib, gpus=node.gpus, pods=node.pods)
