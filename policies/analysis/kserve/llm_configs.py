"""Which LLMInferenceServiceConfigs KServe merges into a service, and in which order.

As ``combineBaseRefsConfig`` does it (``llmisvc/config_merge.go``, v0.20.0, read 2026-11-25): those of well-known names
by what the service asks for, then the ones it names. Each is merged whole, whatever its name says it is for.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.objects import LLM_CONFIG
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, number, sequence, text

_PREFIX: Final = "kserve-config-llm-"
_SYSTEM: Final = "kserve"
_LATENCY: Final = "predicted-latency-producer"


def applied_specs(service: Resource, graph: Graph) -> list[Mapping[str, Any]]:
    """The configs' specifications that are in view, in the order in which they are laid over each other."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    named = [text(at(ref, "name"), "name") for ref in sequence(at(spec, "baseRefs"), "spec.baseRefs")]
    bases = list(_in_view(named, service, graph))
    well_known = [f"{_PREFIX}{suffix}" for suffix in _well_known([spec, *bases])]
    return [*_in_view(well_known, service, graph), *bases]


def asked_for(service: Resource, graph: Graph) -> tuple[list[str], list[str]]:
    """The configs that a service names, and those of well-known names that KServe looks for on its behalf."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    named = [text(at(ref, "name"), "name") for ref in sequence(at(spec, "baseRefs"), "spec.baseRefs")]
    bases = list(_in_view(named, service, graph))
    return named, [f"{_PREFIX}{suffix}" for suffix in _well_known([spec, *bases])]


def _in_view(names: list[str], service: Resource, graph: Graph) -> Iterator[Mapping[str, Any]]:
    """A config of the service's namespace comes before one of KServe's own."""
    for name in names:
        found = {namespace_of(c): c for c in graph.of_type(*LLM_CONFIG) if name_of(c) == name}
        for where in (namespace_of(service), _SYSTEM, *sorted(found)):
            if where in found:
                yield mapping(at(found[where].inputs, "spec"), "spec")
                break


def _well_known(specs: list[Mapping[str, Any]]) -> Iterator[str]:
    def asked(path: str) -> bool:
        return any(at(spec, path) is not None for spec in specs)

    if asked("router.scheduler") and not asked("router.scheduler.pool.ref"):
        yield "scheduler"
    if any(_predicts_latency(spec) for spec in specs):
        yield "scheduler-latency-predictor"
    if asked("router.route") and not asked("router.route.http.refs"):
        yield "router-route"
    if asked("tracing"):
        yield "tracing"
    if asked("prefill"):
        yield from _engine(specs, "prefill.", "prefill-")
        yield from _engine(specs, "", "decode-")
    else:
        yield from _engine(specs, "", "")


def _engine(specs: list[Mapping[str, Any]], place: str, role: str) -> Iterator[str]:
    if all(at(spec, f"{place}worker") is None for spec in specs):
        yield f"{role}template"
    elif _is_split(specs, place, "data", "dataLocal"):
        yield f"{role}worker-data-parallel"
    elif _is_split(specs, place, "pipeline"):
        yield f"{role}worker-pipeline-parallel"


def _is_split(specs: list[Mapping[str, Any]], place: str, *ways: str) -> bool:
    paths = [f"{place}parallelism.{way}" for way in ways]
    return any((number(at(spec, path), path) or 0) > 0 for spec in specs for path in paths)


def _predicts_latency(spec: Mapping[str, Any]) -> bool:
    inline = at(spec, "router.scheduler.config.inline")
    plugins = sequence(at(inline, "plugins"), "plugins") if isinstance(inline, Mapping) else ()
    return any(at(plugin, "type") == _LATENCY for plugin in plugins)
