"""Who may do what in the Kubernetes API: each binding with the rules of its role, of charts too where they are joined.

Kubernetes, "Using RBAC Authorization" (read 2026-11): a RoleBinding gives a ClusterRole's rules in its own namespace
only; a ClusterRole with an ``aggregationRule`` has the rules of those it selects, and none of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.flows.selection import meets
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, known, mapping, sequence, text

_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/"
_VERSIONS: Final = ("v1", "v1beta1")
ROLES: Final = tuple(f"{_RBAC}{v}:{kind}" for v in _VERSIONS for kind in ("ClusterRole", "Role"))
CLUSTER_ROLES: Final = ROLES[::2]
BINDINGS: Final = tuple(
    f"{_RBAC}{v}:{kind}" for v in _VERSIONS for kind in ("ClusterRoleBinding", "RoleBinding")
)
_ACCOUNT: Final = "ServiceAccount"


@dataclass(frozen=True, kw_only=True, order=True)
class Right:
    """What one subject may do by one rule of a role.

    ``where`` is the namespace it holds in, empty for the whole cluster. Of a role that is not in view nothing is known
    but its name (``unseen``); what cannot be read says why (``unread``).
    """

    who: str
    where: str = ""
    verbs: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    unseen: str = ""
    unread: str = ""


def rights(graph: Graph) -> list[Right]:
    """Every right that a binding in view gives, sorted, each once."""
    found: set[Right] = set()
    for binding in graph.of_type(*BINDINGS):
        try:
            found.update(_of(binding, graph))
        except UndecidedError as missing:
            found.add(Right(who=f"binding {binding.name}", unread=str(missing)))
    return sorted(found)


def _of(binding: Resource, graph: Graph) -> Iterator[Right]:
    kind = text(at(binding.inputs, "roleRef.kind"), "roleRef.kind")
    name = text(at(binding.inputs, "roleRef.name"), "roleRef.name")
    where = "" if binding.type.endswith("ClusterRoleBinding") else namespace_of(binding)
    roles = _roles(graph, kind, name, where)
    subjects = [_called(subject, where) for subject in sequence(at(binding.inputs, "subjects"), "subjects")]
    for who in subjects:
        if not roles:
            yield Right(who=who, where=where, unseen=f"{kind} {name}")
        for rule in (rule for role in roles for rule in _rules(role, graph)):
            yield Right(who=who, where=where, verbs=_texts(rule, "verbs"), what=tuple(_asked(rule)))


def _called(subject: Any, where: str) -> str:
    """A service account as the report names pods; users and groups under what they are."""
    kind, name = text(at(subject, "kind"), "subjects.kind"), text(at(subject, "name"), "subjects.name")
    if kind != _ACCOUNT:
        return f"{kind.lower()} {name}"
    return f"{text(at(subject, 'namespace'), 'subjects.namespace') or where}/{name}"


def _roles(graph: Graph, kind: str, name: str, where: str) -> list[Resource]:
    return [role for role in graph.once(_by_name).get((kind, name), ()) if _holds(role, kind, where)]


def _holds(role: Resource, kind: str, where: str) -> bool:
    return kind == "ClusterRole" or namespace_of(role) == where


def _by_name(graph: Graph) -> dict[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = {}
    for role in (*graph.of_type(*ROLES), *(r for r in graph.elsewhere if r.type in ROLES)):
        found.setdefault((role.type.rpartition(":")[2], name_of(role)), []).append(role)
    return found


def _rules(role: Resource, graph: Graph) -> list[Any]:
    """A role's own rules, or those of all that it aggregates; each role is read once, whatever takes it in."""
    found: list[Any] = []
    seen, waiting = {role.urn}, [role]
    while waiting:
        one = waiting.pop()
        path = "aggregationRule.clusterRoleSelectors"
        selectors = sequence(at(one.inputs, path), path)
        if not selectors:
            found += sequence(at(one.inputs, "rules"), "rules")
            continue
        for other in graph.of_type(*CLUSTER_ROLES):
            if other.urn not in seen and any(meets(selector, _labels(other)) for selector in selectors):
                seen.add(other.urn)
                waiting.append(other)
    return found


def _labels(role: Resource) -> Mapping[str, Any]:
    return mapping(at(role.inputs, "metadata.labels"), "metadata.labels")


def _asked(rule: Any) -> Iterator[str]:
    """Kinds as ``kind.group``, each with the names it is held to; addresses of the API server as they stand."""
    names = _texts(rule, "resourceNames")
    for kind in _texts(rule, "resources"):
        for group in _texts(rule, "apiGroups"):
            whole = f"{kind}.{group}" if group else kind
            yield f"{whole} {', '.join(names)}" if names else whole
    yield from _texts(rule, "nonResourceURLs")


def _texts(rule: Any, key: str) -> tuple[str, ...]:
    return tuple(sorted(text(known(value), key) for value in sequence(at(rule, key), key)))
