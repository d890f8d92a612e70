"""Machines against pods as a person reads it: each pool's sum, step by step, and what one machine missing means."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from policies.analysis.machines.capacity import strays
from policies.analysis.machines.requests import GPU
from policies.analysis.machines.sums import Filled, PoolSum, Room, pool_sums
from policies.engine.graph import Graph

_UNITS: Final = {"cpu": 1000, GPU: 1}
_CALLED: Final = {"cpu": "processors", GPU: "GPUs"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a sum; ``is_result`` follows from the lines before it."""

    what: str
    room: Room
    is_result: bool = False


@dataclass(frozen=True, kw_only=True)
class PoolCapacity:
    """One pool: the numbers, and what they say."""

    sum: PoolSum
    steps: tuple[Step, ...]
    words: tuple[str, ...]

    @property
    def machines(self) -> str:
        """How many machines at least and at most."""
        least, most = self.sum.least, self.sum.most
        if least is None or most is None:
            return "not known"
        if (least.machines, least.machine) == (most.machines, most.machine) or not most.machines:
            return _machines(most)
        return f"{_machines(least)} to {_machines(most)}"


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """All pools in view, and the pods that no sum counts."""

    pools: Sequence[PoolCapacity] = ()
    not_counted: Sequence[str] = ()

    def as_data(self) -> dict[str, Any]:
        """As JSON data: the numbers of each pool, the sentences, and what is in no sum."""
        return {
            "pools": [{**asdict(p.sum), "machines": p.machines, "words": list(p.words)} for p in self.pools],
            "not_counted": list(self.not_counted),
        }


def capacity(graph: Graph) -> Capacity:
    """The sums of every pool that the graph's pods may run on; nothing where no pool is in view."""
    return Capacity(
        pools=[
            PoolCapacity(sum=one, steps=tuple(_steps(one)), words=tuple(_words(one)))
            for one in pool_sums(graph)
        ],
        not_counted=sorted({f"{workload.name}: {why}" for workload, why in strays(graph)}),
    )


def _steps(one: PoolSum) -> Iterator[Step]:
    before = None
    for called, filled in (("least", one.least), ("most", one.most)):
        if filled is None:
            continue
        if filled.machine != before:
            yield Step(what=f"{filled.machine} lets pods ask for", room=filled.has)
            yield Step(what="less the pods of every node", room=filled.every_node)
            yield Step(what="for the pool's own pods, on each", room=filled.for_pods, is_result=True)
        before = filled.machine
        yield Step(what=f"asked at {called}", room=filled.asked)
        if filled.machines:
            yield Step(what=f"left of {_machines(filled)}", room=filled.left, is_result=True)


def _words(one: PoolSum) -> Iterator[str]:
    if one.not_known:
        yield f"nothing can be summed up: {one.not_known}"
    if one.is_above:
        yield "of a stack above: pods of this stack and of those above are counted together"
    if one.limits:
        said = [f"{amount / _UNITS[name]:g} {_CALLED[name]}" for name, amount in one.limits]
        yield f"may grow to {' and '.join(said)}"
    if one.most and not one.most.machines and not one.is_fixed:
        yield "no pod in view asks for it: no machine is made"
    for called, filled in (("least", one.least), ("most", one.most)):
        if filled and filled.unplaced:
            yield f"no room at {called} for {', '.join(filled.unplaced)}"
    yield from _one_missing(one)
    if one.uncounted:
        yield f"in no sum, since nobody here knows what they bring: {', '.join(one.uncounted)}"


def _one_missing(one: PoolSum) -> Iterator[str]:
    missing, least = one.one_missing, one.least
    if missing is None or least is None:
        return
    if not one.is_fixed:
        gone = ", ".join(f"{name} ({lost} of {of})" for name, lost, of in missing.lost)
        yield f"one machine missing: at worst these pods are gone until another machine is made: {gone}"
        return
    rest = f"{missing.machines} x {least.machine}" if missing.machines else "no machine"
    if missing.no_room:
        yield f"one machine missing: {rest} left, without room for {', '.join(missing.no_room)}"
    elif missing.machines:
        yield f"one machine missing: {rest} {'hold' if missing.machines > 1 else 'holds'} all pods at least"


def _machines(filled: Filled) -> str:
    return f"{filled.machines} x {filled.machine}" if filled.machines else "no machine"
