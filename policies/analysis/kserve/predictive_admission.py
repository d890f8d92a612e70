"""What KServe's webhook refuses of parts of an InferenceService: its workers, its metrics, its places for files.

KServe v0.20.0, ``inference_service_validation.go``, read 2026-11-28; ``tools/conformance/tables`` holds both to
one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from posixpath import commonpath
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variables
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
_PLACE: Final = "STORAGE_URI"
_TRANSFORMER: Final = "transformer-container"
_PLACE_UNSET: Final = "/mnt/models"
"""Where KServe puts files that name no place of their own: the CRD's default."""


def refused_metrics(part: str, component: Mapping[str, Any], scaler: str) -> Iterator[str]:
    """Of a component that the HPA or KEDA scales."""
    if scaler not in _METRICS:
        return
    metric = text(at(component, "scaleMetric"), "scaleMetric")
    target = number(at(component, "scaleTarget"), "scaleTarget")
    if metric and metric not in _METRICS[scaler]:
        yield f"{part}: scaleMetric is {metric}, which {scaler} does not scale by"
    if target is not None and scaler == "hpa" and not 1 <= target <= _WHOLE:
        yield f"{part}: scaleTarget is {target:g}, and is a percentage"
    metrics = sequence(at(component, "autoScaling.metrics"), "autoScaling.metrics")
    for index, one in enumerate(metrics):
        said = _refused_source(mapping(one, "autoScaling.metrics"), scaler)
        yield from (f"{part}: autoScaling.metrics[{index}]{problem}" for problem in said)


def _refused_source(metric: Mapping[str, Any], scaler: str) -> Iterator[str]:
    source = text(at(metric, "type"), "type")
    if source not in _SOURCES[scaler]:
        yield f".type is {source}; {scaler} knows {', '.join(sorted(_SOURCES[scaler]))}"
        return
    field = _FIELDS[source]
    detail = at(metric, field)
    if detail is None:
        yield f".{field} is not set"
    elif scaler == "keda":
        yield from (f".{field}{problem}" for problem in _refused_of_keda(source, mapping(detail, field)))


def _refused_of_keda(source: str, detail: Mapping[str, Any]) -> Iterator[str]:
    kind = text(at(detail, "target.type"), "target.type")
    if source == "Resource":
        name = text(at(detail, "name"), "name")
        if name not in _OF_KEDA:
            yield f".name is {name or 'not set'}; KEDA knows {', '.join(_OF_KEDA)}"
        elif kind not in _OF_KEDA[name]:
            yield f".target.type is {kind or 'not set'}; of {name} it is {' or '.join(_OF_KEDA[name])}"
    else:
        if not text(at(detail, "metric.query"), "metric.query"):
            yield ".metric.query is not set"
        if at(detail, "target.value") is None:
            yield ".target.value is not set: no threshold"
    amount = _AMOUNTS.get(kind)
    if amount and at(detail, f"target.{amount}") is None and (source == "Resource" or amount != "value"):
        yield f".target.{amount} is not set, and target.type is {kind}"


def refused_workers(predictor: Mapping[str, Any], scaler: str) -> Iterator[str]:
    """Of a predictor that runs on several nodes."""
    workers = mapping(at(predictor, "workerSpec"), "workerSpec")
    if len(sequence(at(workers, "containers"), "workerSpec.containers")) > 1:
        yield "predictor: workerSpec has more than one container"
    if at(predictor, "model") is not None:
        yield from _refused_leader(mapping(at(predictor, "model"), "model"))
        if scaler != "none":
            yield "predictor: runs on several nodes (workerSpec), and serving.kserve.io/autoscalerClass is not none"
    for field in _SIZES:
        size = number(at(workers, field), field)
        if size is not None and size < 1:
            yield f"predictor: workerSpec.{field} is {size:g}"


def _refused_leader(model: Mapping[str, Any]) -> Iterator[str]:
    uri = text(at(model, "storageUri"), "storageUri")
    if not uri.startswith(_ON_SEVERAL_NODES):
        yield (
            "predictor: runs on several nodes (workerSpec), which take their files from pvc:// or oci:// "
            f"(got {uri or 'nothing'})"
        )
    for field, name in _SIZES.items():
        if name in variables(model):
            yield f"predictor.model.env: {name} is set; workerSpec.{field} says it"


def refused_places(
    part: str, component: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Of where a component's files come from and go to."""
    places = [
        mapping(place, "storageUris") for place in sequence(at(component, "storageUris"), "storageUris")
    ]
    if places and any(at(server, "storageUri") is not None for server in servers):
        yield f"{part}: names both storageUri and storageUris"
    paths: list[str] = []
    for index, place in enumerate(places):
        path = text(at(place, "mountPath"), "mountPath") or _PLACE_UNSET
        if not text(at(place, "uri"), "uri"):
            yield f"{part}: storageUris[{index}].uri is empty"
        if path == "/" or not path.startswith("/") or ".." in path:
            yield f"{part}: storageUris[{index}].mountPath is {path}, and is a folder from / without .."
        elif not text(at(place, "uri"), "uri").startswith("pvc://"):
            paths.append(path)
    if len(paths) > 1 and commonpath(paths) == "/":
        yield f"{part}: storageUris go to {', '.join(paths)}, which have no folder in common"


def refused_transformer(predictor: Mapping[str, Any]) -> Iterator[str]:
    """Of a transformer in the predictor's own pod: the predictor's files are the pod's."""
    for container in sequence(at(predictor, "containers"), "containers"):
        named = text(at(container, "name"), "name") == _TRANSFORMER
        if named and _PLACE in variables(mapping(container, "containers")):
            yield f"predictor: {_TRANSFORMER} sets {_PLACE}; the predictor names the files"
