"""The tunnel of an ambient mesh, against the NetworkPolicies that could close it.

ztunnel carries calls between pods of the mesh to port 15008 of the pod, so a NetworkPolicy never sees the port the
caller asked for (Istio, "Ambient and Kubernetes NetworkPolicy", read 2026-11-29).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.flows.selection import Labelled, Selecting, meets, on_port
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import (
    AUTHENTICATION,
    AUTHORIZATION,
    NAMESPACE,
    NETWORK_POLICIES,
    ROOT_NAMESPACE,
    is_in_ambient,
    requires_mutual_tls,
)
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, flag, mapping, sequence, text

TUNNEL: Final = 15008
_TUNNEL_NAMES: Final = frozenset({"hbone", "tunnel", "ztunnel", "https-hbone", "tls-hbone"})
_MODE: Final = "istio.io/dataplane-mode"
_INJECT: Final = "sidecar.istio.io/inject"
_SAID: Final = "kubernetes.io/metadata.name"
_Pod = tuple[Resource, Mapping[str, Any], Mapping[str, Any]]
_DIRECTIONS: Final = {"Ingress": ("ingress", "from"), "Egress": ("egress", "to")}


def closed_tunnels(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """Rules that name pods and the port they ask for, where pods of the mesh meet on the tunnel.

    Raises:
        UndecidedError: a selector or a port cannot be read.
    """
    if not in_mesh(namespace_of(policy), graph):
        return
    selected = (namespace_of(policy), _spelled(selector_of(policy)))
    if graph.once_for(_is_outside, selected):
        return
    for direction, (rules, peers) in _DIRECTIONS.items():
        if not closes(policy, direction):
            continue
        others = graph.once_for(_rules_beside, (*selected, rules))
        for index, rule in enumerate(sequence(at(policy.inputs, f"spec.{rules}"), rules)):
            who = _meshed(sequence(at(rule, peers), peers), policy, graph, direction)
            if who and not _opens_tunnel(rule) and not any(_covers(o, rule, peers) for o in others):
                yield Offence(
                    path=f"spec.{rules}[{index}].ports",
                    problem=f"{_words(direction, who)}, and no rule opens that port",
                )


def _words(direction: str, who: str) -> str:
    if direction == "Ingress":
        return f"callers from {who} arrive through the mesh on port {TUNNEL}"
    return f"calls to {who} leave through the mesh on port {TUNNEL}"


def in_mesh(namespace: str, graph: Graph) -> bool:
    """Whether a namespace in view is in the ambient mesh."""
    return namespace in graph.once(_meshed_namespaces)


def _meshed_namespaces(graph: Graph) -> frozenset[str]:
    return frozenset(name_of(n) for n in graph.of_type(NAMESPACE) if is_in_ambient(n))


def closes(policy: Resource, direction: str) -> bool:
    """Whether a policy closes a direction, so that only its rules open it."""
    types = sequence(at(policy.inputs, "spec.policyTypes"), "spec.policyTypes")
    if types:
        return direction in types
    return direction == "Ingress" or at(policy.inputs, "spec.egress") is not None


def selector_of(policy: Resource) -> Mapping[str, Any]:
    return mapping(at(policy.inputs, "spec.podSelector"), "spec.podSelector")


def _is_outside(graph: Graph, selected: tuple[str, str]) -> bool:
    """Whether what a selector takes in is not captured: its pods say so, or use the node's network."""
    namespace, selector = selected[0], json.loads(selected[1])
    if mapping(selector.get("matchLabels"), "matchLabels").get(_MODE) == "none":
        return True
    there = graph.once_for(_labelled, namespace).perhaps(selector)
    found = [pod for pod in there if meets(selector, pod[1])]
    return bool(found) and all(is_left_out(spec, labels) for _, labels, spec in found)


