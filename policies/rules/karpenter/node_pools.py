"""GPU pools: nobody else's pods, a ceiling, and machines that fit what runs there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from facts.accelerators import gpu_instances
from policies.analysis.machines.types import NODE_POOLS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_GPU: Final = "nvidia.com/gpu"
_INSTANCE_TYPE: Final = "node.kubernetes.io/instance-type"
_CAPACITY_TYPE: Final = "karpenter.sh/capacity-type"
_ENCRYPTION: Final = "karpenter.k8s.aws/instance-encryption-in-transit-supported"
_MAKERS: Final = ("karpenter.k8s.aws/", "eks.amazonaws.com/")
"""Whose labels describe machines: Karpenter's own, and EKS Auto Mode's, which are called the same behind the slash."""
_CATEGORY: Final = "instance-category"
_FAMILY: Final = "instance-family"
_GPU_LABEL: Final = "instance-gpu-"
_GPU_FAMILY: Final = re.compile(r"^(g|gr|p)\d")
_INTERRUPTIBLE: Final = "slipway.dev/interruptible"
_REQUIREMENTS: Final = "spec.template.spec.requirements"
_BOUNDING: Final = (_GPU, "cpu", "memory", "nodes")


def template_of(resource: Resource) -> Mapping[str, Any]:
    return mapping(at(resource.inputs, "spec.template.spec"), "spec.template.spec")


def _requirements(resource: Resource) -> list[tuple[str, str, Sequence[str]]]:
    """(key, operator, values) of every requirement on a node."""
    return [
        (
            text(at(r, "key"), "requirements.key"),
            text(at(r, "operator"), "requirements.operator"),
            [text(v, "requirements.values") for v in sequence(at(r, "values"), "requirements.values")],
        )
        for r in sequence(at(template_of(resource), "requirements"), "requirements")
    ]


def is_gpu_pool(resource: Resource) -> bool:
    """Whether the pool is there for GPUs: by its limit, its taint, or the machines it asks for."""
    if _GPU in mapping(at(resource.inputs, "spec.limits"), "spec.limits"):
        return True
    if any(text(at(t, "key")) == _GPU for t in sequence(at(template_of(resource), "taints"), "taints")):
        return True
    return any(_asks_for_gpus(*requirement) for requirement in _requirements(resource))


def _asks_for_gpus(key: str, operator: str, values: Sequence[str]) -> bool:
    described = key.rpartition("/")[2] if key.startswith(_MAKERS) else ""
    if described.startswith(_GPU_LABEL):
        return operator not in {"DoesNotExist", "NotIn"}
    if operator != "In":
        return False
    if described == _CATEGORY:
        return not {"g", "p"}.isdisjoint(values)
    return (key == _INSTANCE_TYPE or described == _FAMILY) and any(
        _GPU_FAMILY.match(value) for value in values
    )


def _tainted(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    if not is_gpu_pool(resource):
        return
    taints = at(template_of(resource), "taints")
    if taints is None and resource.is_part:
        return
    effects = {text(at(t, "effect")) for t in sequence(taints, "taints")}
    if not effects & {"NoSchedule", "NoExecute"}:
        yield Offence(path="spec.template.spec.taints", problem="no taint keeps other pods off its GPUs")


def _limited(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    if at(resource.inputs, "spec.replicas") is not None:
        return
    limits = mapping(at(resource.inputs, "spec.limits"), "spec.limits")
    if not any(limits.get(key) is not None for key in _BOUNDING):
        yield Offence(path="spec.limits", problem="no limit on GPUs, processors, memory or nodes")


def _interruptible(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    if not is_gpu_pool(resource):
        return
    path = _INTERRUPTIBLE.replace(".", "\\.")
    marks = [
        at(resource.inputs, f"{where}.labels.{path}") for where in ("metadata", "spec.template.metadata")
    ]
    if any(flag(mark, _INTERRUPTIBLE) for mark in marks):
        return
    allowed = [(op, values) for key, op, values in _requirements(resource) if key == _CAPACITY_TYPE]
    if not any(
        (op == "In" and "spot" not in values) or (op == "NotIn" and "spot" in values)
        for op, values in allowed
    ):
        how = "allows spot" if allowed else "names no capacity type, which allows spot"
        yield Offence(path=_REQUIREMENTS, problem=f"{how}, and is not labelled {_INTERRUPTIBLE}")


def _encrypts_in_transit(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    if not is_gpu_pool(resource):
        return
    wanted = _requirements(resource)
    if any(key == _ENCRYPTION and op == "In" and list(values) == ["true"] for key, op, values in wanted):
        return
    known = gpu_instances()
    for key, op, values in wanted:
        if key == _INSTANCE_TYPE and op == "In" and values:
            bare = [v for v in values if v not in known or not known[v].encryption_in_transit]
            if not bare:
                return
            yield from (
                Offence(path=_REQUIREMENTS, problem=f"{v} may not encrypt traffic between instances", value=v)
                for v in bare
            )
            return
    yield Offence(
        path=_REQUIREMENTS, problem="machines that cannot encrypt traffic between instances are allowed"
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="gpu-pools-are-tainted",
        severity="high",
        applies_to=NODE_POOLS,
        why="A pod that needs no GPU would hold an expensive machine and keep it from being removed.",
        fix="Add a taint such as nvidia.com/gpu with effect NoSchedule to spec.template.spec.taints.",
        check=_tainted,
    ),
    Rule(
        id="node-pools-are-limited",
        severity="high",
        applies_to=NODE_POOLS,
        why="Karpenter buys a machine for every pending pod: without a ceiling a loop costs without end.",
        fix="Set spec.limits: a number of nvidia.com/gpu where there are GPUs, else cpu and memory.",
        check=_limited,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="gpu-pools-use-spot-only-when-interruptible",
        severity="high",
        applies_to=NODE_POOLS,
        why="A spot machine ends at two minutes' notice, which is less than a model needs to load elsewhere.",
        fix=(
            "Require karpenter.sh/capacity-type In [reserved, on-demand], or label the pool "
            'slipway.dev/interruptible: "true".'
        ),
        check=_interruptible,
    ),
    Rule(
        id="gpu-nodes-encrypt-in-transit",
        severity="high",
        applies_to=NODE_POOLS,
        why="Traffic between GPUs of several nodes goes past the mesh; only the machine can encrypt it.",
        fix='Require karpenter.k8s.aws/instance-encryption-in-transit-supported In ["true"].',
        check=_encrypts_in_transit,
    ),
)
