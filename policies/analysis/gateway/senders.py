"""Who may call a gateway inside the mesh, by namespace: what those write, nobody else does."""

import re
from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import is_inside_only, proxy_labels, proxy_port
from policies.analysis.kubernetes.metadata import inside, namespace_of
from policies.analysis.mesh.objects import AUTHORIZATION
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, number, sequence, text

_PRINCIPAL: Final = re.compile(r"(?:[^/*]+/)?ns/([^/*]+)/sa/[^/*]+")


def senders(gateway: Resource, graph: Graph) -> frozenset[str] | None:
    """Namespaces whose service accounts the mesh admits to a gateway's listeners; None where it may be anybody."""
    if not is_inside_only(gateway, graph):
        return None
    ports = _ports(gateway)
    allowing = [
        rule
        for policy in inside(graph, namespace_of(gateway), *AUTHORIZATION)
        if text(at(policy.inputs, "spec.action")) in {"", "ALLOW"} and _applies(policy, gateway)
        for rule in sequence(at(policy.inputs, "spec.rules"), "spec.rules")
        if _reaches(rule, ports)
    ]
    found: set[str] = set()
    for rule in allowing:
        named = _namespaces(rule)
        if not named:
            return None
        found |= named
    return frozenset(found) or None


def _ports(gateway: Resource) -> frozenset[str]:
    said = [number(at(one, "port"), "port") for one in sequence(at(gateway.inputs, "spec.listeners"))]
    return frozenset(str(proxy_port(port)) for port in said if port)


def _applies(policy: Resource, gateway: Resource) -> bool:
    """By labels that Envoy Gateway itself gives its proxies; what chooses by others is for other pods."""
    wanted: Mapping[str, Any] = mapping(
        at(policy.inputs, "spec.selector.matchLabels"), "spec.selector.matchLabels"
    )
    known_labels = proxy_labels(gateway)
    return all(known_labels.get(key) == text(value) for key, value in wanted.items())


def _reaches(rule: Any, ports: frozenset[str]) -> bool:
    targets = sequence(at(rule, "to"), "to")
    operations = [sequence(at(target, "operation.ports"), "ports") for target in targets]
    return not operations or any(not named or {text(p) for p in named} & ports for named in operations)


def _namespaces(rule: Any) -> frozenset[str]:
    """None of them where one source may be anybody."""
    found: set[str] = set()
    sources = [mapping(at(one, "source"), "source") for one in sequence(at(rule, "from"), "from")]
    for source in sources:
        matches = [
            _PRINCIPAL.fullmatch(text(one)) for one in sequence(source.get("principals"), "principals")
        ]
        spaces = [text(one) for one in sequence(source.get("namespaces"), "namespaces")]
        if not (matches or spaces) or None in matches or any("*" in space for space in spaces):
            return frozenset()
        found |= {match[1] for match in matches if match} or set(spaces)
    return frozenset(found)
