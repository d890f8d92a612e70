"""What must hold for a model's route at the edge: who may use it, how much, how long, and nothing twice."""

import re
from collections.abc import Iterable
from typing import Any, Final

from policies.analysis.gateway.attachment import (
    MODEL_ROUTES,
    backends,
    edge_routes,
    effective,
    is_edge_route,
    parents,
)
from policies.analysis.gateway.attachment import is_for_route as for_route
from policies.analysis.gateway.merge import merged_limits
from policies.analysis.gateway.objects import (
    AI_ROUTES,
    GATEWAYS,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
    is_for,
    is_inside_only,
    targets,
)
from policies.analysis.kubernetes.charts import is_installed
from policies.analysis.kubernetes.metadata import name_of
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_a_part
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, mapping, number, sequence, text

_QUOTA: Final = "kubernetes:aigateway.envoyproxy.io/v1alpha1:QuotaPolicy"
_NAMES_CALLERS: Final = ("authorization", "apiKeyAuth", "basicAuth", "extAuth")
"""What lets only some in: rules, keys and passwords handed out one by one, a service that is asked."""
_REPEATING: Final = frozenset({"5xx", "gateway-error", "reset"})
"""Triggers that also fire after a model has begun."""
_SERVER_ERROR: Final = 500
_ENDLESS: Final = re.compile(r"(0+(\.0+)?(h|m|s|ms))+|0+")


