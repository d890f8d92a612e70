"""What must hold for everything that opens a way: a named caller, a named port, no metadata service."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from policies.analysis.mesh.callers import is_somebody, names_callers
from policies.analysis.mesh.objects import (
    AUTHORIZATION,
    NETWORK_POLICIES,
    is_named_exception,
    selects_everything,
)
from policies.analysis.network.internet_range import is_internet
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import UndecidedError, at, known, mapping, number, sequence, text

_METADATA: Final = ipaddress.ip_address("169.254.169.254")
_METADATA_PORT: Final = 80
_LAST_PORT: Final = 65535
_ON_EVERY_NAMESPACE: Final = "kubernetes.io/metadata.name"
"""The label that the API server sets on every namespace."""


def _allow_rules(policy: Resource) -> Sequence[Any]:
    if (text(at(policy.inputs, "spec.action"), "spec.action") or "ALLOW") != "ALLOW":
        return ()
    return sequence(at(policy.inputs, "spec.rules"), "spec.rules")


def _anonymous_callers(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(_allow_rules(policy)):
        callers = sequence(at(rule, "from"), "from")
        if names_callers(rule):
            continue
        if not callers and not (is_named_exception(policy) and at(rule, "to")):
            yield Offence(path=f"spec.rules[{index}].from", problem="lets anybody in")
        for number_, caller in enumerate(callers):
            if not is_somebody(caller):
                yield Offence(
                    path=f"spec.rules[{index}].from[{number_}].source",
                    problem="is anybody",
                    value=dict(mapping(at(caller, "source"), "source")),
                )


def _every_port(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(_allow_rules(policy)):
        operations = [mapping(at(to, "operation"), "operation") for to in sequence(at(rule, "to"), "to")]
        if not operations or not all(operations):
            yield Offence(path=f"spec.rules[{index}].to", problem="every port is allowed")


def _direction(policy: Resource, direction: str) -> Sequence[Any]:
    """The rules of one direction, if the policy speaks of it."""
    rules = sequence(at(policy.inputs, f"spec.{direction.lower()}"), f"spec.{direction.lower()}")
    types = sequence(at(policy.inputs, "spec.policyTypes"), "spec.policyTypes")
    return rules if not types or direction in types else ()


def _is_anybody(peer: Mapping[str, Any]) -> str:
    cidr = text(at(peer, "ipBlock.cidr"), "ipBlock.cidr")
    if cidr and is_internet(cidr):
        return cidr
    namespaces = peer.get("namespaceSelector")
    if namespaces is None or not _leaves_all(namespaces) or not _leaves_all(peer.get("podSelector")):
        return ""
    is_every = selects_everything(namespaces) and selects_everything(peer.get("podSelector"))
    return "every pod of every namespace" if is_every else "every pod that is not left out"


def _leaves_all(selector: Any) -> bool:
    """Whether a selector takes whoever it does not name: it is empty, or only leaves some out."""
    read = mapping(selector, "selector")
    expressions = sequence(read.get("matchExpressions"), "matchExpressions")
    return not mapping(read.get("matchLabels"), "matchLabels") and all(map(_leaves_out, expressions))


def _leaves_out(expression: Any) -> bool:
    operator = text(at(expression, "operator"), "operator")
    is_on_all = text(at(expression, "key"), "key") == _ON_EVERY_NAMESPACE
    return operator in {"NotIn", "DoesNotExist"} or (operator == "Exists" and is_on_all)


def _anonymous_peers(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(_direction(policy, "Ingress")):
        peers = sequence(at(rule, "from"), "from")
        if not peers:
            yield Offence(path=f"spec.ingress[{index}].from", problem="anybody is admitted")
        for number_, peer in enumerate(peers):
            who = _is_anybody(mapping(peer, "from")) if mapping(peer, "from") else "whom no field names"
            if who:
                yield Offence(
                    path=f"spec.ingress[{index}].from[{number_}]", problem=f"admits {who}", value=dict(peer)
                )


def _unnamed_ports(policy: Resource, _graph: Graph, *, asks_for_ports: bool = False) -> Iterable[Offence]:
    for index, rule in enumerate(_direction(policy, "Ingress")):
        ports = sequence(at(rule, "ports"), "ports")
        if any(map(_is_every_port, ports)) or (asks_for_ports and not ports):
            yield Offence(
                path=f"spec.ingress[{index}].ports", problem="every port is open", value=list(ports)
            )
    for index, rule in enumerate(_direction(policy, "Egress")):
        ports, peers = sequence(at(rule, "ports"), "ports"), sequence(at(rule, "to"), "to")
        if ports and not any(map(_is_every_port, ports)):
            continue
        who = [text(at(peer, "ipBlock.cidr"), "ipBlock.cidr") for peer in peers]
        wide = [cidr for cidr in who if cidr and is_internet(cidr)] if peers else ["everybody"]
        if wide:
            yield Offence(
                path=f"spec.egress[{index}].ports",
                problem=f"every port of {', '.join(wide)} is reached",
                value=list(ports),
            )


def _is_every_port(entry: Any) -> bool:
    """Whether an entry names a protocol only, or the range of all ports."""
    port = known(at(entry, "port"), "port")
    if port is None or isinstance(port, str):
        return port is None
    first, last = number(port, "port") or 0, number(at(entry, "endPort"), "endPort") or 0
    return first <= 1 and last >= _LAST_PORT


def _includes_http(ports: Sequence[Any]) -> bool:
    """Whether the metadata service's port is among them; no list means every port."""
    for entry in ports:
        if (text(at(entry, "protocol"), "protocol") or "TCP") != "TCP":
            continue
        port = known(at(entry, "port"), "port")
        if port is None:
            return True
        if isinstance(port, str):  # names resolve to ports of pods, never to an address outside
            continue
        first = number(port, "port") or 0
        if first <= _METADATA_PORT <= (number(at(entry, "endPort"), "endPort") or first):
            return True
    return not ports


