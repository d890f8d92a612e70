"""Whether a LimitRange admits the pods in view: what it refuses never starts, and only the owner's status says so.

It asks limits against ``max`` and requests against ``min``, after it has filled in its own defaults (Kubernetes, "Limit
Ranges", read 2026-11-29).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.machines.claims import claimed
from policies.analysis.machines.requests import millicores
from policies.analysis.machines.workloads import Workload, workloads
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, known, mapping, mebibytes, sequence, text

LIMIT_RANGE: Final = "kubernetes:core/v1:LimitRange"
_PATH: Final = "spec.limits"
Amounts = Mapping[str, Any]


def refused(limits: Resource, graph: Graph) -> Iterator[Offence]:
    """Containers, pods and claims of its namespace that are outside of its bounds.

    Raises:
        UndecidedError: a bound or an amount cannot be read.
    """
    where = namespace_of(limits)
    for index, bound in enumerate(sequence(at(limits.inputs, _PATH), _PATH)):
        path, kind = f"{_PATH}[{index}]", text(at(bound, "type"), "type")
        if kind == "Container":
            for pod in _pods(where, graph):
                for container in _containers(pod):
                    yield from _outside(path, bound, *_filled(container, bound), _said(container, pod))
        elif kind == "PersistentVolumeClaim":
            for name, _, size, _ in claimed(graph, where):
                yield from _storage(path, bound, name, size)


def _pods(where: str, graph: Graph) -> Iterator[Workload]:
    for one in workloads(graph):
        try:
            if namespace_of(one.owner) == where:
                yield one
        except UndecidedError:
            continue


def _containers(pod: Workload) -> Iterator[Mapping[str, Any]]:
    for part in ("initContainers", "containers"):
        for container in sequence(at(pod.spec, part), part):
            yield mapping(container, part)


def _said(container: Mapping[str, Any], pod: Workload) -> str:
    return f"{text(container.get('name'), 'name') or 'a container'} of {pod.name}"


def _filled(container: Mapping[str, Any], bound: Any) -> tuple[Amounts, Amounts]:
    """Limits and requests as they are after the range's defaults: what has a limit of its own asks for that much."""
    own = mapping(at(container, "resources.limits"), "limits")
    asked = mapping(at(container, "resources.requests"), "requests")
    most = mapping(at(bound, "max"), "max")
    default = {**most, **mapping(at(bound, "default"), "default")}
    limits = {**default, **own}
    least = {
        **mapping(at(bound, "min"), "min"),
        **default,
        **mapping(at(bound, "defaultRequest"), "defaultRequest"),
    }
    requests = {**least, **own, **asked}
    return limits, requests


def _outside(path: str, bound: Any, limits: Amounts, requests: Amounts, who: str) -> Iterator[Offence]:
    for edge, amounts, word in (("max", limits, "limit"), ("min", requests, "request")):
        for key, value in mapping(at(bound, edge), edge).items():
            if key not in amounts:
                continue
            has, may = _amount(key, amounts[key]), _amount(key, value)
            if (has > may) if edge == "max" else (has < may):
                yield Offence(
                    path=f"{path}.{edge}.{key}",
                    problem=f"{who} has the {word} {amounts[key]}: it is refused",
                    value=value,
                )
    for key in limits.keys() & requests.keys():
        if _amount(key, requests[key]) > _amount(key, limits[key]):
            yield Offence(
                path=f"{path}.default.{key}",
                problem=f"{who} asks for {requests[key]} and would get the limit {limits[key]}: it is refused",
                value=limits[key],
            )


def _storage(path: str, bound: Any, name: str, size: float) -> Iterator[Offence]:
    for edge in ("max", "min"):
        value = at(bound, f"{edge}.storage")
        if value is None:
            continue
        may = mebibytes(value, f"{path}.{edge}.storage")
        if (size > may) if edge == "max" else (size < may):
            yield Offence(
                path=f"{path}.{edge}.storage",
                problem=f"{name} claims {size:g} MiB: it is refused",
                value=value,
            )


def _amount(key: str, value: Any) -> float:
    if key == "cpu":
        return millicores(value, key)
    if key in {"memory", "ephemeral-storage"}:
        return mebibytes(value, key)
    said = str(known(value, key))
    if not said.isdecimal():
        raise UndecidedError(f"{key}: expected a number, got {value!r}")
    return float(said)
