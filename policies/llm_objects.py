"""LLMInferenceServices as rules read them: the pods they run, over the configs KServe merges into them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.model_objects import LLM_CONFIG, merged, name_of
from policies.reading import UndecidedError, at, mapping, number, sequence, text
from policies.record import Graph, Resource

PICKER: Final = "router.scheduler.template"
_TEMPLATES: Final = ("template", "worker", "prefill.template", "prefill.worker", PICKER)
_WELL_KNOWN: Final = {
    "template": ("kserve-config-llm-template", "kserve-config-llm-decode-template"),
    "worker": ("kserve-config-llm-worker-data-parallel", "kserve-config-llm-decode-worker-data-parallel"),
    "prefill.template": ("kserve-config-llm-prefill-template",),
    "prefill.worker": ("kserve-config-llm-prefill-worker-data-parallel",),
    PICKER: ("kserve-config-llm-scheduler",),
}
"""Configs KServe merges by itself (the second of two where there is a prefill part)."""
_GPU_SUFFIX: Final = "/gpu"

Pods = Iterable[tuple[str, Mapping[str, Any]]]


def llm_pods(service: Resource, graph: Graph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The pods of an LLMInferenceService, over the configs that are merged into it where these are in view."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    for place in _TEMPLATES:
        own = at(spec, place)
        below = [pod for pod in _configured(service, place, graph) if pod]
        if own is None and not below:
            continue
        pod: Any = {}
        for part in (*below, mapping(own, place)):
            pod = merged(pod, part)
        yield place, pod


def _configured(service: Resource, place: str, graph: Graph) -> Iterator[Mapping[str, Any]]:
    """What KServe merges in by itself, then what the service names."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    asked = at(spec, place) is not None or (place == "template" and at(spec, "worker") is None)
    if place == PICKER:
        asked = at(spec, "router.scheduler") is not None and at(spec, "router.scheduler.pool.ref") is None
    well_known = _WELL_KNOWN[place] if asked else ()
    if len(well_known) > 1:
        well_known = well_known[1:] if at(spec, "prefill") is not None else well_known[:1]
    named = [text(at(ref, "name"), "name") for ref in sequence(at(spec, "baseRefs"), "spec.baseRefs")]
    for name in (*well_known, *named):
        for config in graph.of_type(*LLM_CONFIG):
            if name_of(config) == name:
                yield mapping(at(config.inputs, f"spec.{place}"), place)


def config_pods(config: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
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
