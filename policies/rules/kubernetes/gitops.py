"""What must hold for what brings manifests into the cluster: bounded in what it may write, and sure of its source."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final

from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, listed, sequence, text

_ARGO: Final = "kubernetes:argoproj.io/v1alpha1:"
PROJECT: Final = f"{_ARGO}AppProject"
APPLICATION: Final = f"{_ARGO}Application"
SOURCES: Final = tuple(
    f"kubernetes:source.toolkit.fluxcd.io/{version}:{kind}"
    for version in ("v1", "v1beta2")
    for kind in ("GitRepository", "HelmRepository", "OCIRepository", "Bucket")
)


def _unbounded(project: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, target in enumerate(sequence(at(project.inputs, "spec.destinations"), "spec.destinations")):
        if text(at(target, "namespace"), "destinations.namespace") == "*":
            where = text(at(target, "server"), "server") or text(at(target, "name"), "name") or "*"
            yield Offence(
                path=f"spec.destinations[{index}].namespace",
                problem=f"applications may write into every namespace of {where}",
                value="*",
            )
    path = "spec.clusterResourceWhitelist"
    for index, allowed in enumerate(sequence(at(project.inputs, path), path)):
        if text(at(allowed, "group"), "group") == "*" and text(at(allowed, "kind"), "kind") == "*":
            yield Offence(
                path=f"{path}[{index}].kind",
                problem="applications may write every kind of the whole cluster",
                value="*",
            )


def _open_source(source: Resource, _graph: Graph) -> Iterable[Offence]:
    if source.type == APPLICATION:
        said = [("spec.source", one) for one in listed(at(source.inputs, "spec.source"))]
        several = listed(at(source.inputs, "spec.sources"))
        said += [(f"spec.sources[{index}]", one) for index, one in enumerate(several)]
        return every(partial(_plain_address, f"{path}.repoURL", at(one, "repoURL")) for path, one in said)
    spec = at(source.inputs, "spec")
    key = "endpoint" if source.type.endswith(":Bucket") else "url"
    return every([partial(_plain_address, f"spec.{key}", at(spec, key)), partial(_unencrypted, spec)])


def _plain_address(path: str, address: Any) -> Iterator[Offence]:
    if text(address, "url").lower().startswith(("http://", "git://")):
        yield Offence(path=path, problem=f"{address} is fetched in plain text", value=address)


def _unencrypted(spec: Any) -> Iterator[Offence]:
    if flag(at(spec, "insecure"), "insecure"):
        yield Offence(path="spec.insecure", problem="takes plain HTTP and any certificate", value=True)


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