def _contains_metadata(cidr: str) -> bool:
    try:
        return _METADATA in ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise UndecidedError(f"ipBlock: {cidr!r} is no address range") from None


def _reaches_metadata(rule: Any) -> bool:
    peers = sequence(at(rule, "to"), "to")
    for peer in peers:
        block = mapping(at(peer, "ipBlock"), "ipBlock")
        if block and _contains_metadata(text(block.get("cidr"), "ipBlock.cidr")):
            holes = sequence(block.get("except"), "ipBlock.except")
            if not any(_contains_metadata(text(hole, "ipBlock.except")) for hole in holes):
                return True
    return not peers


def _open_metadata(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(_direction(policy, "Egress")):
        if _includes_http(sequence(at(rule, "ports"), "ports")) and _reaches_metadata(rule):
            yield Offence(path=f"spec.egress[{index}].to", problem=f"{_METADATA} is reached on port 80")


RULES: tuple[Rule, ...] = (
    Rule(
        id="allow-policies-name-their-caller",
        severity="high",
        applies_to=AUTHORIZATION,
        why="An ALLOW without a caller opens the workload to every pod, and outweighs the default denial.",
        fix="Declare a Flow: it names the caller's namespace and service account.",
        check=_anonymous_callers,
    ),
    Rule(
        id="network-policies-admit-named-peers",
        severity="high",
        applies_to=NETWORK_POLICIES,
        why="A rule without peers admits every address that can route here, in and outside the cluster.",
        fix="Name namespaces, pods or address ranges in from.",
        check=_anonymous_peers,
    ),
    Rule(
        id="network-policies-name-their-ports",
        severity="medium",
        applies_to=NETWORK_POLICIES,
        why="A rule without ports opens debuggers and admin ports together with the one that was meant.",
        fix="Name the ports: 15008 for callers in an ambient mesh.",
        check=_unnamed_ports,
        on_platform=Variant(
            "A rule for incoming traffic that names no port is every port.",
            partial(_unnamed_ports, asks_for_ports=True),
        ),
    ),
    Rule(
        id="pods-cannot-reach-imds",
        severity="high",
        aliases=("pods-cannot-reach-instance-metadata",),
        applies_to=NETWORK_POLICIES,
        why="Whoever reads instance metadata has the node's credentials.",
        fix="Add 169.254.0.0/16 to except of the ipBlock, or leave port 80 out.",
        check=_open_metadata,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="allow-policies-name-their-ports",
        severity="medium",
        applies_to=AUTHORIZATION,
        why="All mesh traffic arrives on one port, so only this policy tells the metrics port from the model's.",
        fix="Name the application port in to.operation.ports.",
        check=_every_port,
        level="advisory",
    ),
)
