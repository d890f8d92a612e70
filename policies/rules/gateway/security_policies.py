"""What must hold of what a SecurityPolicy trusts: a default that refuses, checked tokens, unforgeable headers."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, Final

from policies.analysis.gateway.objects import GATEWAYS, SECURITY_POLICY, TRAFFIC_POLICY, is_for
from policies.analysis.gateway.senders import senders
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.network.internet_range import is_internet
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_a_part
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, sequence, text

_SET_BY_ENVOY: Final = frozenset({":authority", ":method", ":path", ":scheme", "host", "x-ai-eg-model"})
"""Parts of every request, and the model's name as the AI gateway reads it from the body."""


def _allows_all(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    authorization = at(policy.inputs, "spec.authorization")
    if authorization is None:
        return
    rules = sequence(at(authorization, "rules"))
    refuses = any(text(at(rule, "action")) == "Deny" for rule in rules)
    if text(at(authorization, "defaultAction")) == "Allow" and not refuses:
        yield Offence(
            path="spec.authorization.defaultAction",
            problem="everybody is allowed: no rule refuses anybody",
            value="Allow",
            expected="Deny",
        )
    for index, rule in enumerate(rules):
        if text(at(rule, "action")) == "Allow" and _is_anybody(mapping(at(rule, "principal"))):
            yield Offence(
                path=f"spec.authorization.rules[{index}].principal.clientCIDRs",
                problem="every address is allowed",
                value=at(rule, "principal.clientCIDRs"),
            )


def _is_anybody(principal: Any) -> bool:
    if any(at(principal, kind) for kind in ("jwt", "headers", "clientIPGeoLocations")):
        return False
    return any(is_internet(text(cidr)) for cidr in sequence(at(principal, "clientCIDRs")))


def _unchecked_tokens(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    here = {text(at(provider, "name")) for provider in sequence(at(policy.inputs, "spec.jwt.providers"))}
    for index, rule in enumerate(sequence(at(policy.inputs, "spec.authorization.rules"))):
        wanted = at(rule, "principal.jwt.provider")
        if wanted is not None and text(wanted) not in here:
            yield Offence(
                path=f"spec.authorization.rules[{index}].principal.jwt.provider",
                problem=f"tokens of {wanted} are trusted, which this policy does not check",
                value=wanted,
                expected="a provider of spec.jwt",
            )


def _forgeable(policy: Resource, graph: Graph) -> Iterable[Offence]:
    headers = dict(reversed(_counted(policy) if policy.type == TRAFFIC_POLICY else _believed(policy)))
    if policy.type == TRAFFIC_POLICY and is_a_part(policy, _who_writes(policy, graph)):
        return
    trusted: AbstractSet[str] | None = None
    for header in sorted(set(headers) - _SET_BY_ENVOY):
        trusted = _written(policy, graph) | _sent(policy, graph) if trusted is None else trusted
        if header not in trusted:
            verb = "are counted by" if policy.type == TRAFFIC_POLICY else "are let in by"
            yield Offence(
                path=headers[header],
                problem=f"callers {verb} {header}, which they write themselves",
                value=header,
            )


def _who_writes(policy: Resource, graph: Graph) -> Iterable[Resource]:
    """Where headers are written: the gateways, and the policies beside this one."""
    yield from graph.of_type(*GATEWAYS)
    yield from (p for p in graph.of_type(SECURITY_POLICY) if namespace_of(p) == namespace_of(policy))


def _counted(policy: Resource) -> list[tuple[str, str]]:
    """Headers that choose a counter, each with its path, unless another limit counts whoever leaves them out."""
    found: list[tuple[str, str]] = []
    for where in ("spec.rateLimit.global.rules", "spec.rateLimit.local.rules"):
        for index, rule in enumerate(sequence(at(policy.inputs, where))):
            names = [
                (text(at(header, "name")).lower(), f"{where}[{index}].clientSelectors[{i}].headers[{j}].name")
                for i, selector in enumerate(sequence(at(rule, "clientSelectors")))
                for j, header in enumerate(sequence(at(selector, "headers")))
            ]
            if not names:
                return []
            found += names
    return found


def _believed(policy: Resource) -> list[tuple[str, str]]:
    return [
        (
            text(at(header, "name")).lower(),
            f"spec.authorization.rules[{index}].principal.headers[{number}].name",
        )
        for index, rule in enumerate(sequence(at(policy.inputs, "spec.authorization.rules")))
        if text(at(rule, "action")) == "Allow"
        and not at(rule, "principal.jwt")
        and not at(rule, "principal.clientCIDRs")
        for number, header in enumerate(sequence(at(rule, "principal.headers")))
    ]


def _written(policy: Resource, graph: Graph) -> AbstractSet[str]:
    """Headers that Envoy itself writes from what it checked, in place of what the caller sent."""
    return graph.once_for(_headers_written, namespace_of(policy))


def _sent(policy: Resource, graph: Graph) -> AbstractSet[str]:
    """Headers that everybody whom the mesh admits to the policy's gateways has written so."""
    gateways = [gateway for gateway in graph.of_type(*GATEWAYS) if is_for(policy, gateway)]
    written: list[AbstractSet[str]] = []
    for gateway in gateways:
        admitted = senders(gateway, graph)
        if admitted is None:
            return frozenset()
        written += [graph.once_for(_headers_written, namespace) for namespace in admitted]
    return frozenset.intersection(*map(frozenset, written)) if written else frozenset()


def _headers_written(graph: Graph, namespace: str) -> AbstractSet[str]:
    """Of a namespace, once: with 300 models it has as many policies."""
    found: set[str] = set()
    for other in graph.of_type(SECURITY_POLICY):
        if namespace_of(other) != namespace:
            continue
        for provider in sequence(at(other.inputs, "spec.jwt.providers")):
            found |= {text(at(c, "header")).lower() for c in sequence(at(provider, "claimToHeaders"))}
        for way in ("apiKeyAuth.forwardClientIDHeader", "basicAuth.forwardUsernameHeader"):
            found.add(text(at(other.inputs, f"spec.{way}")).lower())
        for header in sequence(at(other.inputs, "spec.extAuth.http.headersToBackend")):
            found.add(text(header).lower())
    return found


RULES: tuple[Rule, ...] = (
    Rule(
        id="authorization-denies-by-default",
        severity="high",
        applies_to=(SECURITY_POLICY,),
        why="A list that lets in whoever is not on it is no list.",
        fix="Leave out authorization.defaultAction or set it to Deny, and allow callers one by one.",
        check=_allows_all,
    ),
    Rule(
        id="authorization-checks-its-tokens",
        severity="high",
        applies_to=(SECURITY_POLICY,),
        why="A claim counts for something only where the same policy checks the token that makes it.",
        fix="Name a provider of spec.jwt in principal.jwt.provider.",
        check=_unchecked_tokens,
    ),
    Rule(
        id="callers-cannot-name-themselves",
        severity="high",
        applies_to=(TRAFFIC_POLICY, SECURITY_POLICY),
        why="Who writes the name that limits or admits them has neither limit nor lock.",
        fix="Let claimToHeaders (or forwardClientIDHeader) of a SecurityPolicy write the header.",
        check=_forgeable,
        reads_graph=True,
    ),
)
