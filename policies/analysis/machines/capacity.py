"""The sums: what each pool must hold at least and at most, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from facts.node_capacity import NodeCapacity
from policies.analysis.machines.hidden import uncounted
from policies.analysis.machines.packing import Packed, less, pack
from policies.analysis.machines.placement import refusals
from policies.analysis.machines.pools import Pool, pools
from policies.analysis.machines.requests import Requests, of_pod
from policies.analysis.machines.view import with_machines_above
from policies.analysis.machines.workloads import Workload, workloads
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A pool with what runs on it: every pod that no other pool in view takes."""

    pool: Pool
    pods: tuple[tuple[Workload, Requests], ...]
    daemons: tuple[tuple[Workload, Requests], ...]
    uncounted: tuple[str, ...] = ()
    """What brings pods that nobody can tell."""

    def asked(self, *, at_most: bool) -> Requests:
        """What all pods ask for together, those of every node once."""
        total = Requests()
        for workload, one in self.pods:
            total += one.times(workload.most if at_most else workload.least)
        return total

    @property
    def on_every_node(self) -> Requests:
        total = Requests()
        for _, one in self.daemons:
            total += one
        return total

    def node(self) -> tuple[str, NodeCapacity] | None:
        """The smallest type, and what is left of it for pods: any of the types may be what is there."""
        known = self.pool.machines
        if not known or len(known) < len(self.pool.types):
            return None
        name = min(known, key=lambda n: (known[n].cpu_m, known[n].memory_mib, n))
        return name, less(known[name], self.on_every_node, len(self.daemons))

    def packed(self, node: NodeCapacity, most: int | None, *, at_most: bool) -> Packed:
        asked = [
            (workload.name, one)
            for workload, one in self.pods
            for _ in range(workload.most if at_most else workload.least)
        ]
        return pack(asked, node, most)


def holdings(graph: Graph) -> tuple[Holding, ...]:
    """Every pool that a graph's pods may run on, with all its pods: those of the stacks above among them."""
    return with_machines_above(graph).once(_holdings)


def strays(graph: Graph) -> tuple[tuple[Workload, str], ...]:
    """The pods that no sum of a pool counts, each with the reason why not; none where no pool is in view."""
    return with_machines_above(graph).once(_strays)


def _strays(graph: Graph) -> tuple[tuple[Workload, str], ...]:
    there, found = pools(graph), []
    for workload, asked, takers in graph.once(_placed) if there else ():
        if asked is None:
            found.append((workload, "what it asks for cannot be read"))
        elif not takers:
            found.append((workload, "no pool in view takes it"))
        elif len(takers) > 1 and not workload.per_node:
            found.append((workload, f"may run on {' or '.join(there[i].name for i in takers)}"))
    return tuple(found)


def _placed(graph: Graph) -> tuple[tuple[Workload, Requests | None, tuple[int, ...]], ...]:
    """Each kind of pod with what it asks for and the pools that take it."""
    there = pools(graph)
    return tuple(
        (w, _asked(w), tuple(i for i, pool in enumerate(there) if not _refused(w, pool)))
        for w in workloads(graph)
    )


def _holdings(graph: Graph) -> tuple[Holding, ...]:
    there = pools(graph)
    if not there:
        return ()
    homes: dict[int, list[tuple[Workload, Requests]]] = {i: [] for i in range(len(there))}
    everywhere: dict[int, list[tuple[Workload, Requests]]] = {i: [] for i in range(len(there))}
    for workload, asked, takers in graph.once(_placed):
        if asked is None:
            continue
        for i in takers if workload.per_node else takers[:1] if len(takers) == 1 else ():
            (everywhere if workload.per_node else homes)[i].append((workload, asked))
    unknown = tuple(sorted(r.name for r in graph if uncounted(r, graph)))
    return tuple(
        Holding(
            pool=pool, pods=tuple(homes[i]), daemons=tuple(everywhere[i]),
            uncounted=unknown if pool.nodes is not None else (),
        )
        for i, pool in enumerate(there)
    )  # fmt: skip


def _asked(workload: Workload) -> Requests | None:
    try:
        return of_pod(workload.spec)
    except UndecidedError:
        return None


def _refused(workload: Workload, pool: Pool) -> bool:
    try:
        return bool(list(refusals(workload.spec, pool)))
    except UndecidedError:
        return True


def holding_of(pool_of: Sequence[Holding], urn: str) -> Holding | None:
    """The pool that a resource is a part of."""
    return next((h for h in pool_of if any(r.urn == urn for r in h.pool.resources)), None)
