"""LLMInferenceServices as rules read them: the pods they run, over the configs KServe merges into them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.llm_configs import applied_specs
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.kubernetes.strategic_merge import merged
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, number, sequence

PICKER: Final = "router.scheduler.template"
_TEMPLATES: Final = ("template", "worker", "prefill.template", "prefill.worker", PICKER)
_GPU_SUFFIX: Final = "/gpu"

Pods = Iterable[tuple[str, Mapping[str, Any]]]


def llm_pods(service: Resource, graph: Graph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The pods of an LLMInferenceService, over the configs that are merged into it where these are in view."""
    specs = [*applied_specs(service, graph), mapping(at(service.inputs, "spec"), "spec")]
    for place in _TEMPLATES:
        parts = [mapping(at(spec, place), place) for spec in specs if at(spec, place) is not None]
        if parts:
            pod: Any = {}
            for part in parts:
                pod = merged(pod, part)
            yield place, pod


def config_pods(config: Resource, _graph: Graph | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fragments a config brings, as they stand."""
    for place in _TEMPLATES:
        pod = at(config.inputs, f"spec.{place}")
        if pod is not None:
            yield place, mapping(pod, place)


def engines(service: Resource, graph: Graph) -> Pods:
    """Its pods but for the picker."""
    return ((place, pod) for place, pod in all_pods(service, graph) if place != PICKER)


def all_pods(service: Resource, graph: Graph) -> Pods:
    """Its pods, at least one of them an engine.

    Raises:
        UndecidedError: nothing in view says what the engine is.
    """
    found = list(llm_pods(service, graph))
    if not any(place != PICKER for place, _ in found):
        raise UndecidedError("spec.template is not set, and the config it is merged from is not in view")
    return found


def gpus(pod: Mapping[str, Any]) -> float:
    """The most GPUs a container of the pod gets."""
    most = 0.0
    for container in sequence(at(pod, "containers"), "containers"):
        limits = mapping(at(container, "resources.limits"), "resources.limits")
        for resource, amount in limits.items():
            if resource.endswith(_GPU_SUFFIX):
                most = max(most, _count(amount))
    return most


def _count(amount: Any) -> float:
    if isinstance(amount, str) and amount.isdigit():
        return float(amount)
    return number(amount, "resources.limits") or 0.0


def engine_labels(service: Resource) -> Mapping[str, Any]:
    """The labels that the engines' pods will have."""
    return {
        "app.kubernetes.io/name": name_of(service),
        "app.kubernetes.io/part-of": "llminferenceservice",
        "app.kubernetes.io/component": "llminferenceservice-workload",
        "kserve.io/component": "workload",
        "llm-d.ai/role": "both" if at(service.inputs, "spec.prefill") is None else "decode",
        **mapping(at(service.inputs, "spec.labels"), "spec.labels"),
    }
