"""What an edge promises: it is who it says, callers are who they say, pay for what they use, and keep their token."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.attachment import effective, is_edge_route
from policies.analysis.gateway.merge import merged_limits
from policies.analysis.gateway.objects import (
    AI_ROUTES,
    CLIENT_POLICY,
    GATEWAYS,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
    is_envoy,
    is_for,
    is_inside_only,
    targets,
)
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, sequence, text

_BACKENDS: Final = tuple(
    f"kubernetes:aigateway.envoyproxy.io/{version}:AIServiceBackend" for version in ("v1beta1", "v1alpha1")
)
_CONFIGS: Final = tuple(
    f"kubernetes:aigateway.envoyproxy.io/{version}:GatewayConfig" for version in ("v1beta1", "v1alpha1")
)
_LIMITS: Final = "spec.rateLimit.global.rules"
_AI: Final = "io.envoy.ai_gateway"
_AI_HEADERS: Final = ("x-ai-eg-internal-req-id", "x-ai-eg-model", "x-ai-eg-original-path")
"""What the AI gateway tells its own later filters (envoyproxy/ai-gateway, internal/internalapi, v1.0)."""
_NAMES_SOMEBODY: Final = ("clientCIDRs", "headers", "jwt.claims", "jwt.scopes", "clientIPGeoLocations")


def _anybody(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(sequence(at(policy.inputs, "spec.authorization.rules"))):
        if text(at(rule, "action")) != "Allow":
            continue
        principal = mapping(at(rule, "principal"))
        named = [way for way in _NAMES_SOMEBODY if sequence(at(principal, way))]
        if not named and not at(rule, "operation"):
            has_token = at(principal, "jwt") is not None
            yield Offence(
                path=f"spec.authorization.rules[{index}].principal",
                problem=f"{'whoever has a token' if has_token else 'anybody'} is admitted",
                value=dict(principal),
            )


def _told_headers(gateway: Resource, graph: Graph) -> set[str]:
    """Headers that tell what lies behind who asks: nobody else may write them."""
    told = {
        text(at(claim, "header")).lower()
        for policy in graph.of_type(SECURITY_POLICY)
        if namespace_of(policy) == namespace_of(gateway)
        for provider in sequence(at(policy.inputs, "spec.jwt.providers"))
        for claim in sequence(at(provider, "claimToHeaders"))
    }
    return told | set(_AI_HEADERS)


def _spoofable(gateway: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_envoy(gateway, graph) or is_inside_only(gateway, graph):
        return
    removed = {
        text(header).lower()
        for policy in graph.of_type(CLIENT_POLICY)
        if is_for(policy, gateway)
        for header in sequence(at(policy.inputs, "spec.headers.earlyRequestHeaders.remove"))
    }
    for header in sorted(_told_headers(gateway, graph) - removed):
        yield Offence(
            path="",
            problem=f"a caller's own {header} comes in: no ClientTrafficPolicy removes it",
            value=header,
        )


def _forwards_token(backend: Resource, _graph: Graph) -> Iterable[Offence]:
    removed = {text(header).lower() for header in sequence(at(backend.inputs, "spec.headerMutation.remove"))}
    if "authorization" not in removed:
        yield Offence(
            path="spec.headerMutation.remove",
            problem="callers' tokens are handed to the model",
            value=sorted(removed),
            expected="authorization among them",
        )


def _limits(policy: Resource) -> Iterator[Mapping[str, Any]]:
    for rule in sequence(at(policy.inputs, _LIMITS)):
        yield mapping(rule)


def _counts_tokens(rule: Mapping[str, Any]) -> bool:
    return text(at(rule, "cost.response.from")) == "Metadata"


def _counts_nothing(policy: Resource, graph: Graph) -> Iterable[Offence]:
    there = graph.once(_limited_routes).get(policy.urn, ())
    for index, rule in enumerate(_limits(policy)):
        if not _counts_tokens(rule):
            continue
        key, path = (
            text(at(rule, "cost.response.metadata.key")),
            f"{_LIMITS}[{index}].cost.response.metadata.key",
        )
        if not key:
            yield Offence(path=path, problem="is not set, and answers' costs are to be counted by it")
        elif text(at(rule, "cost.response.metadata.namespace")) == _AI:
            for route in there:
                if key not in _measured(route, graph):
                    yield Offence(
                        path=path, problem=f"the route {name_of(route)} does not measure {key}", value=key
                    )


def _measured(route: Resource, graph: Graph) -> set[str]:
    """The keys under which its answers' costs are told, by the route or for every route of its gateway."""
    costs = [*sequence(at(route.inputs, "spec.llmRequestCosts"))]
    for config in graph.of_type(*_CONFIGS):
        costs += sequence(at(config.inputs, "spec.globalLLMRequestCosts"))
    return {text(at(cost, "metadataKey")) for cost in costs}


