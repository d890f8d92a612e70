"""How many replicas an object has at least and at most, and who says so."""

from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.kubernetes.keda import SCALED_OBJECT
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, known, mapping, number, text

_AUTOSCALERS: Final = tuple(
    f"kubernetes:autoscaling/{version}:HorizontalPodAutoscaler" for version in ("v2", "v1")
)
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_KEDA_MOST: Final = 100
"""``maxReplicaCount`` of a ScaledObject that sets none (keda.sh, "ScaledObject specification", read 2026-11)."""
Counts = Mapping[tuple[str, str], tuple[int, int]]


def replicas(resource: Resource, graph: Graph) -> tuple[int, int]:
    """Least and most replicas of an object that has ``spec.replicas``, or of whom a scaler holds."""
    found = scaled(graph, namespace_of(resource), name_of(resource))
    if found is not None:
        return found
    said = number(at(resource.inputs, "spec.replicas"), "spec.replicas")
    count = 1 if said is None else int(said)
    return count, count


def scaled(graph: Graph, namespace: str, target: str) -> tuple[int, int] | None:
    """What a scaler in view says of a target; nothing where none does."""
    return graph.once(_counts).get((namespace, target))


def surge(resource: Resource, replicas: int) -> int:
    """How many pods a Deployment's update starts before it may end one; none where it ends one first."""
    if resource.type != _DEPLOYMENT or not replicas:
        return 0
    strategy = mapping(at(resource.inputs, "spec.strategy"), "spec.strategy")
    if text(at(strategy, "type"), "spec.strategy.type") == "Recreate":
        return 0
    rolling = mapping(at(strategy, "rollingUpdate"), "spec.strategy.rollingUpdate")
    more = _share(rolling.get("maxSurge"), replicas, "maxSurge", is_rounded_up=True)
    fewer = _share(rolling.get("maxUnavailable"), replicas, "maxUnavailable", is_rounded_up=False)
    # With neither, Kubernetes takes one away.
    return 0 if fewer else more


def _share(said: Any, replicas: int, name: str, *, is_rounded_up: bool) -> int:
    """Of ``maxSurge`` and ``maxUnavailable``: 25% by default, rounded up and down."""
    amount = str(known("25%" if said is None else said, name))
    if not amount.removesuffix("%").isdecimal():
        raise UndecidedError(f"{name}: expected a number or a percentage, got {said!r}")
    if not amount.endswith("%"):
        return int(amount)
    part = replicas * int(amount[:-1])
    return -(-part // 100) if is_rounded_up else part // 100


def _counts(graph: Graph) -> Counts:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for scaler in graph.of_type(*_AUTOSCALERS):
        _note(found, scaler, ("minReplicas", 1), ("maxReplicas", 1))
    for scaler in graph.of_type(SCALED_OBJECT):
        _note(found, scaler, ("minReplicaCount", 0), ("maxReplicaCount", _KEDA_MOST))
    return found


def _note(
    found: dict[tuple[str, str], tuple[int, int]],
    scaler: Resource,
    least: tuple[str, int],
    most: tuple[str, int],
) -> None:
    try:
        target = text(at(scaler.inputs, "spec.scaleTargetRef.name"), "scaleTargetRef.name")
        low, high = (_count(at(scaler.inputs, f"spec.{key}"), key, default) for key, default in (least, most))
    except UndecidedError:
        return
    found[namespace_of(scaler), target] = (low, max(low, high))


def _count(value: Any, path: str, default: int) -> int:
    said = number(value, path)
    return default if said is None else int(said)
