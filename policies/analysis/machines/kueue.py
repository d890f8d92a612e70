"""Queues of Kueue, against each other and the pods that wait in them (v1beta1, read 2026-11-29).

A workload in a queue that is not there, or one that no quota can ever hold, waits for ever, and nothing says so but its
own status.
"""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, label, name_of, namespace_of
from policies.analysis.machines.requests import GPU, Requests, millicores, of_pod
from policies.analysis.machines.workloads import of_owner
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, known, mapping, mebibytes, number, sequence, text

LOCAL: Final = "kubernetes:kueue.x-k8s.io/v1beta1:LocalQueue"
CLUSTER: Final = "kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue"
FLAVOR: Final = "kubernetes:kueue.x-k8s.io/v1beta1:ResourceFlavor"
QUEUE: Final = "kueue.x-k8s.io/queue-name"
QUEUED: Final = (
    "kubernetes:batch/v1:Job",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:core/v1:Pod",
)


_NEAR: Final = 0.75


def lost_queue(resource: Resource, graph: Graph, *, sees_all: bool) -> Iterator[Offence]:
    """A queue or a flavor that is named and that nothing in view is, where something of its kind is in view.

    Without ``sees_all`` only where one that is in view is so near that it must have been meant.

    Raises:
        UndecidedError: a name cannot be read.
    """
    if resource.type == LOCAL:
        path = "spec.clusterQueue"
        yield from _lost(
            path, "ClusterQueue", text(at(resource.inputs, path), path), _names(graph, CLUSTER), sees_all
        )
    elif resource.type == CLUSTER:
        flavors = _names(graph, FLAVOR)
        for path, flavor in _flavors(resource):
            yield from _lost(
                f"{path}.name", "ResourceFlavor", text(at(flavor, "name"), path), flavors, sees_all
            )
    elif queue := label(resource, QUEUE):
        where = namespace_of(resource)
        queues = {name_of(one) for one in inside(graph, where, LOCAL)}
        yield from _lost(f'metadata.labels["{QUEUE}"]', f"LocalQueue in {where}", queue, queues, sees_all)


def _lost(path: str, kind: str, name: str, names: set[str], sees_all: bool) -> Iterator[Offence]:
    near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=_NEAR)
    if name and names and name not in names and (sees_all or near):
        yield Offence(
            path=path,
            problem=f"nothing in view is the {kind} {name}",
            value=name,
            expected=f"one of {', '.join(sorted(names))}",
        )


def never_admitted(resource: Resource, graph: Graph) -> Iterator[Offence]:
    """What waits in a queue whose quota is less than it asks for at once, alone in its cohort.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    queue = label(resource, QUEUE)
    quota = _quota(queue, namespace_of(resource), graph) if queue else None
    if quota is None:
        return
    asked = Requests()
    for pod in of_owner(graph, resource):
        count = 1
        if resource.type.endswith(":Job"):
            count = int(number(at(resource.inputs, "spec.parallelism"), "spec.parallelism") or 1)
        asked += of_pod(pod.spec).times(count)
    for key, needs, unit in (
        ("cpu", asked.cpu_m, "m"),
        ("memory", asked.memory_mib, " MiB"),
        (GPU, asked.gpus, ""),
    ):
        if key in quota and needs > quota[key]:
            yield Offence(
                path=f'metadata.labels["{QUEUE}"]',
                problem=f"it asks for {needs}{unit} of {key}, and the queue {queue} has {quota[key]}{unit} in all",
                value=queue,
            )


def _quota(queue: str, where: str, graph: Graph) -> Mapping[str, int] | None:
    """What all flavors of a queue hold together; None where it may borrow, or is not in view."""
    local = [q for q in inside(graph, where, LOCAL) if name_of(q) == queue]
    if not local:
        return None
    cluster = text(at(local[0].inputs, "spec.clusterQueue"), "spec.clusterQueue")
    behind = [q for q in graph.of_type(CLUSTER) if name_of(q) == cluster]
    if not behind or any(at(behind[0].inputs, f"spec.{part}") for part in ("cohort", "cohortName")):
        return None
    found: dict[str, int] = {}
    for path, flavor in _flavors(behind[0]):
        for resource in sequence(at(flavor, "resources"), f"{path}.resources"):
            name = text(at(resource, "name"), "name")
            amount = _amount(name, at(resource, "nominalQuota"), f"{path}.nominalQuota")
            if amount is not None:
                found[name] = found.get(name, 0) + amount
    return found


def _flavors(queue: Resource) -> Iterator[tuple[str, Any]]:
    path = "spec.resourceGroups"
    for i, group in enumerate(sequence(at(queue.inputs, path), path)):
        for j, flavor in enumerate(sequence(at(group, "flavors"), "flavors")):
            yield f"{path}[{i}].flavors[{j}]", mapping(flavor, "flavors")


def _amount(name: str, value: Any, path: str) -> int | None:
    if name == "cpu":
        return millicores(value, path)
    if name == "memory":
        return round(mebibytes(value, path))
    said = str(known(value, path))
    if name != GPU:
        return None
    if not said.isdecimal():
        raise UndecidedError(f"{path}: expected a number, got {value!r}")
    return int(said)


def _names(graph: Graph, type_: str) -> set[str]:
    return {name_of(one) for one in graph.of_type(type_)}
