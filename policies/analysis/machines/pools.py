"""Groups of machines in a graph: which labels and taints they carry, which types they are, how many there may be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from facts.node_capacity import NodeCapacity, node_capacity
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.requests import GPU, millicores
from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, known, mapping, number, sequence, text

_TYPE: Final = "node.kubernetes.io/instance-type"
_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}
_KEEPS_OFF: Final = frozenset({"NoSchedule", "NoExecute"})


@dataclass(frozen=True)
class Taint:
    """One taint that keeps pods off."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Machines that are alike to a pod. ``nodes`` is a fixed number, or nothing where machines are made on demand."""

    resources: tuple[Resource, ...]
    name: str
    labels: Mapping[str, frozenset[str]]
    """What each label may be; a requirement that leaves it open is not there."""
    taints: frozenset[Taint]
    types: tuple[str, ...] = ()
    """Instance types; empty where nothing says them."""
    nodes: int | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)

    @property
    def machines(self) -> dict[str, NodeCapacity]:
        """What each of the types holds, as far as they are known."""
        found = {name: node_capacity(name) for name in self.types}
        return {name: capacity for name, capacity in found.items() if capacity is not None}

    def limit(self, resource: str) -> int | None:
        """What all machines together may bring; processors in millicores."""
        said = known(self.limits.get(resource), f"spec.limits.{resource}")
        if said is None:
            return None
        return millicores(said) if resource == "cpu" else int(str(said)) if str(said).isdecimal() else None


def pools(graph: Graph) -> tuple[Pool, ...]:
    """Every pool in view; what cannot be read is no pool, and then nothing is said of it."""
    return graph.once(_pools)


def read(resource: Resource) -> Pool:
    """One pool.

    Raises:
        UndecidedError: a label, a taint, a type or a number of it cannot be read.
    """
    return _fixed(resource) if resource.type == NODE_GROUP else _on_demand(resource)


def _pools(graph: Graph) -> tuple[Pool, ...]:
    made = [pool for resource in graph.of_type(*NODE_POOLS) for pool in _readable(resource)]
    groups: dict[Any, list[Pool]] = {}
    for resource in graph.of_type(NODE_GROUP):
        for pool in _readable(resource):
            alike = (tuple(sorted(pool.labels.items(), key=str)), pool.taints, pool.types)
            groups.setdefault(alike, []).append(pool)
    return (*made, *(_together(alike) for alike in groups.values()))


def _readable(resource: Resource) -> Iterator[Pool]:
    try:
        yield read(resource)
    except UndecidedError:
        return


def _together(alike: Sequence[Pool]) -> Pool:
    """One group a zone is one pool to a pod."""
    first = alike[0]
    nodes = [pool.nodes for pool in alike]
    return Pool(
        resources=tuple(r for pool in alike for r in pool.resources),
        name=" + ".join(pool.name for pool in alike),
        labels=first.labels,
        taints=first.taints,
        types=first.types,
        nodes=sum(n for n in nodes if n is not None) if all(n is not None for n in nodes) else None,
    )


def _on_demand(resource: Resource) -> Pool:
    template = mapping(at(resource.inputs, "spec.template"), "spec.template")
    labels = {
        key: frozenset({text(value, key)})
        for key, value in mapping(at(template, "metadata.labels"), "metadata.labels").items()
    }
    for requirement in sequence(at(template, "spec.requirements"), "requirements"):
        if text(at(requirement, "operator"), "operator") == "In":
            key = text(at(requirement, "key"), "key")
            values = frozenset(text(v, "values") for v in sequence(at(requirement, "values"), "values"))
            labels[key] = labels[key] & values if key in labels else values
    nodes = number(at(resource.inputs, "spec.replicas"), "spec.replicas")
    return Pool(
        resources=(resource,),
        name=f"NodePool {name_of(resource)}",
        labels=labels,
        taints=_taints(sequence(at(template, "spec.taints"), "taints")),
        types=tuple(sorted(labels.get(_TYPE, ()))),
        nodes=None if nodes is None else int(nodes),
        limits=mapping(at(resource.inputs, "spec.limits"), "spec.limits"),
    )


def _fixed(resource: Resource) -> Pool:
    labels = mapping(at(resource.inputs, "labels"), "labels")
    types = sequence(at(resource.inputs, "instanceTypes"), "instanceTypes")
    least = number(at(resource.inputs, "scalingConfig.minSize"), "scalingConfig.minSize")
    return Pool(
        resources=(resource,),
        name=f"node group {resource.name}",
        labels={key: frozenset({text(value, key)}) for key, value in labels.items()},
        taints=_taints(sequence(at(resource.inputs, "taints"), "taints")),
        types=tuple(text(t, "instanceTypes") for t in types),
        nodes=None if least is None else int(least),
    )


def _taints(listed: Sequence[Any]) -> frozenset[Taint]:
    found = set()
    for taint in listed:
        effect = text(at(taint, "effect"), "effect")
        effect = _EFFECTS.get(effect, effect)
        if effect in _KEEPS_OFF:
            found.add(Taint(text(at(taint, "key"), "key"), text(at(taint, "value"), "value"), effect))
    return frozenset(found)


def has_gpus(pool: Pool) -> bool:
    """Whether a pool is there for GPUs, by its limit, its taint or its types."""
    return (
        GPU in pool.limits
        or any(taint.key == GPU for taint in pool.taints)
        or any(machine.gpus for machine in pool.machines.values())
    )
