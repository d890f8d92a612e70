"""Whether what a namespace may ask for holds the pods in view: a quota refuses the first pod that is too many."""

from collections.abc import Iterator
from typing import Final

from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.machines.requests import GPU, Requests, millicores, of_pod
from policies.analysis.machines.view import with_machines_above
from policies.analysis.machines.workloads import Workload, workloads
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, known, mapping, mebibytes

QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
_HARD: Final = "spec.hard"


def overdrawn(quota: Resource, graph: Graph) -> Iterator[Offence]:
    """What the namespace's pods ask for at least, against each amount of a quota for all of them.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    if at(quota.inputs, "spec.scopes") or at(quota.inputs, "spec.scopeSelector"):
        return
    hard = mapping(at(quota.inputs, _HARD), _HARD)
    pods = [w for w in workloads(with_machines_above(graph)) if _is_in(w, namespace_of(quota))]
    asked, count = _sum(pods)
    for key, (needs, unit) in {
        "requests.cpu": (asked.cpu_m, "m"),
        "cpu": (asked.cpu_m, "m"),
        "requests.memory": (asked.memory_mib, " MiB"),
        "memory": (asked.memory_mib, " MiB"),
        f"requests.{GPU}": (asked.gpus, ""),
        "pods": (count, ""),
        "count/pods": (count, ""),
    }.items():
        if key not in hard:
            continue
        has = _amount(key, hard[key])
        if needs > has:
            names = ", ".join(sorted({w.name for w in pods if w.least}))
            yield Offence(
                path=below(_HARD, key),
                problem=f"{names} need {needs}{unit} at their fewest, and all pods together may have {has}{unit}",
                value=hard[key],
            )


def _is_in(workload: Workload, namespace: str) -> bool:
    try:
        return (
            namespace_of(workload.owner) == namespace and not workload.per_node and not workload.is_transient
        )
    except UndecidedError:
        return False


def _sum(pods: list[Workload]) -> tuple[Requests, int]:
    total, count = Requests(), 0
    for pod in pods:
        try:
            total += of_pod(pod.spec).times(pod.least)
        except UndecidedError:  # the rules of its owner say so
            continue
        count += pod.least
    return total, count


def _amount(key: str, value: object) -> int:
    path = below(_HARD, key)
    if key.endswith("cpu"):
        return millicores(value, path)
    if key.endswith("memory"):
        return round(mebibytes(value, path))
    said = str(known(value, path))
    if not said.isdecimal():
        raise UndecidedError(f"{path}: expected a number, got {value!r}")
    return int(said)
