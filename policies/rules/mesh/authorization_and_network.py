"""What must hold between the two halves of a flow: the mesh's policy names who, the network's where from."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import (
    AUTHENTICATION,
    AUTHORIZATION,
    EXCEPTION,
    NETWORK_POLICY,
    selects_everything,
)
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text

_REASON: Final = "slipway.dev/reason"
_KUBELET: Final = "169.254.7.127/32"
"""Where the kubelet's probes come from in an ambient mesh (Istio, "Ambient and Kubernetes NetworkPolicy")."""
_TUNNEL: Final = 15008
_WITHOUT_IDENTITY: Final = frozenset({"api-server-to-webhook", "load-balancer-to-edge"})
"""Exceptions whose callers are of no mesh: their pods take plain text on that port."""
_NAME: Final = "kubernetes.io/metadata.name"


def _halves(policy: Resource, graph: Graph) -> tuple[Resource, ...]:
    """The NetworkPolicy of the same flow; none for what is no flow of the platform's."""
    notes = mapping(at(policy.inputs, "metadata.annotations"), "metadata.annotations")
    if not notes.get(_REASON):
        return ()
    return tuple(graph.once_for(_network_policies, namespace_of(policy)).get(name_of(policy), ()))


def _network_policies(graph: Graph, namespace: str) -> Mapping[str, list[Resource]]:
    """Those of a namespace, by name: with 300 models there are as many halves to look among."""
    return _grouped(inside(graph, namespace, NETWORK_POLICY), name_of)


