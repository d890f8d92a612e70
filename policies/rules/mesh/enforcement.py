"""What must hold of policies: the proxy that enforces them sees what they ask for."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.flows.layers import enforced_by_ztunnel, http_attributes
from policies.analysis.mesh.objects import AUTHORIZATION
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence

_TOKENS: Final = (
    "kubernetes:security.istio.io/v1:RequestAuthentication",
    "kubernetes:security.istio.io/v1beta1:RequestAuthentication",
)


def _http_without_proxy(policy: Resource, graph: Graph) -> Iterable[Offence]:
    found = list(http_attributes(policy))
    if found and enforced_by_ztunnel(policy, graph):
        for place, name in found:
            yield Offence(
                path=place,
                problem=f"ztunnel enforces this policy and sees no {name}: ALLOW rules are dropped, DENY widened",
                value=name,
            )


def _tokens_without_proxy(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if sequence(at(policy.inputs, "spec.jwtRules"), "spec.jwtRules") and enforced_by_ztunnel(policy, graph):
        yield Offence(
            path="spec.jwtRules",
            problem="ztunnel reads no tokens, so nobody checks them",
            expected="a waypoint in targetRefs",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="http-rules-have-a-waypoint",
        severity="high",
        applies_to=AUTHORIZATION,
        why="ztunnel sees no requests: an ALLOW that asks for a path admits nobody, a DENY refuses too many.",
        fix="Target the Service or a waypoint by spec.targetRefs, or name ports and callers only.",
        check=_http_without_proxy,
        reads_graph=True,
    ),
    Rule(
        id="tokens-are-read-by-a-waypoint",
        severity="high",
        applies_to=_TOKENS,
        why="Without a waypoint nobody reads tokens, and rules on their claims never hold.",
        fix="Target the Service or a waypoint by spec.targetRefs.",
        check=_tokens_without_proxy,
        reads_graph=True,
    ),
)
