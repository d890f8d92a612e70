"""KServe's pods with where their parts stand: each is merged of several objects, and a finding names a place in one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.objects import FRAMEWORKS
from policies.analysis.pods.pod import Pod, containers_at
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at

_SERVER: Final = "kserve-container"
_INDEX: Final = re.compile(r"\[(\d+)\]")

Merged = Callable[[Resource, Graph], Iterable[tuple[str, Mapping[str, Any]]]]


def placed(pods: Merged) -> Callable[[Resource, Graph], Iterator[Pod]]:
    """The same pods, each with its path and those of its containers in the resource."""

    def found(resource: Resource, graph: Graph) -> Iterator[Pod]:
        for place, spec in pods(resource, graph):
            yield standing(resource, f"spec.{place}", spec)

    return found


def standing(resource: Resource, path: str, spec: Mapping[str, Any]) -> Pod:
    """A merged pod; a container that another object brings is placed by its name, where it would be written."""
    own = _own(resource, path)
    places = [_place(own, path, where, container) for where, container in containers_at(spec, "")]
    return Pod(spec, path=path, places=tuple((place, f"{place}.securityContext") for place in places))


def _own(resource: Resource, path: str) -> Mapping[str, Any]:
    try:
        found = at(resource.inputs, _INDEX.sub(r".\1", path))
    except UndecidedError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _place(own: Mapping[str, Any], path: str, where: str, container: Mapping[str, Any]) -> str:
    part, name = where.partition("[")[0], container.get("name")
    listed = own.get(part)
    for index, one in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if isinstance(one, Mapping) and one.get("name") == name:
            return f"{path}.{part}[{index}]"
    server = next((framework for framework in FRAMEWORKS if own.get(framework) is not None), "")
    if name == _SERVER and server:
        return f"{path}.{server}"
    return f"{path}.{part}[{name}]" if isinstance(name, str) else f"{path}.{where}"
