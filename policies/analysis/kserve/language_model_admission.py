"""What KServe's webhook refuses of parts of an LLMInferenceService.

KServe v0.20.0, ``llm_inference_service_validation.go``, read 2026-11-28; ``tools/conformance/tables`` holds
both to one table.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number, sequence, text

_BOUNDS: Final = ("maxRank", "maxAdapters", "maxCpuAdapters")
_COST: Final = re.compile(r"\d+(\.\d+)?")
_THE_CONTROLLERS: Final = "the controller itself writes it"
_SCHEDULER: Final = "spec.router.scheduler"
_OF_THE_CONTROLLER: Final = ("formula", "target", "activationTarget", "metricType")


def refused_bounds(lora: Mapping[str, Any]) -> Iterator[Offence]:
    """Of how many adapters there is room for."""
    for field in _BOUNDS:
        most = number(at(lora, field), field)
        if most is not None and most < 1:
            yield Offence(
                path=f"spec.model.lora.{field}",
                problem=f"{most:g} is no size",
                value=most,
                expected="at least 1",
            )


def refused_parents(router: Mapping[str, Any]) -> Iterator[Offence]:
    """Of a route that names other gateways than the router does."""
    parents = _references(at(router, "route.http.spec.parentRefs"))
    gateways = _references(at(router, "gateway.refs"))
    if parents and gateways and sorted(parents) != sorted(gateways):
        yield Offence(
            path="spec.router.route.http.spec.parentRefs",
            problem="other gateways than spec.router.gateway.refs names",
        )


def _references(refs: Any) -> list[tuple[str, ...]]:
    listed = [mapping(ref, "refs") for ref in sequence(refs, "refs")]
    return [tuple(text(at(ref, key), key) for key in ("namespace", "name", "sectionName")) for ref in listed]


def refused_scaling(part: str, workload: Mapping[str, Any]) -> Iterator[Offence]:
    """Of one workload, where KServe is to scale it; ``part`` is its path."""
    if at(workload, "scaling") is None:
        return
    scaling = mapping(at(workload, "scaling"), "scaling")
    least, most = (number(at(scaling, field), field) for field in ("minReplicas", "maxReplicas"))
    if at(workload, "replicas") is not None:
        yield Offence(
            path=f"{part}.replicas",
            problem="stands beside scaling",
            value=at(workload, "replicas"),
            expected="one of both",
        )
    if least is not None and least > (most or 0):
        yield Offence(
            path=f"{part}.scaling.minReplicas",
            problem=f"{least:g} is above maxReplicas ({most or 0:g})",
            value=least,
        )
    if at(scaling, "wva") is None:
        yield Offence(path=f"{part}.scaling.wva", problem="nothing says what scales", expected="hpa or keda")
        return
    actuators = [name for name in ("hpa", "keda") if at(scaling, f"wva.{name}") is not None]
    if len(actuators) != 1:
        yield Offence(
            path=f"{part}.scaling.wva",
            problem=f"names {' and '.join(actuators) or 'neither hpa nor keda'}",
            expected="one of them",
        )
    cost = text(at(scaling, "wva.variantCost"), "wva.variantCost")
    if cost and not _COST.fullmatch(cost):
        yield Offence(path=f"{part}.scaling.wva.variantCost", problem=f"{cost} is no number", value=cost)
    yield from _refused_of_keda(
        f"{part}.scaling.wva.keda", mapping(at(scaling, "wva.keda"), "wva.keda"), least
    )


def _refused_of_keda(part: str, keda: Mapping[str, Any], least: float | None) -> Iterator[Offence]:
    modifiers = mapping(at(keda, "advanced.scalingModifiers"), "scalingModifiers")
    if any(at(modifiers, field) for field in _OF_THE_CONTROLLER):
        yield Offence(path=f"{part}.advanced.scalingModifiers", problem=_THE_CONTROLLERS)
    name = at(keda, "advanced.horizontalPodAutoscalerConfig.name")
    if name:
        where = f"{part}.advanced.horizontalPodAutoscalerConfig.name"
        yield Offence(path=where, problem=_THE_CONTROLLERS, value=name)
    idle = number(at(keda, "idleReplicaCount"), "idleReplicaCount")
    if idle is not None and (least is None or idle >= least):
        yield Offence(
            path=f"{part}.idleReplicaCount", problem=f"{idle:g} is not below scaling.minReplicas", value=idle
        )


def refused_picker(scheduler: Mapping[str, Any]) -> Iterator[Offence]:
    """Of who picks a replica."""
    config = at(scheduler, "config")
    yield from refused_scheduler(scheduler)
    if config is not None and (at(config, "ref") is None) == (at(config, "inline") is None):
        yield Offence(
            path=f"{_SCHEDULER}.config", problem="names neither or both of ref and inline", expected="one"
        )
    if at(config, "ref") is not None and not text(at(config, "ref.name"), "scheduler.config.ref.name"):
        yield Offence(path=f"{_SCHEDULER}.config.ref.name", problem="is empty")


def refused_parallelism(part: str, workload: Mapping[str, Any]) -> Iterator[Offence]:
    """Of how one workload is split; ``part`` is its path."""
    split = mapping(at(workload, "parallelism"), f"{part}.parallelism")
    sizes = {key: number(at(split, key), key) for key in ("pipeline", "data", "dataLocal", "tensor")}
    is_data = sizes["data"] is not None or sizes["dataLocal"] is not None
    if at(workload, "worker") is not None and not is_data and sizes["pipeline"] is None:
        yield Offence(path=f"{part}.worker", problem="stands without data or pipeline parallelism")
    if is_data and sizes["pipeline"] is not None:
        yield Offence(
            path=f"{part}.parallelism", problem="is of data and of pipelines at once", value=dict(split)
        )
    if (sizes["data"] is None) != (sizes["dataLocal"] is None):
        yield Offence(
            path=f"{part}.parallelism",
            problem="names one of data and dataLocal",
            value=dict(split),
            expected="both",
        )
    for key, size in sizes.items():
        if size is not None and size <= 0:
            yield Offence(
                path=f"{part}.parallelism.{key}",
                problem=f"{size:g} is no size",
                value=size,
                expected="at least 1",
            )


def refused_scheduler(scheduler: Mapping[str, Any]) -> Iterator[Offence]:
    """Of how many pickers there are, of a model and of a config alike."""
    replicas = number(at(scheduler, "replicas"), "scheduler.replicas")
    if replicas is not None and replicas <= 0:
        yield Offence(
            path=f"{_SCHEDULER}.replicas",
            problem=f"{replicas:g} pickers",
            value=replicas,
            expected="at least 1",
        )
