"""What must hold for network policies of other makers: like Kubernetes' own, they name whom they let in and out."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.mesh.objects import selects_everything
from policies.analysis.network.internet_range import is_internet
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
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


def _open(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    read = _READERS[policy.type]
    specs = [("spec", at(policy.inputs, "spec"))]
    several = sequence(at(policy.inputs, "specs"), "specs")
    specs += [(f"specs[{index}]", spec) for index, spec in enumerate(several)]
    return every(partial(read, mapping(spec, "spec"), path) for path, spec in specs if spec is not None)


def _cilium(spec: Mapping[str, Any], path: str) -> Iterator[Offence]:
    for index, rule in enumerate(sequence(at(spec, "ingress"), "ingress")):
        for place, who in _cilium_strangers(rule, "from"):
            yield Offence(path=f"{path}.ingress[{index}].{place}", problem=f"{who} is admitted", value=who)
    for index, rule in enumerate(sequence(at(spec, "egress"), "egress")):
        if not any(at(rule, part) for part in ("toPorts", "icmps")):
            for place, who in _cilium_strangers(rule, "to"):
                yield Offence(
                    path=f"{path}.egress[{index}].{place}",
                    problem=f"every port of {who} is reached",
                    value=who,
                )


def _cilium_strangers(rule: Any, way: str) -> Iterator[tuple[str, str]]:
    for index, entity in enumerate(sequence(at(rule, f"{way}Entities"), f"{way}Entities")):
        if text(entity, "entities") in _EVERYBODY:
            yield f"{way}Entities[{index}]", entity
    ranges = list(_numbered(rule, f"{way}CIDR", ""))
    ranges += _numbered(rule, f"{way}CIDRSet", ".cidr")
    for place, cidr in ranges:
        if (said := text(cidr, "CIDR")) and is_internet(said):
            yield place, said


def _numbered(rule: Any, key: str, field: str) -> Iterator[tuple[str, Any]]:
    for index, one in enumerate(sequence(at(rule, key), key)):
        yield f"{key}[{index}]{field}", at(one, field.lstrip(".")) if field else one


def _calico(spec: Mapping[str, Any], path: str) -> Iterator[Offence]:
    for index, rule in enumerate(sequence(at(spec, "ingress"), "ingress")):
        if text(at(rule, "action"), "action") == "Allow" and _calico_anybody(at(rule, "source")):
            yield Offence(path=f"{path}.ingress[{index}].source", problem="anybody is admitted")
    for index, rule in enumerate(sequence(at(spec, "egress"), "egress")):
        target = mapping(at(rule, "destination"), "destination")
        is_named = any(at(target, part) for part in ("ports", "services", "domains"))
        if text(at(rule, "action"), "action") == "Allow" and not is_named and _calico_anybody(target):
            yield Offence(
                path=f"{path}.egress[{index}].destination", problem="every port of everybody is reached"
            )


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


def _admin(spec: Mapping[str, Any], path: str) -> Iterator[Offence]:
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(sequence(at(spec, way), way)):
            if text(at(rule, "action"), "action") != "Allow":
                continue
            for number, peer in enumerate(sequence(at(rule, peers), peers)):
                yield from _admin_peer(mapping(peer, peers), f"{path}.{way}[{index}].{peers}[{number}]", way)


def _admin_peer(peer: Mapping[str, Any], path: str, way: str) -> Iterator[Offence]:
    if _admin_anybody(peer):
        verb = "admitted" if way == "ingress" else "reached"
        yield Offence(
            path=path, problem=f"every pod of every namespace is {verb}, whatever other policies say"
        )
    for index, cidr in enumerate(sequence(at(peer, "networks"), "networks")):
        if is_internet(text(cidr, "networks")):
            yield Offence(
                path=f"{path}.networks[{index}]",
                problem=f"{cidr} is reached, whatever other policies say",
                value=cidr,
            )


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
