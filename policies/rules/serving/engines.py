"""What must hold between an engine of models and the pod that starts it, whatever kind of object makes the pod."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from policies.analysis.engines.loading import killed_while_loading, outlasted_by_weights
from policies.analysis.engines.pods import EnginePod, engine_pods
from policies.analysis.engines.splitting import shared_memory_problem, too_few_devices
from policies.analysis.engines.switches import opened
from policies.analysis.engines.weights import too_large
from policies.analysis.pods.programs import called, programs_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Check, Offence, Rule

_EVERY: Final = ("kubernetes:*",)


def _in_pods(check: Callable[[EnginePod], Iterable[Offence]]) -> Check:
    def found(resource: Resource, graph: Graph) -> Iterator[Offence]:
        if resource.object is not None:
            yield from every(partial(check, pod) for pod in engine_pods(resource, graph))

    return found


def _open(resource: Resource, _graph: Graph) -> Iterator[Offence]:
    for path, container in programs_of(resource) if resource.object is not None else ():
        for switch in opened(container):
            yield Offence(
                path=f"{path}.{switch.place}",
                problem=f"{switch.what} in container {called(container)}",
                value=switch.value,
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="engines-are-not-killed-while-they-load",
        severity="high",
        applies_to=_EVERY,
        why="The kubelet restarts an engine that has not read its weights yet, and the next start ends the same way.",
        fix="Add a startupProbe with periodSeconds times failureThreshold well above the start (docs/start-path.md).",
        check=_in_pods(killed_while_loading),
        reads_graph=True,
    ),
    Rule(
        id="engine-start-outlasts-its-weights",
        severity="high",
        applies_to=_EVERY,
        why="On a new node, with nothing cached, large weights take longer than on the node where it was tried.",
        fix="Raise failureThreshold of the startupProbe, or measure the start and keep the files on the node.",
        check=_in_pods(outlasted_by_weights),
        reads_graph=True,
        level="advisory",
    ),
    Rule(
        id="engines-get-the-gpus-they-split-over",
        severity="high",
        applies_to=_EVERY,
        why="An engine that is split over more GPUs than it gets never starts, on a machine that is paid for.",
        fix="Ask for as many GPUs as the sizes of tensor, pipeline and data parallelism multiplied, or split less.",
        check=_in_pods(too_few_devices),
        reads_graph=True,
    ),
    Rule(
        id="engines-have-shared-memory-to-split",
        severity="high",
        applies_to=_EVERY,
        why="Parts of an engine hand each other data in /dev/shm; without room there, they end or crawl.",
        fix="Mount an emptyDir with medium: Memory at /dev/shm, within the container's memory limit.",
        check=_in_pods(shared_memory_problem),
        reads_graph=True,
    ),
    Rule(
        id="weights-fit-in-gpu-memory",
        severity="high",
        applies_to=_EVERY,
        why="Weights that do not fit end the engine at its start, with nothing left for the cache of any request.",
        fix="Split over more GPUs, choose a machine with more memory on each, or serve packed weights.",
        check=_in_pods(too_large),
        reads_graph=True,
    ),
    Rule(
        id="engines-open-no-administration",
        severity="high",
        applies_to=_EVERY,
        why="Whoever may ask the model may then change it, read files beside it, or run code in its pod.",
        fix="Leave the switch off; adapters, templates and profiles belong in the model's version.",
        check=_open,
    ),
)
