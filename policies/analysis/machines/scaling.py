"""How many replicas an object has at least and at most, and who says so."""

from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.kubernetes.keda import SCALED_OBJECT
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, number, text

_AUTOSCALERS: Final = tuple(
    f"kubernetes:autoscaling/{version}:HorizontalPodAutoscaler" for version in ("v2", "v1")
)
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
