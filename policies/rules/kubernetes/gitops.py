"""What must hold for what brings manifests into the cluster: bounded in what it may write, and sure of its source."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, listed, sequence, text

_ARGO: Final = "kubernetes:argoproj.io/v1alpha1:"
PROJECT: Final = f"{_ARGO}AppProject"
APPLICATION: Final = f"{_ARGO}Application"
SOURCES: Final = tuple(
    f"kubernetes:source.toolkit.fluxcd.io/{version}:{kind}"
    for version in ("v1", "v1beta2")
    for kind in ("GitRepository", "HelmRepository", "OCIRepository", "Bucket")
)


def _unbounded(project: Resource, _graph: Graph) -> Iterable[str]:
    for target in sequence(at(project.inputs, "spec.destinations"), "spec.destinations"):
        if text(at(target, "namespace"), "destinations.namespace") == "*":
            where = text(at(target, "server"), "server") or text(at(target, "name"), "name") or "*"
            yield f"its applications may write into every namespace of {where}"
    path = "spec.clusterResourceWhitelist"
    for allowed in sequence(at(project.inputs, path), path):
        if text(at(allowed, "group"), "group") == "*" and text(at(allowed, "kind"), "kind") == "*":
            yield "its applications may write every kind of the whole cluster"


def _open_source(source: Resource, _graph: Graph) -> Iterable[str]:
    if source.type == APPLICATION:
        said = [*listed(at(source.inputs, "spec.source")), *listed(at(source.inputs, "spec.sources"))]
        return every(partial(_plain_address, at(one, "repoURL")) for one in said)
    spec = at(source.inputs, "spec")
    address = at(spec, "endpoint") if source.type.endswith(":Bucket") else at(spec, "url")
    return every([partial(_plain_address, address), partial(_unencrypted, spec)])


def _plain_address(address: Any) -> Iterator[str]:
    if text(address, "url").lower().startswith(("http://", "git://")):
        yield f"fetches {address} in plain text"


def _unencrypted(spec: Any) -> Iterator[str]:
    if flag(at(spec, "insecure"), "insecure"):
        yield "spec.insecure takes plain HTTP and any certificate"


RULES: tuple[Rule, ...] = (
    Rule(
        id="delivery-projects-are-bounded",
        severity="high",
        applies_to=(PROJECT,),
        why="Whoever may merge into one repository writes the whole cluster through it.",
        fix="Name the namespaces and the cluster-wide kinds of the project.",
        check=_unbounded,
    ),
    Rule(
        id="delivery-sources-are-encrypted",
        severity="high",
        applies_to=(APPLICATION, *SOURCES),
        why="Whoever sits on the way chooses what is applied.",
        fix="Fetch by https, ssh or oci without insecure.",
        check=_open_source,
    ),
)
