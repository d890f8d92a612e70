"""What must hold for listeners of Elastic Load Balancing: encrypted, by TLS 1.2 or later."""

from collections.abc import Iterable
from typing import Any, Final

from policies.analysis.network.tls_policies import is_old
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, listed, mapping, number, text

LISTENERS: Final = ("aws:lb/listener:Listener",)
_UNSAID_TLS: Final = "ELBSecurityPolicy-2016-08"
"""What a listener takes that is made by another way than the console (the same page)."""
_PLAIN_PORTS: Final = frozenset({80, 8080})
"""Where an Application Load Balancer without a protocol listens in plain text."""


def _listens_plainly(listener: Resource, _graph: Graph) -> Iterable[Offence]:
    protocol = text(at(listener.inputs, "protocol"), "protocol").upper()
    if not protocol and not text(at(listener.inputs, "certificateArn"), "certificateArn"):
        protocol = "HTTP" if number(at(listener.inputs, "port"), "port") in _PLAIN_PORTS else ""
    actions: list[Any] = list(listed(at(listener.inputs, "defaultActions"), "defaultActions"))
    redirects = [text(at(mapping(a), "redirect.protocol"), "redirect.protocol").upper() for a in actions]
    if protocol == "HTTP" and set(redirects) != {"HTTPS"}:
        yield Offence(
            path="protocol",
            problem="listens in plain text, and does not send callers to HTTPS",
            value=at(listener.inputs, "protocol"),
        )
    policy = text(at(listener.inputs, "sslPolicy"), "sslPolicy")
    if is_old(policy):
        yield Offence(path="sslPolicy", problem=f"{policy} accepts TLS before 1.2", value=policy)
    elif not policy and protocol in {"HTTPS", "TLS"}:
        yield Offence(path="sslPolicy", problem=f"is not set: {_UNSAID_TLS} accepts TLS before 1.2")


RULES: tuple[Rule, ...] = (
    Rule(
        id="load-balancers-encrypt",
        severity="high",
        applies_to=LISTENERS,
        why="Prompts, answers and tokens are readable on the way.",
        fix="Listen on HTTPS with a current TLS policy; on port 80 only redirect to it.",
        check=_listens_plainly,
    ),
)
