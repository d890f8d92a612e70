"""The whole bill: lines, totals, planes, and which release the machines are there for."""

from collections.abc import Mapping
from dataclasses import dataclass

from facts.prices import instance_price, prices, reserved_price
from policies.analysis.cost.line import Line, Plane
from policies.analysis.cost.machines import Machines, machine_lines, paid, share
from policies.analysis.cost.services import by_use, service_lines
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.machines.capacity import holdings
from policies.analysis.machines.requests import Requests
from policies.analysis.machines.sums import Room, pool_sums
from policies.analysis.machines.workloads import Workload
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError, at, text

_MODEL, _VERSION = r"slipway\.dev/model", r"slipway\.dev/version"
NODE_PODS = "pods of every node"
IDLE = "idle"
PLATFORM = "platform pods"


@dataclass(frozen=True, kw_only=True)
class Share:
    """What part of the machines' price is for whom; ``idle`` is paid for and asked for by nobody."""

    pool: str
    whom: str
    floor: float
    ceiling: float


@dataclass(frozen=True, kw_only=True)
class WaysToPay:
    """USD a month of one machine; None where no price is known. Spot is one day's, of the dearest zone."""

    machine: str
    on_demand: float | None
    spot: float | None
    reserved: float | None
    """For a year, without a payment upfront."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A month at list prices. ``unknown`` has no price; ``by_use`` no number beforehand: neither is in a total."""

    region: str
    read: str
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    unknown: tuple[str, ...]
    by_use: tuple[str, ...]
    ways: tuple[WaysToPay, ...]
    """Of each type of machine that pods need."""

    @property
    def floor(self) -> float:
        """USD a month at least, of what has a price."""
        return sum(line.floor or 0.0 for line in self.lines)

    @property
    def ceiling(self) -> float:
        """USD a month at most, of what has a price."""
        return sum(line.ceiling or 0.0 for line in self.lines)

    def of_plane(self, plane: Plane) -> tuple[float, float]:
        """Floor and ceiling of one plane."""
        own = [line for line in self.lines if line.plane == plane]
        return sum(line.floor or 0.0 for line in own), sum(line.ceiling or 0.0 for line in own)

    def of_pool(self, pool: str) -> tuple[float, float]:
        """Floor and ceiling of one pool."""
        own = [line for line in self.lines if line.pool == pool]
        return sum(line.floor or 0.0 for line in own), sum(line.ceiling or 0.0 for line in own)

    @property
    def platform_pools(self) -> list[str]:
        """The pools of the platform plane."""
        return [
            pool for pool in self.pools if any(x.plane == "platform" for x in self.lines if x.pool == pool)
        ]

    @property
    def pools(self) -> list[str]:
        """The pools with a line, in the order of the lines."""
        return list(dict.fromkeys(line.pool for line in self.lines if line.pool))


def bill(graph: Graph, region: str) -> Bill:
    """What the graph's own resources cost a month in a region, and the machines its pods need."""
    lines = (*service_lines(graph, region), *machine_lines(graph, region))
    return Bill(
        region=region,
        read=prices().read.isoformat(),
        lines=lines,
        shares=tuple(_shares(graph, region)),
        unknown=(
            *(
                f"{line.what}{f' of {line.pool}' if line.pool else ''}"
                for line in lines
                if line.ceiling is None
            ),
            *(f"machines of {one.pool}: {one.not_known}" for one in pool_sums(graph) if one.not_known),
        ),
        by_use=tuple(by_use(graph)),
        ways=tuple(_ways(graph, region)),
    )


def _ways(graph: Graph, region: str) -> list[WaysToPay]:
    kinds = sorted({one.filled.machine for _, *both in paid(graph) for one in both if one.count})
    return [
        WaysToPay(
            machine=kind,
            on_demand=_month(instance_price(kind, region)),
            spot=_month(instance_price(kind, region, spot=True)),
            reserved=_month(reserved_price(kind, region)),
        )
        for kind in kinds
    ]


def _month(hourly: float | None) -> float | None:
    return None if hourly is None else hourly * prices().hours_a_month


def _shares(graph: Graph, region: str) -> list[Share]:
    pods = {h.pool.name: h.pods for h in holdings(graph)}
    found = []
    for pool, least, most in paid(graph):
        own = [
            (workload, _room(asked))
            for workload, asked in pods[pool.pool]
            if not pool.is_above or workload.owner.urn in graph.by_urn
        ]
        low = _parts(least, [(_whom(w), w.least * share(each, least.filled.has)) for w, each in own], region)
        high = _parts(most, [(_whom(w), w.most * share(each, most.filled.has)) for w, each in own], region)
        if low is None or high is None:
            continue
        found += [
            Share(pool=pool.pool, whom=whom, floor=low.get(whom, 0.0), ceiling=high.get(whom, 0.0))
            for whom in sorted({*low, *high}, key=_order)
            if low.get(whom) or high.get(whom)
        ]
    return found


def _parts(machines: Machines, asked: list[tuple[str, float]], region: str) -> Mapping[str, float] | None:
    """USD a month by whom; nothing where the machines have no price."""
    price = instance_price(machines.filled.machine, region)
    if price is None:
        return None
    took = {NODE_PODS: machines.count * share(machines.filled.every_node, machines.filled.has)}
    for whom, part in asked:
        took[whom] = took.get(whom, 0.0) + part
    took[IDLE] = max(machines.count - sum(took.values()), 0.0)
    return {whom: part * price * prices().hours_a_month for whom, part in took.items()}


def _room(asked: Requests) -> Room:
    return Room(cpu_m=asked.cpu_m, memory_mib=asked.memory_mib, gpus=asked.gpus)


def _order(whom: str) -> tuple[int, str]:
    """Releases first, what nobody asked for last."""
    return (PLATFORM, NODE_PODS, IDLE).index(whom) + 1 if whom in (PLATFORM, NODE_PODS, IDLE) else 0, whom


def _whom(workload: Workload) -> str:
    owner = workload.owner
    if owner.type not in (*INFERENCE_SERVICE, *LLM):
        return PLATFORM
    try:
        model = text(at(owner.inputs, f"metadata.labels.{_MODEL}"), "labels")
        places = ("metadata", workload.path)
        said = (text(at(owner.inputs, f"{place}.labels.{_VERSION}"), "labels") for place in places)
        version = next((one for one in said if one), "")
    except UndecidedError:
        return workload.name
    return "/".join(filter(None, (model, version))) or workload.name