def _callers_unnamed(route: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_edge_route(route, graph) or is_a_part(route, parents(route, graph)):
        return
    policies = effective(route, graph, SECURITY_POLICY)
    if not any(at(p.inputs, f"spec.{way}") is not None for p in policies for way in _NAMES_CALLERS):
        yield Offence(path="", problem=f"no SecurityPolicy says who may call {name_of(route)}")


def _is_closed(route: Resource, graph: Graph) -> bool:
    """Whether nobody may call it: a route without callers needs no limit."""
    for policy in effective(route, graph, SECURITY_POLICY):
        authorization = at(policy.inputs, "spec.authorization")
        if authorization is None or text(at(authorization, "defaultAction")) == "Allow":
            continue
        if not any(text(at(r, "action")) == "Allow" for r in sequence(at(authorization, "rules"))):
            return True
    return False


def _tokens_unlimited(route: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_edge_route(route, graph) or is_a_part(route, parents(route, graph)):
        return
    if _is_closed(route, graph):
        return
    limited = {
        text(at(target, "name"))
        for quota in graph.of_type(_QUOTA)
        for target in sequence(at(quota.inputs, "spec.targetRefs"))
    }
    if limited.issuperset(backends(route)):
        return
    whole = (
        rule
        for policy in effective(route, graph, TRAFFIC_POLICY)
        for rule in sequence(at(policy.inputs, "spec.rateLimit.global.rules"))
    )
    by_listener = merged_limits(route, graph)
    if not any(map(_counts_tokens, whole)) and not all(
        any(_counts_tokens(limit.rule) for limit in limits) for limits in by_listener
    ):
        yield Offence(path="", problem=f"nothing limits the tokens that callers of {name_of(route)} use")


def _a_caller_unlimited(route: Resource, graph: Graph) -> Iterable[Offence]:
    """On this platform every caller that is named has a limit of its own: another one's does not hold it."""
    yield from _tokens_unlimited(route, graph)
    for policy in effective(route, graph, TRAFFIC_POLICY):
        rules = sequence(at(policy.inputs, "spec.rateLimit.global.rules"))
        limited = [at(rule, "clientSelectors") for rule in rules if _counts_tokens(rule)]
        for rule in rules if limited else ():
            if at(rule, "clientSelectors") not in limited:
                yield Offence(
                    path="",
                    problem=f"{name_of(policy)} limits a caller of {name_of(route)} in requests and not in tokens",
                )


def _counts_tokens(rule: Any) -> bool:
    return text(at(rule, "cost.response.from")) == "Metadata"


def _repeats_prompts(policy: Resource, graph: Graph) -> Iterable[Offence]:
    retry = at(policy.inputs, "spec.retry")
    if retry is None or number(at(retry, "numRetries")) == 0 or not _concerns_models(policy, graph):
        return
    on = mapping(at(retry, "retryOn"))
    if not on:
        yield Offence(path="spec.retry.retryOn", problem="is not set: Envoy Gateway then retries on any 503")
    for index, trigger in enumerate(sequence(at(on, "triggers"))):
        if text(trigger) in _REPEATING:
            yield _repeated(f"triggers[{index}]", trigger)
    for index, code in enumerate(sequence(at(on, "httpStatusCodes"))):
        if (number(code) or 0) >= _SERVER_ERROR:
            yield _repeated(f"httpStatusCodes[{index}]", code)


def _repeated(place: str, value: Any) -> Offence:
    return Offence(
        path=f"spec.retry.retryOn.{place}",
        problem=f"{value} is retried also when the model has begun",
        value=value,
    )


def _concerns_models(policy: Resource, graph: Graph) -> bool:
    """Whether requests to a model pass under it.

    Models may stand in another stack than their gateway: an edge at which the AI gateway is installed counts.
    """
    routes = edge_routes(graph)
    if any(for_route(policy, route) for route in routes):
        return True
    if any(is_for(policy, gateway) for route in routes for gateway in parents(route, graph)):
        return True
    return bool(targets(policy, "Gateway")) and is_installed("ai-gateway-helm", graph)


def _endless(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.type == TRAFFIC_POLICY:
        if _is_inner(resource, graph):
            return
        path = "spec.timeout.http.requestTimeout"
        waits = [(path, text(at(resource.inputs, path)))]
    elif is_edge_route(resource, graph):
        rules = enumerate(sequence(at(resource.inputs, "spec.rules")))
        waits = [
            (f"spec.rules[{i}].timeouts.request", text(at(rule, "timeouts.request"))) for i, rule in rules
        ]
    else:
        return
    for where, wait in waits:
        if _ENDLESS.fullmatch(wait):
            yield Offence(path=where, problem=f"a request waits for ever ({wait})", value=wait)


def _is_inner(policy: Resource, graph: Graph) -> bool:
    gateways = [g for g in graph.of_type(*GATEWAYS) if is_for(policy, g)]
    return bool(gateways) and all(is_inside_only(gateway, graph) for gateway in gateways)


RULES: tuple[Rule, ...] = (
    Rule(
        id="model-routes-name-their-callers",
        severity="high",
        applies_to=MODEL_ROUTES,
        why="A token says who somebody is; without a list, whoever has one may use every model.",
        fix="Add a SecurityPolicy with authorization that targets the route, or list callers in the stack file.",
        check=_callers_unnamed,
        reads_graph=True,
    ),
    Rule(
        id="language-routes-limit-tokens",
        severity="high",
        applies_to=AI_ROUTES,
        why="Ten requests may cost as much as ten thousand: what a model spends is tokens.",
        fix="Add a BackendTrafficPolicy with a global limit whose cost.response comes from Metadata.",
        check=_tokens_unlimited,
        reads_graph=True,
        on_platform=Variant("Every caller that is named has such a limit of its own.", _a_caller_unlimited),
    ),
    Rule(
        id="language-routes-do-not-retry",
        severity="high",
        aliases=("prompts-are-never-repeated",),
        applies_to=(TRAFFIC_POLICY,),
        why="A prompt whose answer had begun is paid for twice, and what it set off happens twice.",
        fix="Retry on connect-failure, reset-before-request and refused-stream only.",
        check=_repeats_prompts,
        reads_graph=True,
    ),
    Rule(
        id="edge-routes-have-timeouts",
        severity="high",
        aliases=("edge-requests-end",),
        applies_to=(*MODEL_ROUTES, TRAFFIC_POLICY),
        why="A request without an end holds a place that nobody else gets.",
        fix="Give the request timeout a length; 0s means none.",
        check=_endless,
        reads_graph=True,
    ),
)
