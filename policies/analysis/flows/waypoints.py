"""Whether pods behind a waypoint can be asked past it.

A waypoint that is for Services, as it is unless told otherwise, gets what is sent to a Service's address; whoever
calls a pod's own address goes past it, and past every policy it enforces, unless a policy of ztunnel's lets it alone
in (Istio, "Use Layer 7 features", "Caveats", and "istio.io/waypoint-for", read 2026-11-29).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.selection import meets
from policies.analysis.flows.tunnel import in_mesh, pods_in
from policies.analysis.gateway.objects import GATEWAYS, SERVICE
from policies.analysis.kubernetes.metadata import inside, label, name_of, namespace_of
from policies.analysis.mesh.objects import AUTHORIZATION
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, sequence, text

_FOR: Final = "istio.io/waypoint-for"
_REACHES_PODS: Final = frozenset({"all", "workload"})


def passed_by(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """A policy of a waypoint's whose pods, in view, admit others than the waypoint.

    Raises:
        UndecidedError: a target or a selector cannot be read.
    """
    where = namespace_of(policy)
    targets = sequence(at(policy.inputs, "spec.targetRefs"), "spec.targetRefs")
    if not targets or not in_mesh(where, graph):
        return
    callers = frozenset[str]().union(*map(_principals, _rules(policy)))
    for index, target in enumerate(targets):
        kind, name = text(at(target, "kind"), "kind"), text(at(target, "name"), "name")
        waypoints = [g for g in inside(graph, where, *GATEWAYS) if label(g, _FOR) in _REACHES_PODS]
        if waypoints:
            continue
        for owner, labels in _behind(kind, name, where, graph):
            if not _closed(labels, where, graph, callers):
                yield Offence(
                    path=f"spec.targetRefs[{index}]",
                    problem=f"whoever calls the pods of {name_of(owner)} at their own address is not asked",
                    value=name,
                    expected="an AuthorizationPolicy of those pods that admits the waypoint's account alone",
                )
                break


def _behind(kind: str, name: str, where: str, graph: Graph) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Pods of the Services that a policy is for: those it names, or those that use the waypoint it names."""
    for service in inside(graph, where, SERVICE):
        is_named = kind == "Service" and name_of(service) == name
        uses = kind == "Gateway" and label(service, "istio.io/use-waypoint") == name
        selector = mapping(at(service.inputs, "spec.selector"), "spec.selector")
        if not (is_named or uses) or not selector:
            continue
        for owner, labels, _ in pods_in(graph, where):
            if all(labels.get(key) == value for key, value in selector.items()):
                yield owner, labels


def _closed(labels: Mapping[str, Any], where: str, graph: Graph, callers: frozenset[str]) -> bool:
    """Whether ztunnel lets none of the waypoint's callers in.

    Some ALLOW is for these pods, and none names a caller; one without rules lets nobody in.
    """
    allowing = [
        policy
        for policy in inside(graph, where, *AUTHORIZATION)
        if not sequence(at(policy.inputs, "spec.targetRefs"), "spec.targetRefs")
        and (text(at(policy.inputs, "spec.action"), "spec.action") or "ALLOW") == "ALLOW"
        and meets(at(policy.inputs, "spec.selector"), labels)
    ]
    admitted = [_principals(rule) for policy in allowing for rule in _rules(policy)]
    return bool(allowing) and all(who and not who & callers for who in admitted)


def _rules(policy: Resource) -> list[Any]:
    return list(sequence(at(policy.inputs, "spec.rules"), "spec.rules"))


def _principals(rule: Any) -> frozenset[str]:
    """Whom a rule names; nobody where it is for everybody."""
    return frozenset(
        text(one, "principals")
        for source in sequence(at(rule, "from"), "from")
        for one in sequence(at(source, "source.principals"), "principals")
    )
