"""What KServe's webhooks refuse of runtimes and of configs for language models.

KServe v0.20.0, ``servingruntime_webhook.go`` and ``llm_inference_service_config_validation.go``, read 2026-11-28;
``tools/conformance/tables`` holds both to one table. Two runtimes that tie are not seen: KServe's chart brings more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.language_model_admission import refused_scheduler
from policies.analysis.kserve.model_hubs import variables
from policies.analysis.kserve.objects import LLM_CONFIG, RUNTIMES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, mapping, number, sequence, text

_BLOCKED: Final = "PYTHONPATH"
_SERVER: Final = "kserve-container"
_SIZES: Final = {
    "pipelineParallelSize": "PIPELINE_PARALLEL_SIZE",
    "tensorParallelSize": "TENSOR_PARALLEL_SIZE",
}


def _refused(runtime: Resource, _graph: Graph) -> Iterable[str]:
    spec = mapping(at(runtime.inputs, "spec"), "spec")
    if not flag(at(spec, "disabled"), "spec.disabled"):
        yield from _refused_priorities(spec)
        yield from _refused_workers(spec)
        for part in ("spec.containers", "spec.workerSpec.containers"):
            for index, container in enumerate(_containers(runtime.inputs, part)):
                if _BLOCKED in variables(container):
                    yield f"{part}[{index}].env: {_BLOCKED} is set, from which a server loads code"


def _containers(inputs: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    return [mapping(container, part) for container in sequence(at(inputs, part), part)]


def _refused_priorities(spec: Mapping[str, Any]) -> Iterator[str]:
    found: dict[str, float | None] = {}
    for entry in sequence(at(spec, "supportedModelFormats"), "supportedModelFormats"):
        name, priority = text(at(entry, "name"), "name"), number(at(entry, "priority"), "priority")
        if flag(at(entry, "autoSelect"), "autoSelect"):
            first = found.setdefault(name, priority)
            if None not in {first, priority} and first != priority:
                yield f"spec.supportedModelFormats: {name} has the priorities {first:g} and {priority:g}"


def _refused_workers(spec: Mapping[str, Any]) -> Iterator[str]:
    if at(spec, "workerSpec") is None:
        return
    if len(_containers(spec, "workerSpec.containers")) > 1:
        yield "spec.workerSpec.containers: more than one"
    for index, container in enumerate(_containers(spec, "containers")):
        if text(at(container, "name"), "name") == _SERVER:
            for field, name in _SIZES.items():
                if name in variables(container):
                    yield f"spec.containers[{index}].env: {name} is set; workerSpec.{field} says it"
    for field in _SIZES:
        size = number(at(spec, f"workerSpec.{field}"), field)
        if size is not None and size < 1:
            yield f"spec.workerSpec.{field} is {size:g}"


def _refused_config(config: Resource, _graph: Graph) -> Iterable[str]:
    if sequence(at(config.inputs, "spec.baseRefs"), "spec.baseRefs"):
        yield "spec.baseRefs: a config stands on no other"
    yield from refused_scheduler(mapping(at(config.inputs, "spec.router.scheduler"), "spec.router.scheduler"))


RULES: tuple[Rule, ...] = (
    Rule(
        id="serving-runtimes-are-admitted",
        severity="high",
        applies_to=RUNTIMES,
        why="KServe's webhook refuses it: every model that names it waits for ever.",
        fix="Give a format one priority, workers one container, and say sizes in workerSpec.",
        check=_refused,
    ),
    Rule(
        id="model-configs-are-admitted",
        severity="high",
        applies_to=LLM_CONFIG,
        why="KServe's webhook refuses it: every model that names it waits for ever.",
        fix="Write the config out, without baseRefs, and with a picker that runs.",
        check=_refused_config,
    ),
)
