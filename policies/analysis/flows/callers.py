"""Callers that a NetworkPolicy lets in, and whether the policies of their own namespace let them out.

A connection needs both: the ingress of where it goes and the egress of where it comes from (Kubernetes, "Network
Policies", "The two sorts of pod isolation", read 2026-11-30).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.flows.selection import Selecting, meets, on_port
from policies.analysis.flows.tunnel import closes, selector_of
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import NAMESPACE, NETWORK_POLICIES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, mapping, number, sequence, text

_SAID: Final = "kubernetes.io/metadata.name"


def kept_in(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """Peers of a policy's ingress rules that are closed in by their own namespace, and by nothing let out to its pods.

    Raises:
        UndecidedError: a selector or a port cannot be read.
    """
    for i, rule in enumerate(sequence(at(policy.inputs, "spec.ingress"), "spec.ingress")):
        for j, peer in enumerate(sequence(at(rule, "from"), "from")):
            labels = _told(peer)
            for where in _namespaces(peer, policy, graph) if labels is not None else ():
                is_closed, ways = graph.once_for(ways_out, (where, json.dumps(labels, sort_keys=True)))
                if is_closed and not any(_leads_to(way, policy, rule, graph) for way in ways):
                    said = ", ".join(f"{key}={value}" for key, value in sorted((labels or {}).items()))
                    yield Offence(
                        path=f"spec.ingress[{i}].from[{j}]",
                        problem=(
                            f"lets in pods of {where} ({said or 'all of them'}), which are closed in, "
                            "and no policy there lets them out to these"
                        ),
                    )


def _told(peer: Any) -> Mapping[str, str] | None:
    """The labels that a peer's pods have at least; None where it is a range of addresses, or chosen otherwise."""
    if at(peer, "ipBlock") is not None:
        return None
    selector = mapping(at(peer, "podSelector"), "podSelector")
    if selector.get("matchExpressions"):
        return None
    return {k: text(v, k) for k, v in mapping(selector.get("matchLabels"), "matchLabels").items()}


def _namespaces(peer: Any, policy: Resource, graph: Graph) -> list[str]:
    chosen = at(peer, "namespaceSelector")
    if chosen is None:
        return [namespace_of(policy)]
    return [name_of(one) for one in graph.of_type(NAMESPACE) if meets(chosen, _labels(one))]


def _labels(namespace: Resource) -> Mapping[str, Any]:
    return {_SAID: name_of(namespace), **mapping(at(namespace.inputs, "metadata.labels"), "metadata.labels")}


def ways_out(graph: Graph, of: tuple[str, str]) -> tuple[bool, list[Any]]:
    """Whether pods with these labels are surely closed in, and all rules that may let them out.

    They may have more labels, so that a policy which selects them by others may be theirs too.
    """
    where, labels = of[0], json.loads(of[1])
    there = [one for one in graph.once_for(_closing, where).compatible(labels) if _are_one(one, labels)]
    is_closed = any(meets(selector_of(one), labels) for one in there)
    return is_closed, [way for one in there for way in sequence(at(one.inputs, "spec.egress"), "spec.egress")]


def _are_one(policy: Resource, labels: Mapping[str, str]) -> bool:
    """Whether pods with these labels may be among those that a policy selects."""
    wanted = mapping(selector_of(policy).get("matchLabels"), "matchLabels")
    return all(labels.get(key, value) == value for key, value in wanted.items())


def _closing(graph: Graph, namespace: str) -> Selecting[Resource]:
    found = inside(graph, namespace, *NETWORK_POLICIES)
    return Selecting((one, selector_of(one)) for one in found if closes(one, "Egress"))


def _leads_to(way: Any, policy: Resource, rule: Any, graph: Graph) -> bool:
    """Whether a rule of egress may be for the pods of a policy, and for a port that its rule opens."""
    peers = sequence(at(way, "to"), "to")
    return _on_the_same(way, sequence(at(rule, "ports"), "ports")) and (
        not peers or any(_may_be(peer, policy, graph) for peer in peers)
    )


def _on_the_same(way: Any, ports: Sequence[Any]) -> bool:
    for entry in ports:
        port, protocol = at(entry, "port"), text(at(entry, "protocol"), "protocol") or "TCP"
        if port is None or (isinstance(port, str) and not port.isdigit()) or at(entry, "endPort") is not None:
            return True
        if on_port(way, int(number(port, "port") or 0), protocol):
            return True
    return not ports


def _may_be(peer: Any, policy: Resource, graph: Graph) -> bool:
    if at(peer, "ipBlock") is not None:
        return True
    chosen = at(peer, "namespaceSelector")
    here = namespace_of(policy)
    spaces = [_labels(one) for one in graph.of_type(NAMESPACE) if name_of(one) == here] or [{_SAID: here}]
    if chosen is not None and not any(meets(chosen, labels) for labels in spaces):
        return False
    wanted = mapping(mapping(at(peer, "podSelector"), "podSelector").get("matchLabels"), "matchLabels")
    return _are_one(policy, wanted)
