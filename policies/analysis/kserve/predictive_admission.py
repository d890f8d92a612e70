"""What KServe's webhook refuses of parts of an InferenceService: its workers, its metrics, its places for files.

KServe v0.20.0, ``inference_service_validation.go``, read 2026-11-28; ``tools/conformance/tables`` holds both to
one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from posixpath import commonpath
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variable_place, variables
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number, sequence, text

_WHOLE: Final = 100
_METRICS: Final[Mapping[str, frozenset[str]]] = {"hpa": frozenset({"cpu", "memory"}), "keda": frozenset()}
_SOURCES: Final[Mapping[str, frozenset[str]]] = {
    "hpa": frozenset({"Resource"}),
    "keda": frozenset({"Resource", "External", "PodMetric"}),
}
_FIELDS: Final = {"Resource": "resource", "External": "external", "PodMetric": "podmetric"}
_OF_KEDA: Final = {"cpu": ("Utilization",), "memory": ("AverageValue", "Utilization")}
_AMOUNTS: Final = {
    "Utilization": "averageUtilization",
    "AverageValue": "averageValue",
    "Value": "value",
}
_ON_SEVERAL_NODES: Final = ("pvc://", "oci://")
_SIZES: Final = {
    "pipelineParallelSize": "PIPELINE_PARALLEL_SIZE",
    "tensorParallelSize": "TENSOR_PARALLEL_SIZE",
}
_PREDICTOR: Final = "spec.predictor"
_NOT_SET: Final = "is not set"
_PLACE: Final = "STORAGE_URI"
_TRANSFORMER: Final = "transformer-container"
_PLACE_UNSET: Final = "/mnt/models"
"""Where KServe puts files that name no place of their own: the CRD's default."""


def refused_metrics(part: str, component: Mapping[str, Any], scaler: str) -> Iterator[Offence]:
    """Of a component that the HPA or KEDA scales; ``part`` is its path."""
    if scaler not in _METRICS:
        return
    metric = text(at(component, "scaleMetric"), "scaleMetric")
    target = number(at(component, "scaleTarget"), "scaleTarget")
    if metric and metric not in _METRICS[scaler]:
        yield Offence(
            path=f"{part}.scaleMetric", problem=f"{scaler} does not scale by {metric}", value=metric
        )
    if target is not None and scaler == "hpa" and not 1 <= target <= _WHOLE:
        yield Offence(
            path=f"{part}.scaleTarget",
            problem=f"{target:g} is no percentage",
            value=target,
            expected="1 to 100",
        )
    metrics = sequence(at(component, "autoScaling.metrics"), "autoScaling.metrics")
    for index, one in enumerate(metrics):
        where = f"{part}.autoScaling.metrics[{index}]"
        yield from _refused_source(mapping(one, "autoScaling.metrics"), scaler, where)


def _refused_source(metric: Mapping[str, Any], scaler: str, where: str) -> Iterator[Offence]:
    source = text(at(metric, "type"), "type")
    if source not in _SOURCES[scaler]:
        yield Offence(
            path=f"{where}.type",
            problem=f"{scaler} does not know {source or 'a metric without type'}",
            value=source or None,
            expected=" or ".join(sorted(_SOURCES[scaler])),
        )
        return
    field = _FIELDS[source]
    detail = at(metric, field)
    if detail is None:
        yield Offence(path=f"{where}.{field}", problem=_NOT_SET)
    elif scaler == "keda":
        yield from _refused_of_keda(source, mapping(detail, field), f"{where}.{field}")


def _refused_of_keda(source: str, detail: Mapping[str, Any], where: str) -> Iterator[Offence]:
    kind = text(at(detail, "target.type"), "target.type")
    if source == "Resource":
        name = text(at(detail, "name"), "name")
        if name not in _OF_KEDA:
            known = " or ".join(_OF_KEDA)
            problem = f"KEDA does not know {name}" if name else _NOT_SET
            yield Offence(path=f"{where}.name", problem=problem, value=name or None, expected=known)
        elif kind not in _OF_KEDA[name]:
            known = " or ".join(_OF_KEDA[name])
            problem = f"is no {kind} of {name}" if kind else _NOT_SET
            yield Offence(path=f"{where}.target.type", problem=problem, value=kind or None, expected=known)
    else:
        if not text(at(detail, "metric.query"), "metric.query"):
            yield Offence(path=f"{where}.metric.query", problem=_NOT_SET)
        if at(detail, "target.value") is None:
            yield Offence(path=f"{where}.target.value", problem="no threshold is set")
    amount = _AMOUNTS.get(kind)
    if amount and at(detail, f"target.{amount}") is None and (source == "Resource" or amount != "value"):
        yield Offence(path=f"{where}.target.{amount}", problem=f"is not set, and target.type is {kind}")


