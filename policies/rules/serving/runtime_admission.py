"""What KServe's webhooks refuse of runtimes and of configs for language models.

KServe v0.20.0, ``servingruntime_webhook.go`` and ``llm_inference_service_config_validation.go``, read 2026-11-28;
``tools/conformance/tables`` holds both to one table. Two runtimes that tie are not seen: KServe's chart brings more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.language_model_admission import refused_scheduler
from policies.analysis.kserve.model_hubs import variable_place, variables
from policies.analysis.kserve.objects import LLM_CONFIG, RUNTIMES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, number, sequence, text

_BLOCKED: Final = "PYTHONPATH"
_SERVER: Final = "kserve-container"
_SIZES: Final = {
    "pipelineParallelSize": "PIPELINE_PARALLEL_SIZE",
    "tensorParallelSize": "TENSOR_PARALLEL_SIZE",
}


def _refused(runtime: Resource, _graph: Graph) -> Iterable[Offence]:
    spec = mapping(at(runtime.inputs, "spec"), "spec")
    if not flag(at(spec, "disabled"), "spec.disabled"):
        yield from _refused_priorities(spec)
        yield from _refused_workers(spec)
        for part in ("spec.containers", "spec.workerSpec.containers"):
            for index, container in enumerate(_containers(runtime.inputs, part)):
                said = variables(container)
                if _BLOCKED in said:
                    yield Offence(
                        path=f"{part}[{index}].{variable_place(container, _BLOCKED)}",
                        problem=f"a server loads code from {_BLOCKED}",
                        value=said[_BLOCKED],
                    )


def _containers(inputs: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    return [mapping(container, part) for container in sequence(at(inputs, part), part)]


def _refused_priorities(spec: Mapping[str, Any]) -> Iterator[Offence]:
    found: dict[str, float | None] = {}
    for index, entry in enumerate(sequence(at(spec, "supportedModelFormats"), "supportedModelFormats")):
        name, priority = text(at(entry, "name"), "name"), number(at(entry, "priority"), "priority")
        if flag(at(entry, "autoSelect"), "autoSelect"):
            first = found.setdefault(name, priority)
            if None not in {first, priority} and first != priority:
                yield Offence(
                    path=f"spec.supportedModelFormats[{index}].priority",
                    problem=f"{name} has the priorities {first:g} and {priority:g}",
                    value=priority,
                    expected="one of a format",
                )


def _refused_workers(spec: Mapping[str, Any]) -> Iterator[Offence]:
    if at(spec, "workerSpec") is None:
        return
    if len(_containers(spec, "workerSpec.containers")) > 1:
        yield Offence(path="spec.workerSpec.containers", problem="more than one container")
    for index, container in enumerate(_containers(spec, "containers")):
        if text(at(container, "name"), "name") == _SERVER:
            for field, name in _SIZES.items():
                said = variables(container)
                if name in said:
                    yield Offence(
                        path=f"spec.containers[{index}].{variable_place(container, name)}",
                        problem=f"{name} is set, which workerSpec.{field} says",
                        value=said[name],
                    )
    for field in _SIZES:
        size = number(at(spec, f"workerSpec.{field}"), field)
        if size is not None and size < 1:
            yield Offence(
                path=f"spec.workerSpec.{field}",
                problem=f"{size:g} is no size",
                value=size,
                expected="at least 1",
            )


def _refused_config(config: Resource, _graph: Graph) -> Iterable[Offence]:
    if sequence(at(config.inputs, "spec.baseRefs"), "spec.baseRefs"):
        yield Offence(path="spec.baseRefs", problem="a config stands on no other")
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