def _limited_routes(graph: Graph) -> Mapping[str, list[Resource]]:
    """By policy, the AI gateway's routes for which its limits hold: named, chosen, or by their gateway."""
    found: dict[str, list[Resource]] = {}
    for route in graph.of_type(*AI_ROUTES):
        holding = {limit.policy.urn for limits in merged_limits(route, graph) for limit in limits}
        for urn in sorted(holding):
            found.setdefault(urn, []).append(route)
    return found


def _callers(route: Resource, graph: Graph) -> set[str]:
    """Who may call, by the value of the claim that says so."""
    return {
        text(value)
        for policy in effective(route, graph, SECURITY_POLICY)
        for rule in sequence(at(policy.inputs, "spec.authorization.rules"))
        for claim in sequence(at(rule, "principal.jwt.claims"))
        for value in sequence(at(claim, "values"))
    }


def _limited(rule: Mapping[str, Any]) -> set[str]:
    selectors = sequence(at(rule, "clientSelectors"))
    headers = [h for selector in selectors for h in sequence(at(selector, "headers"))]
    return {"*" if text(at(h, "type")) == "Distinct" else text(at(h, "value")) for h in headers} or {"*"}


def _unlimited_callers(route: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_edge_route(route, graph):
        return
    rules = [
        r for p in effective(route, graph, TRAFFIC_POLICY) if targets(p, "HTTPRoute") for r in _limits(p)
    ]
    of_requests = {who for rule in rules if not _counts_tokens(rule) for who in _limited(rule)}
    of_tokens = {who for rule in rules if _counts_tokens(rule) for who in _limited(rule)}
    for caller in sorted(_callers(route, graph)):
        for what, who in (("requests", of_requests), ("tokens", of_tokens)):
            if not who & {caller, "*"}:
                yield Offence(path="", problem=f"nothing limits the {what} of {caller}", value=caller)


def _without_certificate(gateway: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_envoy(gateway, graph):  # load balancers of clouds have theirs from elsewhere
        return
    for index, listener in enumerate(sequence(at(gateway.inputs, "spec.listeners"))):
        ends_tls = text(at(listener, "tls.mode")) in {"", "Terminate"}
        has_one = sequence(at(listener, "tls.certificateRefs")) or mapping(at(listener, "tls.options"))
        if text(at(listener, "protocol")) in {"HTTPS", "TLS"} and ends_tls and not has_one:
            yield Offence(
                path=f"spec.listeners[{index}].tls.certificateRefs",
                problem=f"the listener {text(at(listener, 'name'))} has no certificate",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="authorization-names-somebody",
        severity="high",
        applies_to=(SECURITY_POLICY,),
        why="A rule that allows and names nobody is a list with everybody on it.",
        fix="Name claims or scopes of the token, or the callers' address ranges, in the rule's principal.",
        check=_anybody,
    ),
    Rule(
        id="limits-count-what-is-measured",
        severity="high",
        applies_to=(TRAFFIC_POLICY,),
        why="A limit on a figure that nobody measures is never reached.",
        fix="Name the key in llmRequestCosts of the AIGatewayRoute, the same as in cost.response.metadata.key.",
        check=_counts_nothing,
        reads_graph=True,
    ),
    Rule(
        id="listeners-have-a-certificate",
        severity="high",
        applies_to=GATEWAYS,
        why="A listener that ends TLS without a certificate of its own answers nobody, or with somebody else's.",
        fix="Name the secret in tls.certificateRefs.",
        check=_without_certificate,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="gateways-strip-trusted-headers",
        severity="high",
        aliases=("edges-strip-what-only-they-may-say",),
        applies_to=GATEWAYS,
        why="Who writes the header that names the caller uses another one's limits, and another one's model.",
        fix="Remove it from arriving requests: headers.earlyRequestHeaders.remove of a ClientTrafficPolicy.",
        check=_spoofable,
        reads_graph=True,
    ),
    Rule(
        id="tokens-stay-at-the-edge",
        severity="high",
        applies_to=_BACKENDS,
        why="A model server, its logs and its payloads have no use for what opens every other model.",
        fix="Add authorization to spec.headerMutation.remove.",
        check=_forwards_token,
        reads_graph=True,
    ),
    Rule(
        id="every-caller-has-both-limits",
        severity="high",
        applies_to=AI_ROUTES,
        why="A caller without one of them takes what all the others wait for.",
        fix="Give each caller of the stack file requests and tokens a minute.",
        check=_unlimited_callers,
        reads_graph=True,
    ),
)
