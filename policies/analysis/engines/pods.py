"""Where engines stand: pods of any kind, KServe's as it merges them, groups of a leader and workers as one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.kserve.llm import PICKER, llm_pods
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, predictor_pods
from policies.analysis.kserve.placed_pods import standing
from policies.analysis.pods.finder import pods_of
from policies.analysis.pods.pod import Pod
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, number, sequence

_GROUPS: Final = ("kubernetes:leaderworkerset.x-k8s.io/",)
_RAY: Final = ("kubernetes:ray.io/",)


@dataclass(frozen=True)
class EnginePod:
    """A pod that may start an engine. ``path`` is where its object keeps it; a group's pods share one model."""

    path: str
    spec: Mapping[str, Any]
    group: tuple[tuple[Mapping[str, Any], int], ...] = ()
    """All pods of its group with how many there are of each; empty where it stands alone."""
    is_shared: bool = False
    """Other pods whose number is not in view take part."""
    places: tuple[str, ...] = ()
    """Where its main containers stand, where that is not in the spec's own list."""

    def container_path(self, index: int) -> str:
        """The path of one of its main containers."""
        return self.places[index] if self.places else f"{self.path}.containers[{index}]"


def engine_pods(resource: Resource, graph: Graph) -> Iterator[EnginePod]:
    """Pods of one object as they will run.

    Raises:
        UndecidedError: the place where a known kind has its pod cannot be read.
    """
    if resource.type in INFERENCE_SERVICE:
        parts = list(predictor_pods(resource, graph))
        groups = {place.removesuffix(".workerSpec") for place, _ in parts if place.endswith(".workerSpec")}
        for place, pod in parts:
            is_shared = place.removesuffix(".workerSpec") in groups
            yield _merged(standing(resource, f"spec.{place}", pod), is_shared=is_shared)
    elif resource.type in LLM:
        parts = list(llm_pods(resource, graph))
        places = {place for place, _ in parts}
        for place, pod in parts:
            if place != PICKER:
                worker = f"{place.removesuffix('template').removesuffix('worker')}worker"
                yield _merged(standing(resource, f"spec.{place}", pod), is_shared=worker in places)
    elif resource.type.startswith(_GROUPS):
        yield from _group(resource)
    else:
        for found in pods_of(resource):
            yield _merged(found, is_shared=resource.type.startswith(_RAY))


def _merged(pod: Pod, *, is_shared: bool) -> EnginePod:
    return EnginePod(pod.path, pod.spec, is_shared=is_shared, places=tuple(path for path, _ in pod.places))


def _group(resource: Resource) -> Iterator[EnginePod]:
    base = "spec.leaderWorkerTemplate"
    template = mapping(at(resource.inputs, base), base)
    worker = mapping(at(template, "workerTemplate.spec"), f"{base}.workerTemplate.spec")
    leader = mapping(at(template, "leaderTemplate.spec"), f"{base}.leaderTemplate.spec")
    size = int(number(at(template, "size"), f"{base}.size") or 1)
    group = ((leader or worker, 1), (worker, size - 1))
    if leader:
        yield EnginePod(f"{base}.leaderTemplate.spec", leader, group)
    if worker and (size > 1 or not leader):
        yield EnginePod(f"{base}.workerTemplate.spec", worker, group)


def main_containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for container in sequence(at(pod, "containers"), "containers"):
        yield mapping(container, "containers")
