"""What the machines of each pool cost, with their volumes and their monitoring, and for whom they are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from facts.prices import instance_price, prices
from policies.analysis.cost.line import Line, Plane
from policies.analysis.cost.services import monthly
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.sums import Filled, PoolSum, Room, pool_sums
from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, flag, mebibytes, sequence, text

NODE_CLASS: Final = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
_MIB_A_GB: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Machines:
    """So many machines of a type in a pool that a stack pays for."""

    pool: PoolSum
    filled: Filled
    count: int


def machine_lines(graph: Graph, region: str) -> Iterator[Line]:
    """For each pool its machines by type, then their volumes and monitoring.

    A pool of a stack above costs this stack what its own pods make more machines of; its fixed groups cost nothing.
    """
    for pool, least, most in paid(graph):
        plane = plane_of(pool)
        kinds = sorted({one.filled.machine for one in (least, most)})
        for kind in kinds:
            counts = (one.count if one.filled.machine == kind else 0 for one in (least, most))
            low, high = counts
            price = instance_price(kind, region)
            usd = None if price is None else price * prices().hours_a_month
            if high or low:
                yield Line(
                    what=f"{kind} on demand", plane=plane, least=low, most=high, usd_a_month=usd,
                    pool=pool.pool,
                )  # fmt: skip
        yield from _beside(pool, graph, region, (least.count, most.count))


def paid(graph: Graph) -> list[tuple[PoolSum, Machines, Machines]]:
    """Every pool whose sum is known, with the machines that the graph's stack pays for at least and at most."""
    above = {one.pool: one for one in pool_sums(Graph(graph.elsewhere))} if graph.elsewhere else {}
    found = []
    for pool in pool_sums(graph):
        if pool.least is None or pool.most is None or (pool.is_above and pool.is_fixed):
            continue
        without = above.get(pool.pool) if pool.is_above else None
        found.append(
            (
                pool,
                _machines(pool, pool.least, without.least if without else None),
                _machines(pool, pool.most, without.most if without else None),
            )
        )
    return found


def _machines(pool: PoolSum, filled: Filled, without: Filled | None) -> Machines:
    """Machines of another type that stand there without us are counted by number."""
    return Machines(
        pool=pool, filled=filled, count=max(filled.machines - (without.machines if without else 0), 0)
    )


def plane_of(pool: PoolSum) -> Plane:
    """Models run on machines made on demand; fixed groups are the platform's."""
    return "platform" if pool.is_fixed else "data"


def _beside(pool: PoolSum, graph: Graph, region: str, counts: tuple[int, int]) -> Iterator[Line]:
    least, most = counts
    volumes, is_watched = _template(pool, graph)
    if volumes and most:
        usd = monthly("gp3_gb_month", region)
        yield Line(
            what=f"GB of volumes ({volumes:g} a machine)", plane=plane_of(pool), least=least * volumes,
            most=most * volumes, usd_a_month=usd, pool=pool.pool,
        )  # fmt: skip
    if is_watched and most:
        usd = monthly("detailed_monitoring_month", region)
        yield Line(
            what="detailed monitoring", plane=plane_of(pool), least=least, most=most, usd_a_month=usd,
            pool=pool.pool,
        )  # fmt: skip


def _template(pool: PoolSum, graph: Graph) -> tuple[float, bool]:
    """GB of a machine's volumes, and whether it is monitored in detail; nothing where no template is in view."""
    for resource in (*graph, *graph.elsewhere):
        if resource.type in NODE_POOLS and pool.pool == f"NodePool {name_of(resource)}":
            name = at(resource.inputs, "spec.template.spec.nodeClassRef.name")
            made = next(
                (r for r in (*graph, *graph.elsewhere) if r.type == NODE_CLASS and name_of(r) == name), None
            )
            return _read(made, "spec.blockDeviceMappings", "spec.detailedMonitoring")
        if resource.type == NODE_GROUP and resource.name in pool.pool:
            said = at(resource.inputs, "launchTemplate.id")
            made = next((r for r in graph.of_type(TEMPLATE) if said in r.known_as), None)
            return _read(made, "blockDeviceMappings", "monitoring.enabled")
    return 0.0, False


def _read(made: Resource | None, volumes: str, watched: str) -> tuple[float, bool]:
    if made is None:
        return 0.0, False
    try:
        sizes = [_gigabytes(at(one, "ebs.volumeSize")) for one in sequence(at(made.inputs, volumes), volumes)]
        return sum(sizes), flag(at(made.inputs, watched), watched)
    except UndecidedError:
        return 0.0, False


def _gigabytes(said: Any) -> float:
    if said is None:
        return 0.0
    return float(said) if str(said).isdecimal() else mebibytes(text(said, "volumeSize")) / _MIB_A_GB


def share(each: Room, machine: Room) -> float:
    """What part of a machine a pod asks for: its GPUs where it has any, else half by processors, half by memory."""
    if machine.gpus:
        return each.gpus / machine.gpus
    return (each.cpu_m / machine.cpu_m + each.memory_mib / machine.memory_mib) / 2
