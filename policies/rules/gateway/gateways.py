"""What must hold where requests come in: encryption, authentication, and nothing open to everybody."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.gateway.attachment import only_redirects
from policies.analysis.gateway.balancers import open_balancer
from policies.analysis.gateway.objects import (
    AI_ROUTES,
    CLASSES,
    CLIENT_POLICY,
    DEFINITION,
    GATEWAYS,
    PROXY,
    SECURITY_POLICY,
    SERVICE,
    TRAFFIC_POLICY,
    asks_who,
    is_envoy,
    is_for,
    is_inside_only,
    targets,
)
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.network.tls_policies import is_weak
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_PLAIN: Final = frozenset({"HTTP", "TCP", "UDP"})


def _plain_listener(gateway: Resource, graph: Graph) -> Iterable[Offence]:
    for index, listener in enumerate(sequence(at(gateway.inputs, "spec.listeners"))):
        protocol = text(at(listener, "protocol"))
        if protocol not in _PLAIN or is_inside_only(gateway, graph):
            continue
        if protocol != "HTTP" or not only_redirects(gateway, listener, graph):
            yield Offence(
                path=f"spec.listeners[{index}].protocol",
                problem=f"the listener {text(at(listener, 'name'))} speaks plain {protocol}",
                value=protocol,
                expected="HTTPS or TLS",
            )


def _open_attachment(gateway: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, listener in enumerate(sequence(at(gateway.inputs, "spec.listeners"))):
        allowed = at(listener, "allowedRoutes.namespaces")
        where = text(at(allowed, "from"))
        selector = mapping(at(allowed, "selector"))
        names_some = at(selector, "matchLabels") or at(selector, "matchExpressions")
        if where == "All" or (where == "Selector" and not names_some):
            yield Offence(
                path=f"spec.listeners[{index}].allowedRoutes.namespaces.{'from' if where == 'All' else 'selector'}",
                problem=f"the listener {text(at(listener, 'name'))} takes routes from every namespace",
                value=where if where == "All" else dict(selector),
            )


def _old_tls(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    for bound in ("minVersion", "maxVersion"):
        version = text(at(policy.inputs, f"spec.tls.{bound}"))
        if version in {"1.0", "1.1"}:
            yield Offence(
                path=f"spec.tls.{bound}", problem=f"TLS {version}", value=version, expected="1.2 or 1.3"
            )
    for index, cipher in enumerate(sequence(at(policy.inputs, "spec.tls.ciphers"))):
        if is_weak(text(cipher)):
            yield Offence(
                path=f"spec.tls.ciphers[{index}]", problem=f"the cipher {cipher} is accepted", value=cipher
            )


def _unauthenticated(gateway: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_envoy(gateway, graph) or is_inside_only(gateway, graph):
        return
    if not any(is_for(policy, gateway) and asks_who(policy) for policy in graph.of_type(SECURITY_POLICY)):
        yield Offence(path="", problem="no SecurityPolicy for this gateway asks callers who they are")


def _replaces_authentication(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if at(policy.inputs, "spec.mergeType") or asks_who(policy):
        return
    others = [p for p in graph.of_type(SECURITY_POLICY) if p.urn != policy.urn and targets(p, "Gateway")]
    if any(asks_who(other) for other in others):
        yield from _replaced(policy, "authentication")


def _replaces_limits(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if at(policy.inputs, "spec.mergeType") or at(policy.inputs, "spec.rateLimit"):
        return
    others = [p for p in graph.of_type(TRAFFIC_POLICY) if p.urn != policy.urn and targets(p, "Gateway")]
    if any(at(other.inputs, "spec.rateLimit") for other in others):
        yield from _replaced(policy, "rate limits")


def _replaced(policy: Resource, what: str) -> Iterable[Offence]:
    for kind in ("HTTPRoute", "GRPCRoute"):
        for target in targets(policy, kind):
            name = text(at(target, "name"))
            yield Offence(
                path="spec.mergeType",
                problem=f"is not set: the policy takes the place of the gateway's {what} for {kind} {name}",
            )


def _bypasses_weights(route: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(sequence(at(route.inputs, "spec.rules"))):
        for number, backend in enumerate(sequence(at(rule, "backendRefs"))):
            if text(at(backend, "kind")) == "InferencePool":
                yield Offence(
                    path=f"spec.rules[{index}].backendRefs[{number}].kind",
                    problem=f"goes straight to the pool {text(at(backend, 'name'))}",
                    value="InferencePool",
                    expected="AIServiceBackend",
                )


def _limits_fail_open(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "gateway-helm":
        return
    limits = mapping(at(release.inputs, "values.config.envoyGateway.rateLimit"))
    if limits and not flag(at(limits, "failClosed")):
        yield Offence(
            path="values.config.envoyGateway.rateLimit.failClosed",
            problem="without the store nobody is limited",
            value=at(limits, "failClosed"),
            expected="must be true",
        )


def _definition_goes(definition: Resource, _graph: Graph) -> Iterable[Offence]:
    if not definition.source and not definition.retain_on_delete:
        yield Offence(
            path="retainOnDelete",
            problem=f"{name_of(definition)} is deleted with the stack, and every object of its kind with it",
            value=False,
            expected="must be true",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="gateway-listeners-encrypt",
        severity="high",
        applies_to=GATEWAYS,
        why="Tokens and prompts in plain text are read by everybody on the way.",
        fix="Use protocol HTTPS or TLS; plain HTTP only to redirect, or where the proxies' service is a ClusterIP.",
        check=_plain_listener,
        reads_graph=True,
    ),
    Rule(
        id="gateway-listeners-name-who-attaches",
        severity="high",
        applies_to=GATEWAYS,
        why="Whoever may attach a route may publish, or take over, a path under our name.",
        fix="Set allowedRoutes.namespaces.from to Same, or to Selector with labels.",
        check=_open_attachment,
    ),
    Rule(
        id="gateway-tls-is-current",
        severity="medium",
        applies_to=(CLIENT_POLICY,),
        why="TLS 1.0 and 1.1 are broken and withdrawn (RFC 8996), as are the ciphers of their time.",
        fix='Set spec.tls.minVersion to "1.2" or "1.3", and leave spec.tls.ciphers out.',
        check=_old_tls,
    ),
    Rule(
        id="gateways-authenticate",
        severity="high",
        applies_to=GATEWAYS,
        why="A model that answers anybody is paid for by us and talks to everybody.",
        fix="Add a SecurityPolicy with jwt, oidc, apiKeyAuth, basicAuth or extAuth that targets the gateway.",
        check=_unauthenticated,
        reads_graph=True,
    ),
    Rule(
        id="route-policies-keep-authentication",
        severity="high",
        applies_to=(SECURITY_POLICY,),
        why="A policy on a route takes the place of the gateway's, authentication included, unless it merges.",
        fix="Set spec.mergeType, or authenticate in this policy too.",
        check=_replaces_authentication,
        reads_graph=True,
    ),
    Rule(
        id="route-policies-keep-limits",
        severity="high",
        applies_to=(TRAFFIC_POLICY,),
        why="A policy on a route takes the place of the gateway's, rate limits included, unless it merges.",
        fix="Set spec.mergeType, or limit in this policy too.",
        check=_replaces_limits,
        reads_graph=True,
    ),
    Rule(
        id="load-balancers-name-their-callers",
        severity="high",
        applies_to=(SERVICE, PROXY),
        why="What the whole internet may reach, the whole internet tries.",
        fix="Make it internal, or list loadBalancerSourceRanges.",
        check=open_balancer,
        reads_graph=True,
    ),
    Rule(
        id="rate-limits-fail-closed",
        severity="high",
        applies_to=(RELEASE,),
        why="Whoever can disturb the store of counters would switch off every limit.",
        fix="Set config.envoyGateway.rateLimit.failClosed to true.",
        check=_limits_fail_open,
    ),
    Rule(
        id="definitions-outlive-their-stack",
        severity="high",
        applies_to=(DEFINITION,),
        why="Deleting a definition deletes every object of its kind, whoever made it.",
        fix="Set retain_on_delete.",
        check=_definition_goes,
        reads_retention=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="ai-routes-keep-traffic-weights",
        severity="high",
        applies_to=AI_ROUTES,
        why="A route straight to an InferencePool ignores the weights between versions of a model.",
        fix="Point it at an AIServiceBackend for the inner gateway.",
        check=_bypasses_weights,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    **dict.fromkeys(CLASSES, "names a controller; the gateways of the class are judged"),
}
