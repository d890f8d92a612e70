"""What must hold for the disks of machines and the pods on them: what a pod may write has room."""

from collections.abc import Iterable

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.machines.disks import disk_mib, in_words, too_much
from policies.analysis.machines.placement import refusals
from policies.analysis.machines.pools import Pool, pools
from policies.analysis.machines.view import with_machines_above
from policies.analysis.machines.workloads import of_owner
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule


def _fills_the_disk(owner: Resource, graph: Graph) -> Iterable[Offence]:
    whole = with_machines_above(graph)
    there = pools(whole)
    for pod in of_owner(graph, owner) if there else ():
        if pod.owner.urn != owner.urn or not pod.path:
            continue
        takers = [pool for pool in there if not any(refusals(pod.spec, pool))]
        found = _widest(takers, whole)
        if found is None:
            continue
        pool, disk = found
        for place, problem in too_much(pod.spec, disk):
            yield Offence(
                path=f"{pod.path}.{place}",
                problem=(
                    f"{problem}, and the disk of {pool.name} has {in_words(disk)}, less a tenth before pods are evicted"
                ),
            )


def _widest(takers: list[Pool], graph: Graph) -> tuple[Pool, float] | None:
    """The pool with the largest disk of those that take a pod; None where one of them may have any."""
    sizes = [(disk_mib(pool, graph), pool) for pool in takers]
    known = [(size, pool.name, pool) for size, pool in sizes if size is not None]
    if not known or len(known) < len(sizes):
        return None
    size, _, pool = max(known, key=lambda one: one[:2])
    return pool, size


RULES: tuple[Rule, ...] = (
    Rule(
        id="nodes-hold-what-pods-write",
        severity="high",
        applies_to=(*WORKLOADS, *INFERENCE_SERVICE, *LLM),
        why="A cache larger than the node's disk fills it: the pod is evicted, and so are its neighbours.",
        fix="Map a larger data disk (Bottlerocket: /dev/xvdb), use local NVMe (instanceStorePolicy RAID0) or a volume.",
        check=_fills_the_disk,
        reads_graph=True,
    ),
)
