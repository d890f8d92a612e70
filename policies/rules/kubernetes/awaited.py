"""What must hold for an update to end: what it waits for can come to be before it does."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kubernetes.metadata import SKIP_AWAIT, annotation, name_of, namespace_of
from policies.analysis.kubernetes.named import UNREAD, everywhere, names
from policies.analysis.kubernetes.references import CERTIFICATES
from policies.analysis.pods.finder import pods_of
from policies.analysis.pods.mounted import secrets
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, text

_AWAITED: Final = (
    "kubernetes:core/v1:Pod",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:batch/v1:Job",
)
"""Kinds whose pods Pulumi waits for (pulumi-kubernetes 4.34, its await package, read 2026-11-30)."""
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_MAKING: Final[tuple[tuple[str, str], ...]] = (
    (CERTIFICATES, "spec.secretName"),
    ("kubernetes:external-secrets.io/v1:ExternalSecret", "spec.target.name"),
    ("kubernetes:external-secrets.io/v1beta1:ExternalSecret", "spec.target.name"),
)
"""Objects whose controller makes a Secret, and where they say its name."""
_NAMESAKES: Final = (
    "kubernetes:core/v1:Secret",
    "kubernetes:external-secrets.io/v1:ExternalSecret",
    "kubernetes:external-secrets.io/v1beta1:ExternalSecret",
    "kubernetes:bitnami.com/v1alpha1:SealedSecret",
)
"""Objects that are a Secret, or whose controller makes one of their own name."""


def _never_there(owner: Resource, graph: Graph) -> Iterable[Offence]:
    if owner.source or owner.rendered:  # nobody waits for a file; a chart's own jobs may make its Secrets
        return
    where = namespace_of(owner)
    if annotation(owner, SKIP_AWAIT) == "true" or where not in graph.once(_new):
        return
    made = names(graph, *_NAMESAKES, where=where) | graph.once_for(_made, where)
    for pod in pods_of(owner):
        for path, name in secrets(pod):
            if name in made:
                continue
            if UNREAD in made:
                raise UndecidedError(f"{path}: the name of a Secret in view is not known, and may be {name}")
            yield Offence(
                path=path,
                problem=(
                    f"nothing in view makes the Secret {name}, and the update that makes its namespace waits for it"
                ),
                value=name,
            )


def _new(graph: Graph) -> frozenset[str]:
    """Namespaces that this stack makes: in those of others, Secrets may have been made before."""
    return frozenset(name_of(one) for one in graph.of_type(_NAMESPACE))


def _made(graph: Graph, where: str) -> frozenset[str]:
    return frozenset(
        text(at(one.inputs, path), path)
        for type_, path in _MAKING
        for one in everywhere(graph, type_)
        if namespace_of(one) == where
    )


RULES: tuple[Rule, ...] = (
    Rule(
        id="awaited-pods-find-their-secrets",
        severity="high",
        applies_to=_AWAITED,
        why="Pulumi waits ten minutes for pods, then the update fails: what is made by hand needs the namespace first.",
        fix='Make the Secret in the stack, or annotate the workload pulumi.com/skipAwait: "true".',
        check=_never_there,
        reads_graph=True,
    ),
)
