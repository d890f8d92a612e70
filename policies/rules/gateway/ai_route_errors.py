"""Error bodies of routes whose model is known late: Envoy has chosen its filters by then.

Seen on 2026-11-30 with Envoy Gateway v1.8.1, Envoy 1.38.3 and AI gateway v1.0.0: a request is on the last rule of the
oldest AIGatewayRoute until the processor has read its body, and only that route's ``responseOverride`` is applied,
whatever route it takes in the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from policies.analysis.gateway.attachment import by_name, is_for_route, parents, perhaps_of, policies_for
from policies.analysis.gateway.objects import AI_ROUTES, TRAFFIC_POLICY
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource, is_told
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, sequence

_WORDS: Final = "spec.responseOverride"


def _differs(policy: Resource, graph: Graph) -> Iterable[Offence]:
    routes = graph.once(_in_order)
    for route in perhaps_of(policy, graph.once(_named)):
        if not is_for_route(policy, route):
            continue
        first = routes[min(graph.once(_firsts)[urn] for urn in _gateways(route, graph))]
        if first is not route and _of_route(first, graph) != _said(policy):
            problem = f"is not that of AIGatewayRoute {name_of(first)} of the same gateway: one of them is never said"
            yield Offence(path=_WORDS, problem=problem, expected="one list for all of them")


def _in_order(graph: Graph) -> list[Resource]:
    return sorted(graph.of_type(*AI_ROUTES), key=lambda one: (namespace_of(one), name_of(one)))


def _named(graph: Graph) -> Mapping[str, list[Resource]]:
    return by_name(graph.once(_in_order))


def _gateways(route: Resource, graph: Graph) -> set[str]:
    """What it shares with others: its gateways, and nothing but itself where none of them is here."""
    return {route.urn, *(gateway.urn for gateway in parents(route, graph))}


def _firsts(graph: Graph) -> Mapping[str, int]:
    """The place of the first route of each gateway, which is the one that Envoy is on until it knows the model."""
    found: dict[str, int] = {}
    for place, route in enumerate(graph.once(_in_order)):
        for urn in _gateways(route, graph):
            found.setdefault(urn, place)
    return found


def _of_route(route: Resource, graph: Graph) -> Sequence[Any]:
    found = policies_for(route, graph, TRAFFIC_POLICY)
    return _said(min(found, key=name_of)) if found else ()


def _said(policy: Resource) -> Sequence[Any]:
    said = sequence(at(policy.inputs, _WORDS), _WORDS)
    if not is_told(list(said)):
        raise UndecidedError(_WORDS)
    return said


RULES: tuple[Rule, ...] = (
    Rule(
        id="ai-routes-of-a-gateway-have-one-set-of-error-bodies",
        severity="medium",
        applies_to=(TRAFFIC_POLICY,),
        why=(
            "Envoy takes the filters of the route that it finds before the AI gateway has read which model is asked: "
            "the oldest route's error bodies are said for every model."
        ),
        fix="Give every AIGatewayRoute's policy the same responseOverride; say a model's own words behind the edge.",
        check=_differs,
        reads_graph=True,
    ),
)