def _grouped(listed: Iterable[Resource], key: Callable[[Resource], str]) -> Mapping[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in listed:
        found.setdefault(key(one), []).append(one)
    return found


def _pods(resource: Resource, path: str) -> dict[str, Any]:
    return dict(mapping(at(resource.inputs, f"{path}.matchLabels"), f"{path}.matchLabels"))


def _sources(policy: Resource, key: str) -> set[str]:
    return {
        text(one, key)
        for rule in sequence(at(policy.inputs, "spec.rules"), "spec.rules")
        for caller in sequence(at(rule, "from"), "from")
        for one in sequence(at(caller, f"source.{key}"), f"source.{key}")
    }


def _ports(policy: Resource) -> set[str]:
    return {
        text(port, "ports")
        for rule in sequence(at(policy.inputs, "spec.rules"), "spec.rules")
        for to in sequence(at(rule, "to"), "to")
        for port in sequence(at(to, "operation.ports"), "operation.ports")
    }


def _peers(half: Resource) -> tuple[set[str], dict[str, set[str]]]:
    """Namespaces that may reach the tunnel, and addresses with the ports they may reach."""
    namespaces: set[str] = set()
    addresses: dict[str, set[str]] = {}
    for rule in sequence(at(half.inputs, "spec.ingress"), "spec.ingress"):
        ports = {str(known(at(port, "port"), "port")) for port in sequence(at(rule, "ports"), "ports")}
        for peer in sequence(at(rule, "from"), "from"):
            block = text(at(peer, "ipBlock.cidr"), "ipBlock.cidr")
            if block and block != _KUBELET:
                addresses.setdefault(block, set()).update(ports)
            elif not block and str(_TUNNEL) in ports:
                labels = mapping(at(peer, "namespaceSelector.matchLabels"), "namespaceSelector")
                namespaces.add(text(labels.get(_NAME), _NAME) or namespace_of(half))
    return namespaces, addresses


def _disagreeing(policy: Resource, graph: Graph) -> Iterable[Offence]:
    for half in _halves(policy, graph):
        if _pods(policy, "spec.selector") != _pods(half, "spec.podSelector"):
            yield Offence(
                path="spec.selector.matchLabels",
                problem=f"it and the NetworkPolicy {name_of(half)} select different pods",
                value=_pods(policy, "spec.selector"),
            )
        if not sequence(at(half.inputs, "spec.ingress"), "spec.ingress"):
            continue
        callers = {who.split("/ns/")[-1].partition("/")[0] for who in _sources(policy, "principals")}
        namespaces, addresses = _peers(half)
        for namespace in sorted(callers ^ namespaces):
            one = "the NetworkPolicy" if namespace in namespaces else "the AuthorizationPolicy"
            yield Offence(
                path="spec.rules", problem=f"only {one} admits the namespace {namespace}", value=namespace
            )
        blocks = _sources(policy, "ipBlocks")
        for block in sorted(blocks ^ addresses.keys()):
            one = "the NetworkPolicy" if block in addresses else "the AuthorizationPolicy"
            yield Offence(path="spec.rules", problem=f"only {one} admits {block}", value=block)
        for block in sorted(blocks & addresses.keys()):
            if addresses[block] != _ports(policy):
                yield Offence(
                    path="spec.rules",
                    problem=f"{block} may reach other ports in the NetworkPolicy than in the AuthorizationPolicy",
                    value=block,
                )


def _alone(policy: Resource, graph: Graph) -> Iterable[Offence]:
    notes = mapping(at(policy.inputs, "metadata.annotations"), "metadata.annotations")
    where, name = namespace_of(policy), name_of(policy)
    is_network = policy.type == NETWORK_POLICY
    rules = sequence(at(policy.inputs, "spec.ingress"), "spec.ingress") if is_network else ()
    if not notes.get(_REASON):
        return
    if is_network and not rules:
        if not sequence(at(policy.inputs, "spec.egress"), "spec.egress"):
            yield Offence(path="spec", problem="has no rule: what it is for stays closed")
        return
    wanted = {
        ("AuthorizationPolicy" if is_network else "NetworkPolicy"): AUTHORIZATION
        if is_network
        else (NETWORK_POLICY,)
    }
    if notes.get(EXCEPTION) in _WITHOUT_IDENTITY:
        wanted["PeerAuthentication"] = AUTHENTICATION
    for kind, types in wanted.items():
        if name not in graph.once_for(_called, (where, types)):
            yield Offence(
                path="metadata.name", problem=f"no {kind} {where}/{name} is the other half of this flow"
            )
    if is_network and not graph.once_for(_lets_kubelet_in, (where, _spelled(policy))):
        yield Offence(
            path="spec.ingress",
            problem=f"the kubelet's probes of these pods come from {_KUBELET} in the mesh, and no rule lets them in",
        )


def _called(graph: Graph, of: tuple[str, tuple[str, ...]]) -> frozenset[str]:
    """What objects of some types are called in a namespace."""
    return frozenset(name_of(one) for one in inside(graph, of[0], *of[1]))


def _lets_kubelet_in(graph: Graph, of: tuple[str, str]) -> bool:
    """Whether one of the policies for the same pods admits the kubelet."""
    return any(_admits_kubelet(one) for one in graph.once_for(_by_pods, of[0])[of[1]])


def _by_pods(graph: Graph, namespace: str) -> Mapping[str, list[Resource]]:
    return _grouped(inside(graph, namespace, NETWORK_POLICY), _spelled)


def _spelled(policy: Resource) -> str:
    return json.dumps(_pods(policy, "spec.podSelector"), sort_keys=True, default=repr)


def _admits_kubelet(policy: Resource) -> bool:
    return any(
        at(peer, "ipBlock.cidr") == _KUBELET
        for rule in sequence(at(policy.inputs, "spec.ingress"), "spec.ingress")
        for peer in sequence(at(rule, "from"), "from")
    )


def _wide_way(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(sequence(at(policy.inputs, "spec.egress"), "spec.egress")):
        if not sequence(at(rule, "ports"), "ports"):
            yield Offence(path=f"spec.egress[{index}].ports", problem="every port is open")
    notes = mapping(at(policy.inputs, "metadata.annotations"), "metadata.annotations")
    if not notes.get(_REASON):
        return
    if selects_everything(at(policy.inputs, "spec.podSelector")):
        yield Offence(path="spec.podSelector", problem="a flow that is of every pod of the namespace")
    for path, peer in _tunnel_peers(policy):
        if selects_everything(at(peer, "podSelector")):
            yield Offence(
                path=f"{path}.podSelector", problem="a flow that every pod of its caller's namespace may use"
            )


def _tunnel_peers(policy: Resource) -> Iterable[tuple[str, Any]]:
    """Pods, of any namespace, that may come through the mesh, each with its path."""
    for index, rule in enumerate(sequence(at(policy.inputs, "spec.ingress"), "spec.ingress")):
        ports = [known(at(port, "port"), "port") for port in sequence(at(rule, "ports"), "ports")]
        for number, peer in enumerate(sequence(at(rule, "from"), "from") if _TUNNEL in ports else ()):
            if at(peer, "ipBlock") is None:
                yield f"spec.ingress[{index}].from[{number}]", peer


RULES: tuple[Rule, ...] = (
    Rule(
        id="both-halves-of-a-flow-agree",
        severity="high",
        applies_to=AUTHORIZATION,
        why="A flow is as open as its wider half: one that was changed alone admits what nobody declared.",
        fix="Change the Flow that both are made of, not one of the objects.",
        check=_disagreeing,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="flows-have-all-their-parts",
        severity="high",
        applies_to=(*AUTHORIZATION, NETWORK_POLICY),
        why="Both the mesh and the network have to admit a caller, and the kubelet: one that is gone closes it.",
        fix="Declare the Flow or the exception that all of them are made of.",
        check=_alone,
        reads_graph=True,
    ),
    Rule(
        id="flows-are-of-some-pods-and-ports",
        severity="medium",
        applies_to=(NETWORK_POLICY,),
        why="What one workload needs, every other one of the namespace would get, to every port.",
        fix="Select the workload's pods, and name the port: 15008 in an ambient mesh.",
        check=_wide_way,
        reads_graph=True,
    ),
)
