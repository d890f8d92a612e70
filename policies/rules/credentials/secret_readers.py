"""What must hold for accounts that answer requests: they read their own secrets, not those of their namespace.

A Role that reads every secret of its namespace is what many a controller needs. Servers of models are none, and the
account ``default`` is every pod's that names no other.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.kubernetes.rbac_risks import READ
from policies.analysis.mesh.objects import MODEL_KINDS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1"
_BINDING: Final = f"{_RBAC}:RoleBinding"
_ROLE: Final = f"{_RBAC}:Role"
_SERVERS: Final = (
    *MODEL_KINDS,
    *(f"kubernetes:ray.io/{v}:{kind}" for v in ("v1", "v1alpha1") for kind in ("RayCluster", "RayService")),
    "kubernetes:serving.knative.dev/v1:Service",
)
_ACCOUNT: Final = "serviceAccountName"
_SHARED: Final = "default"


def _reads_all(binding: Resource, graph: Graph) -> Iterable[Offence]:
    if not _is_of_every_secret(binding, graph):
        return
    for index, subject in enumerate(sequence(at(binding.inputs, "subjects"), "subjects")):
        if text(at(subject, "kind"), "subjects.kind") != "ServiceAccount":
            continue
        name = text(at(subject, "name"), "subjects.name")
        where = text(at(subject, "namespace"), "subjects.namespace") or namespace_of(binding)
        if name == _SHARED:
            who = f"the account {_SHARED} of {where}, which is every pod's that names no other,"
            yield Offence(path=f"subjects[{index}].name", problem=f"{who} reads every secret", value=name)
        for server in inside(graph, where, *_SERVERS):
            if name != _SHARED and name in _accounts(server.inputs.get("spec")):
                yield Offence(
                    path=f"subjects[{index}].name",
                    problem=f"{name}, under which {name_of(server)} answers requests, reads every secret",
                    value=name,
                )


def _is_of_every_secret(binding: Resource, graph: Graph) -> bool:
    """By a Role in view; a ClusterRole that reads secrets is judged by itself."""
    if text(at(binding.inputs, "roleRef.kind"), "roleRef.kind") != "Role":
        return False
    wanted = text(at(binding.inputs, "roleRef.name"), "roleRef.name")
    return any(
        _takes_in_secrets(rule)
        for role in inside(graph, namespace_of(binding), _ROLE)
        if name_of(role) == wanted
        for rule in sequence(at(role.inputs, "rules"), "rules")
    )


def _takes_in_secrets(rule: Any) -> bool:
    groups, kinds, verbs = (
        {text(value, key) for value in sequence(at(rule, key), key)}
        for key in ("apiGroups", "resources", "verbs")
    )
    is_named = bool(sequence(at(rule, "resourceNames"), "resourceNames"))
    return "" in groups and "secrets" in kinds and bool(verbs & READ) and not is_named


def _accounts(value: Any) -> Iterator[str]:
    """Every account that a part of the object runs under."""
    if isinstance(value, Mapping):
        if _ACCOUNT in value:
            yield text(value[_ACCOUNT], _ACCOUNT)
        for below in value.values():
            yield from _accounts(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _accounts(below)


RULES: tuple[Rule, ...] = (
    Rule(
        id="servers-read-their-own-secrets",
        severity="high",
        applies_to=(_BINDING,),
        why="Who takes over a server that strangers talk to has every credential of its namespace.",
        fix="Name the secrets in resourceNames, or mount them.",
        check=_reads_all,
        reads_graph=True,
        same_as=("CKV2_K8S_5",),
    ),
)
