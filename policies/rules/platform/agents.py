"""What must hold of agents: parts are apart, none reaches more than its record names, and budgets are counted once."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.platform.agents import NAMESPACE, Pods, part_of, reach_of, selected
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, number, sequence, text

_ASSOCIATION: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_POD: Final = "spec.template.spec"
_TUNNEL: Final = 15008
_DNS: Final = ("kube-system", {"k8s-app": "kube-dns"})
_COLLECTOR: Final = ("observability", {"app.kubernetes.io/name": "opentelemetry-collector"})
_TEMPORAL: Final = "temporal"
_EDGE: Final = "edge"
_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
_SERVER: Final = "app.kubernetes.io/name"
_CREDENTIALS: Final = ("169.254.170.23/32", 80)
_MOST: Final = 256
"""Addresses of one range: what a service, or the endpoints of a zone, have at most."""
NEEDS_NO_RULE: Final = {
    "kubernetes:core/v1:PersistentVolumeClaim": "a disk of a class that is judged; who mounts it is judged with the pod"
}


def _apart(workload: Resource, graph: Graph) -> Iterable[Offence]:
    mine = part_of(workload)
    if mine is None:
        return
    account = _account(workload)
    if not account:
        yield Offence(
            path=f"{_POD}.serviceAccountName", problem=f"{mine.label} has no service account of its own"
        )
    secrets = set(_secrets(workload))
    for other in inside(graph, namespace_of(workload), _DEPLOYMENT):
        theirs = part_of(other) if other.urn != workload.urn else None
        if theirs is None:
            continue
        if account and _account(other) == account:
            yield Offence(
                path=f"{_POD}.serviceAccountName",
                problem=f"{mine.label} acts as {theirs.label} does, and may whatever that one may",
                value=account,
            )
        for secret in sorted(secrets & set(_secrets(other))):
            yield Offence(
                path=f"{_POD}.volumes",
                problem=f"{mine.label} and {theirs.label} hold the same Secret {secret}",
                value=secret,
            )


def _account(workload: Resource) -> str:
    return text(at(workload.inputs, f"{_POD}.serviceAccountName"), "serviceAccountName")


def _secrets(workload: Resource) -> Iterator[str]:
    for volume in sequence(at(workload.inputs, f"{_POD}.volumes"), "volumes"):
        name = text(at(volume, "secret.secretName"), "secretName")
        if name:
            yield name


def _roles_apart(association: Resource, graph: Graph) -> Iterable[Offence]:
    if text(at(association.inputs, "namespace"), "namespace") != NAMESPACE:
        return
    role = text(known(at(association.inputs, "roleArn"), "roleArn"), "roleArn")
    for other in graph.of_type(_ASSOCIATION):
        if other.urn != association.urn and text(at(other.inputs, "roleArn"), "roleArn") == role:
            account = text(at(other.inputs, "serviceAccount"), "serviceAccount")
            yield Offence(
                path="roleArn",
                problem=f"{account} has this role too; a part of an agent has its own",
                value=role,
            )


def _is_apart(subject: Resource, graph: Graph) -> Iterable[Offence]:
    return _roles_apart(subject, graph) if subject.type == _ASSOCIATION else _apart(subject, graph)


def _wider(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if namespace_of(policy) != NAMESPACE or "Egress" not in _types(policy):
        return
    selector = at(policy.inputs, "spec.podSelector")
    if at(selector, "matchExpressions"):
        yield Offence(
            path="spec.podSelector.matchExpressions",
            problem="whom it opens a way for cannot be said; select an agent and its part by labels",
        )
        return
    pods = selected(mapping(at(selector, "matchLabels"), "matchLabels"))
    if pods is None:
        return
    for index, rule in enumerate(sequence(at(policy.inputs, "spec.egress"), "spec.egress")):
        place = f"spec.egress[{index}]"
        ports = [number(at(port, "port"), "port") for port in sequence(at(rule, "ports"), "ports")]
        peers = sequence(at(rule, "to"), "to")
        if not peers:
            yield Offence(path=f"{place}.to", problem=f"{pods.label} may reach whatever there is")
        if not ports or any(at(port, "endPort") for port in sequence(at(rule, "ports"), "ports")):
            yield Offence(path=f"{place}.ports", problem=f"{pods.label} may reach more than one port there")
        for number_, peer in enumerate(peers):
            said = _beyond(pods, peer, {int(port) for port in ports if port is not None}, graph)
            if said:
                yield Offence(path=f"{place}.to[{number_}]", problem=f"{pods.label} may reach {said}")


def _types(policy: Resource) -> list[str]:
    return [
        text(known(kind), "policyTypes")
        for kind in sequence(at(policy.inputs, "spec.policyTypes"), "policyTypes")
    ]


def _beyond(pods: Pods, peer: Any, ports: set[int], graph: Graph) -> str:
    """What of a peer is more than the part has to reach, in words; nothing where it is not."""
    cidr = text(at(peer, "ipBlock.cidr"), "ipBlock.cidr")
    if cidr:
        return _addresses_beyond(pods, cidr, ports, graph)
    labels = mapping(at(peer, "namespaceSelector.matchLabels"), "namespaceSelector")
    where = text(labels.get(_NAMESPACE_LABEL), _NAMESPACE_LABEL)
    wanted = {
        key: text(known(value), key)
        for key, value in mapping(at(peer, "podSelector.matchLabels"), "podSelector").items()
    }
    if not where or not wanted:
        return f"every pod of {where or 'every namespace'}"
    if (where, wanted) == _DNS or (
        (where == _TEMPORAL or (where, wanted) == _COLLECTOR) and ports == {_TUNNEL}
    ):
        return ""
    return _pods_beyond(pods, (where, wanted.get(_SERVER, "")), ports, graph)


def _pods_beyond(pods: Pods, server: tuple[str, str], ports: set[int], graph: Graph) -> str:
    where = server[0]
    if pods.part in {"reason", "plan"}:
        is_gateway = where == _EDGE and ports == {_TUNNEL}
        return "" if is_gateway else f"pods of {where}, and thinks: it asks the gateway and the engine alone"
    if pods.part != "act":
        return f"pods of {where}, which not every part has to"
    reach = reach_of(pods.agent, graph)
    if reach is None:
        return f"pods of {where}, and no record of {pods.agent} is in view"
    if server in reach.services and ports == {_TUNNEL}:
        return ""
    return f"pods of {where}, which no tool of its record names"


def _addresses_beyond(pods: Pods, cidr: str, ports: set[int], graph: Graph) -> str:
    if (cidr, ports) == (_CREDENTIALS[0], {_CREDENTIALS[1]}):
        return ""
    if ipaddress.ip_network(cidr).num_addresses > _MOST:
        return f"{cidr}, more addresses than a service has ({_MOST})"
    if not pods.agent:
        # Endpoints of AWS in the VPC, and an engine of the organisation's own.
        return ""
    if pods.part != "act":
        return f"{cidr}, and thinks: it asks the gateway and the engine alone"
    reach = reach_of(pods.agent, graph)
    if reach is None:
        return f"{cidr}, and no record of {pods.agent} is in view"
    return "" if ports <= reach.ports else f"{cidr} on a port that no tool of its record names"


def _counted_twice(workload: Resource, _graph: Graph) -> Iterable[Offence]:
    mine = part_of(workload)
    if mine is None or mine.part != "act":
        return
    replicas = number(at(workload.inputs, "spec.replicas"), "spec.replicas")
    if replicas is not None and replicas > 1:
        yield Offence(
            path="spec.replicas",
            problem=f"{replicas:g} workers act for {mine.agent}, each with budgets of its own",
        )
    strategy = text(at(workload.inputs, "spec.strategy.type"), "spec.strategy.type")
    if strategy != "Recreate":
        yield Offence(
            path="spec.strategy.type",
            problem=f"a new worker acts for {mine.agent} beside the old one, and neither counts the other's calls",
            value=strategy or None,
        )
    claims = [
        volume
        for volume in sequence(at(workload.inputs, f"{_POD}.volumes"), "volumes")
        if at(volume, "persistentVolumeClaim")
    ]
    if not claims:
        yield Offence(
            path=f"{_POD}.volumes",
            problem=f"what {mine.agent} has spent and who approved it goes with the pod: it has no disk",
            value=name_of(workload),
        )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="agent-parts-have-identities-of-their-own",
        severity="high",
        applies_to=(_DEPLOYMENT, _ASSOCIATION),
        why="What reads foreign text must not be able to act on it: one identity for two parts is one part.",
        fix="Give each of reason, plan and act a service account, a role and a Secret that no other part has.",
        check=_is_apart,
        reads_graph=True,
    ),
    Rule(
        id="agents-reach-what-their-records-name",
        severity="high",
        applies_to=(_POLICY,),
        why="A model that was talked into it sends what it knows wherever a packet may go.",
        fix="Open the gateway for parts that think and the record's addresses for the one that acts; a new tool is a "
        "new version of the agent.",
        check=_wider,
        reads_graph=True,
    ),
    Rule(
        id="one-worker-acts-for-an-agent",
        severity="high",
        applies_to=(_DEPLOYMENT,),
        why="Budgets, rates and breakers stand on the disk of the worker that acts: two of them keep no budget.",
        fix="Run one replica that is replaced (Recreate), with its journal on a claim.",
        check=_counted_twice,
    ),
)