def refused_workers(predictor: Mapping[str, Any], scaler: str) -> Iterator[Offence]:
    """Of a predictor that runs on several nodes."""
    workers = mapping(at(predictor, "workerSpec"), "workerSpec")
    if len(sequence(at(workers, "containers"), "workerSpec.containers")) > 1:
        yield Offence(path=f"{_PREDICTOR}.workerSpec.containers", problem="more than one container")
    if at(predictor, "model") is not None:
        yield from _refused_leader(mapping(at(predictor, "model"), "model"))
        if scaler != "none":
            yield Offence(
                path="metadata.annotations[serving.kserve.io/autoscalerClass]",
                problem="a predictor on several nodes (workerSpec) is not scaled",
                value=scaler or None,
                expected="none",
            )
    for field in _SIZES:
        size = number(at(workers, field), field)
        if size is not None and size < 1:
            yield Offence(
                path=f"{_PREDICTOR}.workerSpec.{field}",
                problem=f"{size:g} is no size",
                value=size,
                expected="at least 1",
            )


def _refused_leader(model: Mapping[str, Any]) -> Iterator[Offence]:
    uri = text(at(model, "storageUri"), "storageUri")
    if not uri.startswith(_ON_SEVERAL_NODES):
        yield Offence(
            path=f"{_PREDICTOR}.model.storageUri",
            problem=f"a predictor on several nodes (workerSpec) takes its files from {uri or 'nowhere'}",
            value=uri or None,
            expected="pvc:// or oci://",
        )
    for field, name in _SIZES.items():
        if name in variables(model):
            yield Offence(
                path=f"{_PREDICTOR}.model.{variable_place(model, name)}",
                problem=f"{name} is set, which workerSpec.{field} says",
                value=variables(model)[name],
            )


def refused_places(
    part: str, component: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[Offence]:
    """Of where a component's files come from and go to; ``part`` is its path."""
    places = [
        mapping(place, "storageUris") for place in sequence(at(component, "storageUris"), "storageUris")
    ]
    if places and any(at(server, "storageUri") is not None for server in servers):
        yield Offence(
            path=f"{part}.storageUris", problem="stands beside a storageUri", expected="one of both"
        )
    paths: list[str] = []
    for index, place in enumerate(places):
        path = text(at(place, "mountPath"), "mountPath") or _PLACE_UNSET
        if not text(at(place, "uri"), "uri"):
            yield Offence(path=f"{part}.storageUris[{index}].uri", problem="is empty")
        if path == "/" or not path.startswith("/") or ".." in path:
            yield Offence(
                path=f"{part}.storageUris[{index}].mountPath",
                problem=f"{path} is no place for files",
                value=path,
                expected="a folder below / without ..",
            )
        elif not text(at(place, "uri"), "uri").startswith("pvc://"):
            paths.append(path)
    if len(paths) > 1 and commonpath(paths) == "/":
        yield Offence(
            path=f"{part}.storageUris",
            problem=f"{', '.join(paths)} have no folder in common",
            value=paths,
        )


def refused_transformer(predictor: Mapping[str, Any]) -> Iterator[Offence]:
    """Of a transformer in the predictor's own pod: the predictor's files are the pod's."""
    for index, container in enumerate(sequence(at(predictor, "containers"), "containers")):
        named = text(at(container, "name"), "name") == _TRANSFORMER
        said = variables(mapping(container, "containers")) if named else {}
        if _PLACE in said:
            yield Offence(
                path=f"{_PREDICTOR}.containers[{index}].{variable_place(container, _PLACE)}",
                problem=f"{_TRANSFORMER} sets {_PLACE}, and the predictor names the files",
                value=said[_PLACE],
            )