def is_left_out(spec: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    is_host = flag(at(spec, "hostNetwork"), "hostNetwork")
    return is_host or labels.get(_MODE) == "none" or str(labels.get(_INJECT)).lower() == "true"


def _labelled(graph: Graph, namespace: str) -> Labelled[_Pod]:
    return Labelled((pod, pod[1]) for pod in pods_in(graph, namespace))


def pods_in(graph: Graph, namespace: str) -> list[_Pod]:
    """Pods of Kubernetes' own kinds in a namespace: owner, labels, spec."""
    return graph.once_for(_pods_in, namespace)


def _pods_in(graph: Graph, namespace: str) -> list[_Pod]:
    found = []
    for owner in inside(graph, namespace, *WORKLOADS):
        path = WORKLOADS[owner.type]
        try:
            template = mapping(at(owner.inputs, path) if path else owner.inputs, path)
            labels = mapping(at(template, "metadata.labels"), "metadata.labels")
            found.append((owner, labels, mapping(at(template, "spec"), "spec")))
        except UndecidedError:
            continue
    return found


def _spelled(selector: Mapping[str, Any]) -> str:
    return json.dumps(selector, sort_keys=True, default=repr)


def _rules_beside(graph: Graph, of: tuple[str, str, str]) -> list[Any]:
    """Rules of policies that select whatever this selector selects, each once; its own policies' among them."""
    namespace, spelled, rules = of
    wanted = mapping(json.loads(spelled).get("matchLabels"), "matchLabels")
    found: dict[str, Any] = {}
    for one in policies_for(graph, namespace, wanted):
        if _spelled(selector_of(one)) == spelled or meets(selector_of(one), wanted):
            for rule in sequence(at(one.inputs, f"spec.{rules}")):
                found.setdefault(json.dumps(rule, sort_keys=True, default=repr), rule)
    return list(found.values())


def policies_for(graph: Graph, namespace: str, labels: Mapping[str, Any]) -> list[Resource]:
    """NetworkPolicies of a namespace that may select pods with these labels."""
    return list(graph.once_for(_selecting, namespace).perhaps(labels))


def _selecting(graph: Graph, namespace: str) -> Selecting[Resource]:
    return Selecting((policy, _selector(policy)) for policy in inside(graph, namespace, *NETWORK_POLICIES))


def _selector(policy: Resource) -> Any:
    try:
        return selector_of(policy)
    except UndecidedError:
        return UNKNOWN


def _meshed(peers: Sequence[Any], policy: Resource, graph: Graph, direction: str) -> str:
    """Which namespaces of the mesh the pods among a rule's peers are of, in words; empty where none is known to be."""
    here = namespace_of(policy)
    named = [mapping(p, "peer") for p in peers if at(p, "ipBlock") is None]
    for peer in named:
        if peer.get("namespaceSelector") is None:
            return here
        found = [n for n in graph.of_type(NAMESPACE) if meets(peer["namespaceSelector"], _labels(n))]
        meshed = sorted(name_of(n) for n in found if is_in_ambient(n))
        if meshed:
            return ", ".join(meshed)
        if not found and direction == "Ingress" and graph.once_for(_only_mesh, here):
            return "pods of the mesh"
    if not peers and direction == "Ingress" and graph.once_for(_only_mesh, here):
        return "pods of the mesh"
    return ""


def _labels(namespace: Resource) -> Mapping[str, Any]:
    said = mapping(at(namespace.inputs, "metadata.labels"), "metadata.labels")
    return {_SAID: name_of(namespace), **said}


def _only_mesh(graph: Graph, namespace: str) -> bool:
    """Whether pods answer nobody but the mesh, on every port."""
    if any(at(p.inputs, "spec.portLevelMtls") is not None for p in inside(graph, namespace, *AUTHENTICATION)):
        return False
    return (
        requires_mutual_tls(namespace, graph)
        or requires_mutual_tls(ROOT_NAMESPACE, graph)
        or any(
            at(source, "source.principals")
            for p in inside(graph, namespace, *AUTHORIZATION)
            if text(at(p.inputs, "spec.action")) in {"", "ALLOW"}
            for rule in sequence(at(p.inputs, "spec.rules"), "spec.rules")
            for source in sequence(at(rule, "from"), "from")
        )
    )


def _opens_tunnel(rule: Any) -> bool:
    ports = sequence(at(rule, "ports"), "ports")
    named = {at(entry, "port") for entry in ports if isinstance(at(entry, "port"), str)}
    numbered = [e for e in ports if not isinstance(at(e, "port"), str) or str(at(e, "port")).isdigit()]
    return (
        not ports
        or bool(named & _TUNNEL_NAMES)
        or (bool(numbered) and on_port({"ports": numbered}, TUNNEL, "TCP"))
    )


def _covers(other: Any, rule: Any, peers: str) -> bool:
    """Whether another rule opens the tunnel for the pods that a rule names."""
    if not _opens_tunnel(other):
        return False
    theirs = sequence(at(other, peers), peers)
    wanted = [p for p in sequence(at(rule, peers), peers) if at(p, "ipBlock") is None]
    return not theirs or (bool(wanted) and all(any(_is_as_wide(t, p) for t in theirs) for p in wanted))


def _is_as_wide(theirs: Any, peer: Any) -> bool:
    """Whether one peer takes in another, part by part: the same, or everything."""
    if at(theirs, "ipBlock") is not None:
        return False
    spaces, wanted = at(theirs, "namespaceSelector"), at(peer, "namespaceSelector")
    pods, of_those = at(theirs, "podSelector"), at(peer, "podSelector")
    return spaces in (wanted, {}) and (pods is None or pods in ({}, of_those))
