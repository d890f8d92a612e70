"""What must hold for network policies of other makers: like Kubernetes' own, they name whom they let in and out."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.mesh.objects import selects_everything
from policies.analysis.network.internet_range import is_internet
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, mapping, sequence, text

CILIUM: Final = (
    "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
    "kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy",
)
CALICO: Final = tuple(
    f"kubernetes:{version}:{kind}"
    for version in ("projectcalico.org/v3", "crd.projectcalico.org/v1")
    for kind in ("NetworkPolicy", "GlobalNetworkPolicy")
)
ADMIN: Final = tuple(
    f"kubernetes:policy.networking.k8s.io/v1alpha1:{kind}"
    for kind in ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy")
)
_EVERYBODY: Final = frozenset({"all", "world", "world-ipv4", "world-ipv6"})
"""Entities of Cilium that stand for what nobody named (docs.cilium.io, "Layer 3 Policies", read 2026-11)."""
_ALL: Final = "all()"


def _open(policy: Resource, _graph: Graph) -> Iterable[str]:
    read = _READERS[policy.type]
    specs = [at(policy.inputs, "spec"), *sequence(at(policy.inputs, "specs"), "specs")]
    return every(partial(read, mapping(spec, "spec")) for spec in specs if spec is not None)


def _cilium(spec: Mapping[str, Any]) -> Iterator[str]:
    for index, rule in enumerate(sequence(at(spec, "ingress"), "ingress")):
        yield from (f"ingress rule {index} admits {who}" for who in _cilium_strangers(rule, "from"))
    for index, rule in enumerate(sequence(at(spec, "egress"), "egress")):
        if not any(at(rule, part) for part in ("toPorts", "icmps")):
            who = _cilium_strangers(rule, "to")
            yield from (f"egress rule {index} reaches every port of {one}" for one in who)


def _cilium_strangers(rule: Any, way: str) -> Iterator[str]:
    for entity in sequence(at(rule, f"{way}Entities"), f"{way}Entities"):
        if text(entity, "entities") in _EVERYBODY:
            yield f"the entity {entity}"
    ranges = [*sequence(at(rule, f"{way}CIDR"), f"{way}CIDR")]
    ranges += [at(one, "cidr") for one in sequence(at(rule, f"{way}CIDRSet"), f"{way}CIDRSet")]
    for cidr in ranges:
        if (said := text(cidr, "CIDR")) and is_internet(said):
            yield said


def _calico(spec: Mapping[str, Any]) -> Iterator[str]:
    for index, rule in enumerate(sequence(at(spec, "ingress"), "ingress")):
        if text(at(rule, "action"), "action") == "Allow" and _calico_anybody(at(rule, "source")):
            yield f"ingress rule {index} admits anybody"
    for index, rule in enumerate(sequence(at(spec, "egress"), "egress")):
        target = mapping(at(rule, "destination"), "destination")
        is_named = any(at(target, part) for part in ("ports", "services", "domains"))
        if text(at(rule, "action"), "action") == "Allow" and not is_named and _calico_anybody(target):
            yield f"egress rule {index} reaches every port of everybody"


def _calico_anybody(end: Any) -> bool:
    """Whether one end of a rule is left open; ports narrow what is reached, not who comes."""
    said = mapping(end, "source")
    nets = [text(net, "nets") for net in sequence(at(said, "nets"), "nets")]
    if nets:
        return any(is_internet(net) for net in nets)
    if any(at(said, part) for part in ("serviceAccounts", "services", "domains")):
        return False
    selectors = [text(at(said, part), part) for part in ("selector", "namespaceSelector")]
    return all(selector in {"", _ALL, "global()"} for selector in selectors)


def _admin(spec: Mapping[str, Any]) -> Iterator[str]:
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(sequence(at(spec, way), way)):
            if text(at(rule, "action"), "action") != "Allow":
                continue
            for peer in sequence(at(rule, peers), peers):
                if _admin_anybody(mapping(peer, peers)):
                    verb = "admits" if way == "ingress" else "reaches"
                    yield f"{way} rule {index} {verb} every pod of every namespace, whatever other policies say"
                for cidr in sequence(at(peer, "networks"), "networks"):
                    if is_internet(text(cidr, "networks")):
                        yield f"{way} rule {index} reaches {cidr}, whatever other policies say"


def _admin_anybody(peer: Mapping[str, Any]) -> bool:
    if "pods" in peer:
        pods = mapping(peer["pods"], "pods")
        return all(selects_everything(pods.get(part)) for part in ("namespaceSelector", "podSelector"))
    return "namespaces" in peer and selects_everything(peer["namespaces"])


_READERS: Final = {
    **dict.fromkeys(CILIUM, _cilium),
    **dict.fromkeys(CALICO, _calico),
    **dict.fromkeys(ADMIN, _admin),
}

RULES: tuple[Rule, ...] = (
    Rule(
        id="other-network-policies-name-their-peers",
        severity="high",
        applies_to=(*CILIUM, *CALICO, *ADMIN),
        why="A rule without peers admits every address that can route here, in and outside the cluster.",
        fix="Name endpoints, namespaces or address ranges, and ports for what lies outside.",
        check=_open,
    ),
)
