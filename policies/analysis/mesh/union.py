"""What AuthorizationPolicies come to on one pod: a DENY that matches goes before every ALLOW.

Those of the root namespace hold in the whole mesh, those without a selector for their namespace (Istio, "Authorization
Policy", "Policy precedence", and ``pilot/pkg/serviceregistry/ambient/authorization.go``, 1.30; read 2026-11-30).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.iam.patterns import covers
from policies.analysis.kubernetes.metadata import inside, namespace_of
from policies.analysis.mesh.objects import AUTHORIZATION, ROOT_NAMESPACE
from policies.analysis.mesh.scopes import is_within, labels_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, listed, mapping, sequence, text

_SOURCES: Final = ("principals", "namespaces", "ipBlocks", "serviceAccounts")
_KNOWN: Final = {
    "source": {*_SOURCES, "notPrincipals", "notNamespaces"},
    "operation": {"ports", "notPorts"},
}
_LEFT_OUT: Final = {"notPrincipals": "principals", "notNamespaces": "namespaces"}


def refused_rules(policy: Resource, graph: Graph) -> Iterator[tuple[int, Resource]]:
    """Rules of an ALLOW policy of which nothing is left, each with the DENY policy that refuses all of it.

    Raises:
        UndecidedError: a rule cannot be read.
    """
    if _action(policy) != "ALLOW" or _is_elsewhere(policy):
        return
    denies = list(_denying(policy, graph))
    for index, rule in enumerate(_rules(policy) if denies else ()):
        for denying in denies:
            if any(_takes_in(refused, rule) for refused in _rules(denying)):
                yield index, denying
                break


def _action(policy: Resource) -> str:
    return text(at(policy.inputs, "spec.action"), "spec.action") or "ALLOW"


def _is_elsewhere(policy: Resource) -> bool:
    """Whether it is asked at a gateway or a waypoint, after what is asked at the pod."""
    return bool(listed(at(policy.inputs, "spec.targetRefs")) or at(policy.inputs, "spec.targetRef"))


def _denying(policy: Resource, graph: Graph) -> Iterator[Resource]:
    """DENY policies that hold for every pod of a policy."""
    for where in dict.fromkeys((namespace_of(policy), ROOT_NAMESPACE)):
        for other in graph.once_for(_denies_of, where):
            if is_within(labels_of(other), labels_of(policy)):
                yield other


def _denies_of(graph: Graph, namespace: str) -> list[Resource]:
    """Looked up once: a namespace of hundreds of models has as many ALLOW policies."""
    found = inside(graph, namespace, *AUTHORIZATION)
    return [policy for policy in found if _action(policy) == "DENY" and not _is_elsewhere(policy)]


def _rules(policy: Resource) -> Sequence[Any]:
    return sequence(at(policy.inputs, "spec.rules"), "spec.rules")


def _takes_in(refused: Any, admitted: Any) -> bool:
    """Whether a rule of a DENY matches whatever a rule of an ALLOW does; conditions are not compared."""
    if sequence(at(refused, "when"), "when"):
        return False
    return _part(refused, admitted, "from", "source", _source) and _part(
        refused, admitted, "to", "operation", _operation
    )


def _part(refused: Any, admitted: Any, part: str, inner: str, is_within: Any) -> bool:
    wide = [mapping(at(one, inner), inner) for one in sequence(at(refused, part), part)]
    if not wide:
        return True
    narrow = [mapping(at(one, inner), inner) for one in sequence(at(admitted, part), part)] or [{}]
    # What the fields that are not known here narrow a DENY to is not known either.
    wide = [one for one in wide if not {key for key, said in one.items() if said} - _KNOWN[inner]]
    return all(any(is_within(whole, one) for whole in wide) for one in narrow)


def _source(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    return all(
        not _texts(wide, key) or _all_covered(_texts(wide, key), _texts(narrow, key)) for key in _SOURCES
    ) and all(_none_left_out(wide, narrow, key) for key in _LEFT_OUT)


def _none_left_out(wide: Mapping[str, Any], narrow: Mapping[str, Any], key: str) -> bool:
    """Whether nobody that the ALLOW names is among those that the DENY leaves out."""
    spared, named = _texts(wide, key), _texts(narrow, _LEFT_OUT[key])
    if not spared:
        return True
    return bool(named) and not any(covers(s, n) or covers(n, s) for s in spared for n in named)


def _operation(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    ports, spared, asked = (
        _texts(one, key) for one, key in ((wide, "ports"), (wide, "notPorts"), (narrow, "ports"))
    )
    if ports and not (asked and set(asked) <= set(ports)):
        return False
    return not spared or (bool(asked) and not set(asked) & set(spared))


def _all_covered(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    return bool(narrow) and all(any(covers(w, n) for w in wide) for n in narrow)


def _texts(said: Mapping[str, Any], key: str) -> list[str]:
    return [text(one, key) for one in sequence(said.get(key), key)]
