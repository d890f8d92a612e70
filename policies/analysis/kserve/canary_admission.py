"""What KServe's webhook refuses of canaries: shares, names and sizes of predictors beside the stable one.

KServe v0.20.0, ``inference_service_validation.go``, read 2026-11-23.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variables
from policies.analysis.kserve.objects import FRAMEWORKS
from policies.analysis.kubernetes.metadata import annotation
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number, sequence, text

_MODE: Final = "serving.kserve.io/deploymentMode"
_PLACE: Final = "STORAGE_URI"
_SCALES: Final = ("maxReplicas", "scaleTarget", "scaleMetric", "autoScaling")
_WHOLE: Final = 100
_WITH_CANARIES: Final = frozenset({"Standard", "RawDeployment"})


def stuck_canaries(service: Resource, _graph: Graph, *, wants_names: bool = False) -> Iterator[Offence]:
    """Canaries that are refused, or that a promotion would restart."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    canaries = sequence(at(spec, "canary"), "spec.canary")
    is_named = bool(text(at(spec, "predictor.name"), "predictor.name"))
    if canaries and not is_named and wants_names:  # KServe takes it, and restarts what serves
        yield Offence(
            path="spec.predictor.name", problem="is not set, and a promotion would restart what serves"
        )
    mode = annotation(service, _MODE)
    if canaries and mode not in _WITH_CANARIES:
        yield Offence(
            path=f"metadata.annotations[{_MODE}]",
            problem=f"there are no canaries in {mode} mode" if mode else "is not set, and canaries need it",
            value=mode or None,
            expected="Standard",
        )
    yield from every(partial(_stuck, index, spec, canaries) for index in range(len(canaries)))
    server = any(at(spec, f"predictor.{framework}") is not None for framework in FRAMEWORKS)
    if canaries and not server and not _names_files(spec):
        yield Offence(
            path="spec.predictor",
            problem="a container of its own that names no files (STORAGE_URI) has no canaries",
        )
    share = sum(number(at(c, "trafficPercent"), "trafficPercent") or 0 for c in canaries)
    if share > _WHOLE:
        yield Offence(
            path="spec.canary",
            problem=f"canaries take {share:g} % of the traffic",
            value=[at(c, "trafficPercent") for c in canaries],
        )


def _names_files(spec: Mapping[str, Any]) -> bool:
    return _PLACE in variables(mapping(at(spec, "predictor.containers.0"), "predictor.containers"))


def _stuck(index: int, spec: Mapping[str, Any], canaries: Sequence[Any]) -> Iterator[Offence]:
    names = [text(at(c, "predictor.name"), "predictor.name") for c in canaries]
    canary, name, path = canaries[index], names[index], f"spec.canary[{index}]"
    if not name:
        yield Offence(path=f"{path}.predictor.name", problem="is not set")
    elif name in {text(at(spec, "predictor.name"), "predictor.name"), *names[:index]}:
        yield Offence(
            path=f"{path}.predictor.name", problem=f"another predictor is called {name}", value=name
        )
    for field in _SCALES:
        said = at(canary, f"predictor.{field}")
        if said is not None:
            yield Offence(path=f"{path}.predictor.{field}", problem="a canary does not scale", value=said)
    if at(canary, "predictor.workerSpec") is not None:
        yield Offence(path=f"{path}.predictor.workerSpec", problem="a canary runs on one node")
    percent = number(at(canary, "trafficPercent"), "trafficPercent") or 0
    if percent < 0:
        yield Offence(path=f"{path}.trafficPercent", problem=f"{percent:g} is no percentage", value=percent)
    own = number(at(canary, "predictor.minReplicas"), "minReplicas")
    least = number(at(spec, "predictor.minReplicas"), "minReplicas")
    if own is not None and own > (1 if least is None else least):
        yield Offence(
            path=f"{path}.predictor.minReplicas", problem="more replicas than the stable predictor", value=own
        )
