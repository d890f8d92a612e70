"""What KServe's webhook refuses of parts of an LLMInferenceService.

KServe v0.20.0, ``llm_inference_service_validation.go``, read 2026-11-28; ``tools/conformance/tables`` holds
both to one table.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.engine.values import at, mapping, number, sequence, text

_BOUNDS: Final = ("maxRank", "maxAdapters", "maxCpuAdapters")
_COST: Final = re.compile(r"\d+(\.\d+)?")
_OF_THE_CONTROLLER: Final = ("formula", "target", "activationTarget", "metricType")


def refused_bounds(lora: Mapping[str, Any]) -> Iterator[str]:
    """Of how many adapters there is room for."""
    for field in _BOUNDS:
        most = number(at(lora, field), field)
        if most is not None and most < 1:
            yield f"model.lora.{field} is {most:g}"


def refused_parents(router: Mapping[str, Any]) -> Iterator[str]:
    """Of a route that names other gateways than the router does."""
    parents = _references(at(router, "route.http.spec.parentRefs"))
    gateways = _references(at(router, "gateway.refs"))
    if parents and gateways and sorted(parents) != sorted(gateways):
        yield "route.http.spec.parentRefs names other gateways than router.gateway.refs"


def _references(refs: Any) -> list[tuple[str, ...]]:
    listed = [mapping(ref, "refs") for ref in sequence(refs, "refs")]
    return [tuple(text(at(ref, key), key) for key in ("namespace", "name", "sectionName")) for ref in listed]


def refused_scaling(part: str, workload: Mapping[str, Any]) -> Iterator[str]:
    """Of one workload, where KServe is to scale it."""
    if at(workload, "scaling") is None:
        return
    scaling = mapping(at(workload, "scaling"), "scaling")
    least, most = (number(at(scaling, field), field) for field in ("minReplicas", "maxReplicas"))
    if at(workload, "replicas") is not None:
        yield f"{part}.scaling beside {part}.replicas"
    if least is not None and least > (most or 0):
        yield f"{part}.scaling.minReplicas {least:g} is above maxReplicas {most or 0:g}"
    if at(scaling, "wva") is None:
        yield f"{part}.scaling.wva is not set, which scales"
        return
    actuators = [name for name in ("hpa", "keda") if at(scaling, f"wva.{name}") is not None]
    if len(actuators) != 1:
        yield f"{part}.scaling.wva names {' and '.join(actuators) or 'neither hpa nor keda'}, and needs one"
    cost = text(at(scaling, "wva.variantCost"), "wva.variantCost")
    if cost and not _COST.fullmatch(cost):
        yield f"{part}.scaling.wva.variantCost is {cost}, and is a number"
    yield from _refused_of_keda(
        f"{part}.scaling.wva.keda", mapping(at(scaling, "wva.keda"), "wva.keda"), least
    )


def _refused_of_keda(part: str, keda: Mapping[str, Any], least: float | None) -> Iterator[str]:
    modifiers = mapping(at(keda, "advanced.scalingModifiers"), "scalingModifiers")
    if any(at(modifiers, field) for field in _OF_THE_CONTROLLER):
        yield f"{part}.advanced.scalingModifiers is set, which is the controller's"
    if at(keda, "advanced.horizontalPodAutoscalerConfig.name"):
        yield f"{part}.advanced.horizontalPodAutoscalerConfig.name is set, which is the controller's"
    idle = number(at(keda, "idleReplicaCount"), "idleReplicaCount")
    if idle is not None and (least is None or idle >= least):
        yield f"{part}.idleReplicaCount {idle:g} is not below minReplicas"


def refused_picker(scheduler: Mapping[str, Any]) -> Iterator[str]:
    """Of who picks a replica."""
    config = at(scheduler, "config")
    yield from refused_scheduler(scheduler)
    if config is not None and (at(config, "ref") is None) == (at(config, "inline") is None):
        yield "scheduler.config names neither or both of ref and inline"
    if at(config, "ref") is not None and not text(at(config, "ref.name"), "scheduler.config.ref.name"):
        yield "scheduler.config.ref.name is empty"


def refused_parallelism(part: str, workload: Mapping[str, Any]) -> Iterator[str]:
    """Of how one workload is split."""
    split = mapping(at(workload, "parallelism"), f"{part}.parallelism")
    sizes = {key: number(at(split, key), key) for key in ("pipeline", "data", "dataLocal", "tensor")}
    is_data = sizes["data"] is not None or sizes["dataLocal"] is not None
    if at(workload, "worker") is not None and not is_data and sizes["pipeline"] is None:
        yield f"{part}.worker without data or pipeline parallelism"
    if is_data and sizes["pipeline"] is not None:
        yield f"{part}.parallelism is of data and of pipelines at once"
    if (sizes["data"] is None) != (sizes["dataLocal"] is None):
        yield f"{part}.parallelism names one of data and dataLocal"
    for key, size in sizes.items():
        if size is not None and size <= 0:
            yield f"{part}.parallelism.{key} is {size:g}"


def refused_scheduler(scheduler: Mapping[str, Any]) -> Iterator[str]:
    """Of how many pickers there are, of a model and of a config alike."""
    replicas = number(at(scheduler, "replicas"), "scheduler.replicas")
    if replicas is not None and replicas <= 0:
        yield f"scheduler.replicas is {replicas:g}"
