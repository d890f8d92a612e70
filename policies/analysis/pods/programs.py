"""Where an object names programs: containers of pods, of what others make pods of, of models before KServe merges."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, LLM_CONFIG, RUNTIMES
from policies.analysis.pods import pod as pods
from policies.analysis.pods.finder import pods_of
from policies.analysis.pods.partial import parts_of
from policies.analysis.pods.pod import Pod
from policies.engine.collect_errors import every, once_of
from policies.engine.graph import Resource

SERVED: Final = frozenset((*INFERENCE_SERVICE, *LLM, *LLM_CONFIG, *RUNTIMES))
"""KServe's kinds: a pod is what it makes of several of them."""


def containers_of(resource: Resource) -> Iterator[Mapping[str, Any]]:
    """Every container an object names, wherever it stands in it.

    Raises:
        UndecidedError: after the last one, where the containers of a pod are unknown.
    """
    return (container for _, container in programs_of(resource))


def programs_of(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same, each with its path in the object.

    Raises:
        UndecidedError: as :func:`containers_of`.
    """
    return once_of(resource, _programs)


def _programs(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if resource.type in SERVED:
        return _within(resource.inputs.get("spec"), "spec")
    return every(partial(_placed, pod) for pod in chain(pods_of(resource), parts_of(resource)))


def _placed(pod: Pod) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((container.path, container.says) for container in pod.containers())


def _within(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every part that has a program, arguments or variables."""
    if isinstance(value, Mapping):
        if "env" in value or "args" in value or "command" in value:
            yield path, value
        for key, item in value.items():
            yield from _within(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _within(item, f"{path}[{index}]")


def called(container: Mapping[str, Any]) -> str:
    """What a message calls it; a name that is not known yet hides nothing that is said of it."""
    return pods.name_of(container) if isinstance(container.get("name"), str) else "container"
