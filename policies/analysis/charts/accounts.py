"""Service accounts that are granted something in the cluster."""

from collections.abc import Iterator
from typing import Final

from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, sequence, text

BINDINGS: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
)


def uses_its_token(resource: Resource, graph: Graph) -> bool:
    """Whether an account, or the one a workload runs as, is granted something: its pods need a token for it."""
    namespace = text(at(resource.inputs, "metadata.namespace"), "metadata.namespace")
    place = (
        f"{WORKLOADS[resource.type]}.spec.serviceAccountName"
        if resource.type in WORKLOADS
        else "metadata.name"
    )
    return is_granted(namespace, text(at(resource.inputs, place), place), graph)


def is_granted(namespace: str, account: str, graph: Graph) -> bool:
    """Whether a binding of the stack names the account."""
    return (namespace, account) in graph.once(_granted)


def _granted(graph: Graph) -> frozenset[tuple[str, str]]:
    return frozenset(_subjects(graph))


def _subjects(graph: Graph) -> Iterator[tuple[str, str]]:
    for binding in graph.of_type(*BINDINGS):
        for each in sequence(at(binding.inputs, "subjects"), "subjects"):
            subject = mapping(each, "subjects")
            if text(at(subject, "kind"), "subjects.kind") == "ServiceAccount":
                yield (
                    text(at(subject, "namespace"), "subjects.namespace"),
                    text(at(subject, "name"), "subjects.name"),
                )
