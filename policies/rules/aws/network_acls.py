"""What must hold for network access lists: nobody on the internet reaches where machines are administered."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.network.acls import own_rules
from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.types import ACL, ACL_RULE
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, number, text

_ADMINISTERED: Final = {22: "SSH", 3389: "RDP"}
_EVERY_PROTOCOL: Final = frozenset({"-1", "all"})
_RANGES: Final = ("cidrBlock", "ipv6CidrBlock")
_TCP: Final = frozenset({"6", "tcp"})
_ANSWERS: Final = 1024
"""From here up lie the ports that answers come back to: a stateless list has to let them in as a whole."""


def _opened(acl: Resource, graph: Graph) -> Iterable[Offence]:
    closed: set[int] = set()
    own = "ingress[{}].cidrBlock" if acl.type == ACL else "cidrBlock"
    rules = list(enumerate(own_rules(acl, graph)))
    for index, rule in sorted(rules, key=lambda numbered: _number(numbered[1])):
        is_allowed = text(at(rule, "action") or at(rule, "ruleAction"), "action").lower() == "allow"
        ports = set(_within(rule)) - closed if _is_everybody(rule) else set()
        if not is_allowed:
            closed |= ports  # lower numbers come first, and the first that fits decides
        elif acl.type == ACL or rule is acl.inputs:
            path = own.format(index)
            name = next((n for n in _RANGES if (said := text(at(rule, n))) and is_internet(said)), "")
            yield from (
                Offence(
                    path=path.replace("cidrBlock", name),
                    problem=f"{_ADMINISTERED[port]} (port {port}) is open to everybody",
                    value=at(rule, name),
                )
                for port in sorted(ports)
            )


def _number(rule: Mapping[str, Any]) -> float:
    return number(at(rule, "ruleNo") or at(rule, "ruleNumber"), "ruleNumber") or 0


def _is_everybody(rule: Mapping[str, Any]) -> bool:
    ranges = (text(at(rule, name), name) for name in _RANGES)
    return any(is_internet(cidr) for cidr in ranges if cidr)


def _within(rule: Mapping[str, Any]) -> Iterable[int]:
    protocol = str(at(rule, "protocol")).lower()
    if protocol in _EVERY_PROTOCOL:
        return _ADMINISTERED
    first, last = (number(at(rule, name), name) or 0 for name in ("fromPort", "toPort"))
    if protocol not in _TCP or (first == _ANSWERS and last > 32768):  # noqa: PLR2004 where Linux's begin
        return ()
    return [port for port in _ADMINISTERED if first <= port <= last]


RULES: tuple[Rule, ...] = (
    Rule(
        id="network-acls-close-ssh-and-rdp",
        severity="high",
        aliases=("network-lists-close-administration",),
        applies_to=(ACL, ACL_RULE),
        why="Behind such a list one careless security group puts a login on the internet.",
        fix="Allow the ranges people come from, or no administration ports at all: Session Manager needs none.",
        check=_opened,
        reads_graph=True,
    ),
)
