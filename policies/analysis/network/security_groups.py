"""What security groups let in, wherever it is written: in the group, or in rules of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.network.ports import EVERY_PORT, Span
from policies.analysis.network.types import DEFAULT_GROUP, GROUP, GROUP_RULE, INGRESS
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.engine.references import referred_to
from policies.engine.values import UndecidedError, at, flag, known, listed, mapping, number, sequence, text

GROUPS: Final = (GROUP, DEFAULT_GROUP)
PROTOCOLS: Final = {"-1": "all", "6": "tcp", "17": "udp"}
"""Protocols that people also write as numbers (IANA, "Protocol Numbers")."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One source that a security group lets in, on which ports, and where it says so."""

    source: str
    protocol: str
    span: Span
    by: str
    is_group: bool = False

    @property
    def family(self) -> int:
        """The version of IP of a source that is a range."""
        return 6 if ":" in self.source else 4


def openings(group: Resource, graph: Graph) -> list[Opening]:
    """Everything a security group lets in, in all three spellings.

    Raises:
        UndecidedError: a value of one of its rules is unknown.
    """
    return graph.once_for(_openings, group.urn)


def _openings(graph: Graph, urn: str) -> list[Opening]:
    return list(_found(graph.by_urn[urn], graph))


def _found(group: Resource, graph: Graph) -> Iterator[Opening]:
    for index, rule in enumerate(sequence(at(group.inputs, "ingress"), "ingress")):
        yield from _opened(mapping(rule, "ingress"), f"security group {group.name} (ingress.{index})", group)
    apart, unknown = graph.once(rules_apart)
    for rule in apart.get(group.urn, ()):
        if _lets_in(rule):
            yield from _opened(rule.inputs, f"security group {group.name} (rule {rule.name})", group)
    if unknown:
        raise UndecidedError(unknown)


def rules_apart(graph: Graph) -> tuple[dict[str, list[Resource]], str]:
    """The rules that stand on their own, by their group's URN; and which of them names a group nobody knows yet."""
    found: dict[str, list[Resource]] = {}
    unknown = ""
    for rule in graph.of_type(INGRESS, GROUP_RULE):
        sources = rule.property_dependencies.get("securityGroupId", frozenset())
        try:
            named = referred_to(graph, rule, "securityGroupId", *GROUPS)[0]
        except UndecidedError:
            unknown = unknown or f"{rule.name}: securityGroupId is not known yet"
            continue
        urns = {group.urn for group in named} | {urn for urn in sources if _is_group(urn, graph)}
        for urn in sorted(urns):
            found.setdefault(urn, []).append(rule)
    return found, unknown


def _is_group(urn: str, graph: Graph) -> bool:
    return urn in graph.by_urn and graph.by_urn[urn].type in GROUPS


def rule_openings(rule: Resource) -> Iterator[Opening]:
    """The ranges that a rule lets in which stands on its own."""
    if _lets_in(rule):
        yield from (
            o for o in _opened(rule.inputs, f"security group rule {rule.name}", rule) if not o.is_group
        )


def _lets_in(rule: Resource) -> bool:
    return rule.type == INGRESS or text(at(rule.inputs, "type"), "type") == "ingress"


def _opened(rule: Mapping[str, Any], by: str, group: Resource) -> Iterator[Opening]:
    first, last = number(at(rule, "fromPort"), "fromPort"), number(at(rule, "toPort"), "toPort")
    said = str(at(rule, "ipProtocol") or at(rule, "protocol") or ("all" if first is None else "tcp")).lower()
    protocol = PROTOCOLS.get(said, said)
    span = (
        EVERY_PORT
        if protocol == "all" or first is None
        else (int(first), int(last if last is not None else first))
    )
    ranges = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
    for source in (text(known(r)) for name in ranges for r in listed(at(rule, name), name)):
        yield Opening(source=source, protocol=protocol, span=span, by=by)
    others = ("securityGroups", "referencedSecurityGroupId", "sourceSecurityGroupId")
    for name in (n for key in others for n in _groups_of(rule, key)):
        yield Opening(source=name, protocol=protocol, span=span, by=by, is_group=True)
    if flag(at(rule, "self"), "self"):
        yield Opening(source=group.id or group.name, protocol=protocol, span=span, by=by, is_group=True)


def _groups_of(rule: Mapping[str, Any], key: str) -> list[str]:
    value = rule.get(key)
    found = value if isinstance(value, list) else [value]
    return ["a group that is not known yet" if v is UNKNOWN else text(v, key) for v in found if v]
