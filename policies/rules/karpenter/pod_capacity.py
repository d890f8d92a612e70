"""What must hold for machines and pods together: every pod has a pool that takes it, and the pool has room for all."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.machines.capacity import Holding, holding_of, holdings
from policies.analysis.machines.packing import fits, less
from policies.analysis.machines.placement import is_given, nearest, refusals, selected
from policies.analysis.machines.pools import Pool, has_gpus, pools, read
from policies.analysis.machines.requests import GPU, Requests, of_pod
from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.analysis.machines.view import with_machines_above
from policies.analysis.machines.workloads import Workload, of_owner
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule, Variant

ADD_ON: Final = "aws:eks/addon:Addon"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
PROXY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
_GPU_LIMIT: Final = below("spec.limits", GPU)
_SHOWN: Final = 4


def _homeless(owner: Resource, graph: Graph, *, sees_all_pools: bool = False) -> Iterable[Offence]:
    there = pools(with_machines_above(graph))
    for pod in of_owner(graph, owner) if there else ():
        if not pod.per_node:
            yield from _without_a_pool(pod, there, sees_all_pools=sees_all_pools)


def _is_critical(spec: Mapping[str, Any]) -> bool:
    """Whether a pod may run on nodes kept for the platform, which a managed node group makes and no manifest shows."""
    tolerations = spec.get("tolerations")
    return isinstance(tolerations, list) and any(
        isinstance(one, Mapping) and one.get("key") == "CriticalAddonsOnly" for one in tolerations
    )


def _without_a_pool(pod: Workload, there: tuple[Pool, ...], *, sees_all_pools: bool) -> Iterator[Offence]:
    refused = {pool.name: list(refusals(pod.spec, pool)) for pool in there}
    if not all(refused.values()):
        return
    wanted = {key: value for key, value in selected(pod.spec).items() if not is_given(key)}
    meant = [pool for pool in there if any(key in pool.labels for key in wanted)]
    if not meant and of_pod(pod.spec).gpus:
        meant = [pool for pool in there if has_gpus(pool)]
    if not meant and sees_all_pools and not pod.owner.source:
        meant = list(there)
    if not meant or (pod.owner.source and _is_critical(pod.spec)):  # its machines are those of another file
        return
    where = f"{pod.path}.".lstrip(".")
    for key, value in wanted.items():
        offered = sorted({v for pool in there for v in pool.labels.get(key, ())})
        if value not in offered:
            said = ", ".join(offered) or "nothing"
            near = nearest(value, offered)
            yield Offence(
                path=below(f"{where}nodeSelector", key),
                problem=f"no pool in view offers {value} to {pod.name} (they offer {said}){near}",
                value=value,
            )
            return
    closest = min(meant, key=lambda pool: (len(refused[pool.name]), pool.name))
    part, why = refused[closest.name][0]
    yield Offence(path=f"{where}{part}", problem=f"no pool in view takes {pod.name}: {why}")


def _overfull(resource: Resource, graph: Graph) -> Iterable[Offence]:
    read(resource)
    holding = holding_of(holdings(graph), resource.urn)
    if holding is not None and holding.pods:
        yield from _too_full(holding)


def _too_full(holding: Holding) -> Iterator[Offence]:
    yield from _too_few_gpus(holding)
    yield from _too_large(holding)
    yield from _too_few_machines(holding)


def _overfull_above(owner: Resource, graph: Graph) -> Iterable[Offence]:
    if with_machines_above(graph) is graph:
        return
    of_owner(graph, owner)
    for holding in holdings(graph):
        is_above = holding.pool.resources[0].urn not in graph.by_urn
        path = next((w.path for w, _ in holding.pods if w.owner.urn == owner.urn), None)
        if is_above and path is not None:
            said = (*_too_full(holding), *_too_few_nodes(holding))
            yield from (
                Offence(path=path, problem=f"{holding.pool.name} of the stack above: {one.message}")
                for one in said
            )


def _too_few_gpus(holding: Holding) -> Iterator[Offence]:
    limit, asked = holding.pool.limit(GPU), holding.asked(at_most=True).gpus
    if limit is None:
        return
    sums = [f"{w.name} {w.most} x {one.gpus}" for w, one in holding.pods if one.gpus and w.most]
    if asked > limit:
        problem = f"{limit}, and its pods ask for {asked} ({_listed(sums)})"
        yield Offence(path=_GPU_LIMIT, problem=problem, value=limit)
        return
    for workload, one in holding.pods:
        if asked + workload.surge * one.gpus > limit:
            yield Offence(
                path=_GPU_LIMIT,
                problem=(
                    f"{limit}, and its pods ask for {asked} ({_listed(sums)}); an update of {workload.name} starts "
                    f"{workload.surge} x {one.gpus} more before it ends one"
                ),
                value=limit,
            )


def _too_large(holding: Holding) -> Iterator[Offence]:
    known = holding.pool.machines
    if not known or len(known) < len(holding.pool.types):
        return
    daemons, count = holding.on_every_node, len(holding.daemons)
    for workload, one in holding.pods:
        if workload.most and not any(fits(one, less(m, daemons, count)) for m in known.values()):
            left = max((less(m, daemons, count) for m in known.values()), key=lambda m: (m.gpus, m.cpu_m))
            yield Offence(
                path="spec.template.spec.requirements",
                problem=(
                    f"{workload.name} asks for {_words(one)}; the largest machine leaves "
                    f"{_words(Requests(left.cpu_m, left.memory_mib, left.gpus))}"
                ),
            )


def _too_few_machines(holding: Holding) -> Iterator[Offence]:
    limit, known = holding.pool.limit("cpu"), holding.pool.machines
    if limit is None or not known or len(known) < len(holding.pool.types):
        return
    needed = {}
    for name, machine in known.items():
        packed = holding.packed(
            less(machine, holding.on_every_node, len(holding.daemons)), None, at_most=True
        )
        if not packed.left:
            needed[name] = packed.nodes * machine.vcpus
    if needed and min(needed.values()) * 1000 > limit:
        best = min(needed, key=lambda name: (needed[name], name))
        asked = _words(holding.asked(at_most=True))
        yield Offence(
            path="spec.limits.cpu",
            problem=(
                f"{limit / 1000:g}, and its pods ask for {asked}, which takes "
                f"{needed[best] // known[best].vcpus} x {best} = {needed[best]} processors"
            ),
            value=limit / 1000,
        )


def _crowded(group: Resource, graph: Graph) -> Iterable[Offence]:
    read(group)
    holding = holding_of(holdings(graph), group.urn)
    if holding is not None and holding.pool.resources[0] is group:
        yield from _too_few_nodes(holding)


def _too_few_nodes(holding: Holding) -> Iterator[Offence]:
    found, nodes = holding.node(), holding.pool.nodes
    if found is None or nodes is None:
        return
    name, node = found
    for count, at_most in ((nodes - 1, False), (nodes, True)):
        left = holding.packed(node, count, at_most=at_most).left
        if left:
            missing, free = "" if at_most else " with one missing", Requests(node.cpu_m, node.memory_mib)
            yield Offence(
                path="scalingConfig.minSize",
                problem=(
                    f"{nodes} x {name}{missing} hold {count} x {_words(free)} beside what runs on every node; pods ask "
                    f"for {_words(holding.asked(at_most=at_most))}: no room for {_listed(list(dict.fromkeys(left)))}"
                ),
            )
            return


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _words(asked: Requests) -> str:
    gpus = f", {asked.gpus} GPUs" if asked.gpus else ""
    return f"{asked.cpu_m:,}m CPU, {asked.memory_mib:,} MiB{gpus}"


RULES: tuple[Rule, ...] = (
    Rule(
        id="pods-find-a-pool",
        severity="high",
        applies_to=(*WORKLOADS, *INFERENCE_SERVICE, *LLM, PROXY, ADD_ON, RELEASE),
        why="A pod whose labels no machine carries, or whose taint it does not tolerate, waits for ever.",
        fix="Select a label that a pool carries, and tolerate the pool's taints.",
        check=_homeless,
        on_platform=Variant(
            "Every pool is in view, so a pod that selects none of them is asked too.",
            partial(_homeless, sees_all_pools=True),
        ),
        reads_graph=True,
    ),
    Rule(
        id="pools-have-room-for-their-pods",
        severity="high",
        applies_to=NODE_POOLS,
        why="Machines beyond the limit are never made: the last replicas of a rollout wait for ever.",
        fix="Raise spec.limits to what the replicas ask for at most, or lower the replicas.",
        check=_overfull,
        reads_graph=True,
    ),
    Rule(
        id="pools-above-have-room-for-a-stack",
        severity="high",
        applies_to=(*WORKLOADS, *INFERENCE_SERVICE, *LLM),
        why="The pools are another stack's, and so are their limits: the last replicas of a model wait for ever.",
        fix="Raise the pool's limit (max_gpus, max_vcpus) in the stack that has it, or lower the replicas.",
        check=_overfull_above,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="fixed-nodes-hold-their-pods-with-one-missing",
        severity="high",
        applies_to=(NODE_GROUP,),
        why="Nothing adds a node to a fixed group: when one is lost or updated, what ran there has nowhere to go.",
        fix="Raise system_nodes.nodes_per_zone or choose larger instance_types.",
        check=_crowded,
        reads_graph=True,
    ),
)
