"""What KEDA's webhook refuses of scalers: what passed review would never scale.

KEDA v2.18.0, ``scaledobject_webhook.go``, ``scaledobject_types.go`` and ``scaletriggers_types.go``, read 2026-11-28;
``tools/conformance/tables`` holds both to one table. Bounds and zero are rules of
:mod:`policies.rules.serving.autoscaling`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.keda import SCALED_JOB, SCALED_OBJECT, triggers
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, number, text

_HPA: Final = (
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:autoscaling/v1:HorizontalPodAutoscaler",
)
_OWNED: Final = "validations.keda.sh/hpa-ownership"
_HANDED_OVER: Final = "scaledobject.keda.sh/transfer-hpa-ownership"
_UNCACHED: Final = frozenset({"cpu", "memory", "cron"})
_OF_PODS: Final = frozenset({"cpu", "memory"})


def _refused(scaler: Resource, graph: Graph) -> Iterable[Offence]:
    yield from _refused_triggers(scaler)
    if scaler.type == SCALED_OBJECT:
        yield from _refused_counts(scaler)
        yield from _refused_beside(scaler, graph)


def _refused_triggers(scaler: Resource) -> Iterator[Offence]:
    names: list[str] = []
    listed = list(triggers(scaler))
    if not listed:
        yield Offence(path="spec.triggers", problem="none")
    for index, trigger in enumerate(listed):
        kind, name = text(at(trigger, "type"), "type"), text(at(trigger, "name"), "name")
        if flag(at(trigger, "useCachedMetrics"), "useCachedMetrics") and kind in _UNCACHED:
            yield Offence(
                path=f"spec.triggers[{index}].useCachedMetrics",
                problem=f"{kind} has nothing to keep",
                value=True,
            )
        if name and name in names:
            yield Offence(
                path=f"spec.triggers[{index}].name", problem=f"{name} stands there twice", value=name
            )
        names.append(name)


def _refused_counts(scaler: Resource) -> Iterator[Offence]:
    spec = mapping(at(scaler.inputs, "spec"), "spec")
    idle, least = (number(at(spec, field), field) for field in ("idleReplicaCount", "minReplicaCount"))
    if idle is not None and idle >= (least or 0):
        yield Offence(
            path="spec.idleReplicaCount",
            problem=f"{idle:g} is not below minReplicaCount ({least or 0:g})",
            value=idle,
        )
    if at(spec, "fallback") is None:
        return
    for field in ("failureThreshold", "replicas"):
        count = number(at(spec, f"fallback.{field}"), field)
        if count is not None and count < 0:
            yield Offence(path=f"spec.fallback.{field}", problem=f"{count:g} is no count", value=count)
    has_formula = at(spec, "advanced.scalingModifiers.formula")
    if not has_formula and all(text(at(t, "type"), "type") in _OF_PODS for t in triggers(scaler)):
        yield Offence(
            path="spec.fallback",
            problem="every trigger is of pods (cpu, memory), which KEDA does not ask and so cannot miss",
        )


def _target(scaler: Resource) -> tuple[str, str, str]:
    ref = mapping(at(scaler.inputs, "spec.scaleTargetRef"), "spec.scaleTargetRef")
    name = text(at(ref, "name"), "scaleTargetRef.name")
    return namespace_of(scaler), text(at(ref, "kind"), "scaleTargetRef.kind") or "Deployment", name


def _hpa_name(scaler: Resource) -> str:
    path = "spec.advanced.horizontalPodAutoscalerConfig.name"
    return text(at(scaler.inputs, path), path) or f"keda-hpa-{name_of(scaler)}"


def _beside(graph: Graph, target: tuple[str, str, str]) -> Mapping[str, list[Resource]]:
    """Whatever scales a target, by type."""
    found: dict[str, list[Resource]] = {}
    for other in graph.of_type(SCALED_OBJECT, *_HPA):
        if _target(other) == target:
            found.setdefault(other.type, []).append(other)
    return found


def _refused_beside(scaler: Resource, graph: Graph) -> Iterator[Offence]:
    target = _target(scaler)
    for kind, others in graph.once_for(_beside, target).items():
        for other in others:
            if kind == SCALED_OBJECT and name_of(other) != name_of(scaler):
                yield _scaled_twice(target[2], name_of(other))
            elif kind in _HPA and not _may_stand_beside(scaler, other):
                yield _scaled_twice(target[2], f"the HorizontalPodAutoscaler {name_of(other)}")


def _scaled_twice(target: str, other: str) -> Offence:
    return Offence(
        path="spec.scaleTargetRef.name", problem=f"{target} is scaled by {other} too", value=target
    )


def _may_stand_beside(scaler: Resource, hpa: Resource) -> bool:
    owners: Any = at(hpa.inputs, "metadata.ownerReferences") or ()
    is_own = any(text(at(owner, "name"), "name") == name_of(scaler) for owner in owners)
    is_taken_over = annotation(scaler, _HANDED_OVER) == "true" and _hpa_name(scaler) == name_of(hpa)
    return annotation(hpa, _OWNED) == "false" or is_own or is_taken_over


RULES: tuple[Rule, ...] = (
    Rule(
        id="scalers-are-admitted",
        severity="high",
        applies_to=(SCALED_OBJECT, SCALED_JOB),
        why="KEDA's webhook refuses it: what passed review never scales.",
        fix="Leave one scaler to a target, name triggers once each, and fall back from something outside the pods.",
        check=_refused,
        reads_graph=True,
    ),
)
