"""What pods with an AWS identity must reach, and whether the NetworkPolicies that select them let it through.

The SDK fetches credentials from the Pod Identity agent at 169.254.170.23:80, or trades its token at STS on port 443
(EKS user guide, "Pod Identity agent considerations" and "IAM roles for service accounts", read 2026-11-29).
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.flows.selection import Labelled, meets, network, on_port
from policies.analysis.flows.tunnel import policies_for
from policies.analysis.iam.identities import ASSOCIATION
from policies.analysis.identity.trust import ROLE_ANNOTATION
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import NETWORK_POLICIES, selects_everything
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, flag, mapping, sequence, text

_AGENT: Final = (ipaddress.ip_address("169.254.170.23"), ipaddress.ip_address("fd00:ec2::23"))
_ACCOUNTS: Final = "kubernetes:core/v1:ServiceAccount"


@dataclass(frozen=True)
class _Pods:
    """Pods under one service account; ``labels`` are None where nothing in view says them."""

    namespace: str
    account: str
    owner: str
    labels: Mapping[str, Any] | None
    is_host: bool


def cut_off(policy: Resource, graph: Graph) -> Iterator[Offence]:
    """Pods with an identity in view that a policy closes in, and what no policy lets them reach.

    A namespace that is only closed is opened by whoever brings the pods, and is not asked.

    Raises:
        UndecidedError: a rule cannot be read.
    """
    if not _speaks_of_egress(policy):
        return
    for index in _perhaps_selected(policy, graph):
        pods = graph.once(_pods)[index]
        kind = graph.once(_identities)[pods.namespace, pods.account]
        if not _selects(policy, pods.namespace, pods.labels):
            continue
        alike = (pods.namespace, None if pods.labels is None else index)
        rules, told = graph.once_for(_around, alike)
        if policy is not told:
            continue  # told once, at the policy that lets out the most
        if pods.labels is None and not rules:
            continue
        if policy.source and kind == "token":  # the way to STS may be opened in another file
            continue
        who = f"pods of {pods.namespace}/{pods.account}{pods.owner}"
        yield from (Offence(path="spec.egress", problem=f"{who} {what}") for what in _missed(kind, rules))


def _perhaps_selected(policy: Resource, graph: Graph) -> Iterable[int]:
    """Places of the pods that a policy may select; of those whose labels are not known all, if it selects all."""
    if namespace_of(policy) not in graph.once(_in_namespaces):
        return ()
    told, untold = graph.once_for(_by_labels, namespace_of(policy))
    selector = at(policy.inputs, "spec.podSelector")
    found = told.perhaps(selector)
    return sorted((*found, *untold)) if selects_everything(selector) else found


def _by_labels(graph: Graph, namespace: str) -> tuple[Labelled[int], list[int]]:
    pods, there = graph.once(_pods), graph.once(_in_namespaces).get(namespace, ())
    labelled = [(index, pods[index].labels) for index in there]
    return (
        Labelled((index, labels) for index, labels in labelled if labels is not None),
        [index for index, labels in labelled if labels is None],
    )


def _in_namespaces(graph: Graph) -> dict[str, list[int]]:
    """Places in the list of pods, by namespace."""
    found: dict[str, list[int]] = {}
    for index, pods in enumerate(graph.once(_pods)):
        found.setdefault(pods.namespace, []).append(index)
    return found


def _around(graph: Graph, alike: tuple[str, int | None]) -> tuple[list[Any], Resource]:
    """The rules of policies that may select some pods, and of those that do the one that lets out the most.

    For all pods of a namespace whose labels are not known, it is the same.
    """
    namespace, index = alike
    labels = None if index is None else graph.once(_pods)[index].labels
    there = (
        inside(graph, namespace, *NETWORK_POLICIES)
        if labels is None
        else policies_for(graph, namespace, labels)
    )
    together = [p for p in there if _speaks_of_egress(p) and _may_select(p, namespace, labels)]
    closing = [p for p in together if _selects(p, namespace, labels)]
    rules = [rule for p in together for rule in _rules(p)]
    return rules, max(closing, key=lambda p: (len(_rules(p)), name_of(p)))


def _missed(kind: str, rules: list[Any]) -> Iterator[str]:
    if kind == "pod identity" and not any(_reaches_agent(rule) for rule in rules):
        yield "have a pod identity and no rule lets them reach 169.254.170.23 on port 80"
    if kind == "token" and not any(on_port(rule, 443, "TCP") for rule in rules):
        yield "trade a token at STS and no rule lets them reach port 443"
    if not any(on_port(rule, 53, "UDP") or on_port(rule, 53, "TCP") for rule in rules):
        yield "call AWS by name and no rule lets them reach DNS on port 53"


def _pods(graph: Graph) -> list[_Pods]:
    """Pods that have an identity: of workloads in view, and for accounts without one whatever runs under them."""
    known = graph.once(_identities)
    found = []
    for owner in graph.of_type(*WORKLOADS):
        try:
            path = WORKLOADS[owner.type]
            template = mapping(at(owner.inputs, path) if path else owner.inputs, path)
            spec = mapping(at(template, "spec"), "spec")
            labels = mapping(at(template, "metadata.labels"), "metadata.labels")
            account = text(spec.get("serviceAccountName"), "serviceAccountName") or "default"
            is_host = flag(spec.get("hostNetwork"), "hostNetwork")
        except UndecidedError:
            continue
        if (namespace_of(owner), account) in known:
            said = f" ({owner.inputs.get('kind')} {name_of(owner)})"
            found.append(_Pods(namespace_of(owner), account, said, labels, is_host))
    seen = {(pods.namespace, pods.account) for pods in found}
    found.extend(_Pods(where, who, "", None, is_host=False) for where, who in sorted(known.keys() - seen))
    return [pods for pods in found if not pods.is_host]


def identities(graph: Graph) -> Mapping[tuple[str, str], str]:
    """How pods of a service account get credentials of AWS, by namespace and account, where that is known."""
    return graph.once(_identities)


def _identities(graph: Graph) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for account in graph.of_type(_ACCOUNTS):
        metadata = account.inputs.get("metadata")
        notes = metadata.get("annotations") if isinstance(metadata, Mapping) else None
        if isinstance(notes, Mapping) and notes.get(ROLE_ANNOTATION) is not None:
            found[namespace_of(account), name_of(account)] = "token"
    for association in graph.of_type(ASSOCIATION):
        where, who = association.inputs.get("namespace"), association.inputs.get("serviceAccount")
        if isinstance(where, str) and isinstance(who, str):
            found[where, who] = "pod identity"
    return found


def _speaks_of_egress(policy: Resource) -> bool:
    types = sequence(at(policy.inputs, "spec.policyTypes"), "spec.policyTypes")
    return "Egress" in types if types else at(policy.inputs, "spec.egress") is not None


def _rules(policy: Resource) -> list[Any]:
    return list(sequence(at(policy.inputs, "spec.egress"), "spec.egress"))


def _selects(policy: Resource, namespace: str, labels: Mapping[str, Any] | None) -> bool:
    """Whether a policy certainly selects some pods."""
    if labels is None:
        return namespace_of(policy) == namespace and selects_everything(at(policy.inputs, "spec.podSelector"))
    return _may_select(policy, namespace, labels)


def _may_select(policy: Resource, namespace: str, labels: Mapping[str, Any] | None) -> bool:
    """Whether a policy selects some pods; those whose labels are not known may have any."""
    if namespace_of(policy) != namespace:
        return False
    if labels is None:
        return True
    return meets(at(policy.inputs, "spec.podSelector"), labels)


def _reaches_agent(rule: Any) -> bool:
    if not on_port(rule, 80, "TCP"):
        return False
    peers = sequence(at(rule, "to"), "to")
    return not peers or any(_holds_agent(mapping(at(peer, "ipBlock"), "ipBlock")) for peer in peers)


def _holds_agent(block: Mapping[str, Any]) -> bool:
    if not block:
        return False
    wide = network(block.get("cidr"))
    holes = [network(hole) for hole in sequence(block.get("except"), "except")]
    return any(agent in wide and not any(agent in hole for hole in holes) for agent in _AGENT)
