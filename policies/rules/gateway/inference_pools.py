"""What Envoy Gateway and the AI gateway can do with InferencePools: one of them in a rule of a route.

Envoy AI Gateway 1.0.0 refuses the route otherwise (``post_route_modify.go``, ``post_cluster_modify.go``), and Envoy
Gateway 1.8.1 publishes nothing more to a gateway while one of its routes fails (``xds/runner/runner.go``; both read
2026-11-25). KServe puts every member of a traffic group as a pool into each rule that is not one member's own path
(``router_group_routing.go``, v0.20.0).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.attachment import parents
from policies.analysis.gateway.objects import AI_ROUTES, HTTP_ROUTE, is_envoy
from policies.analysis.kserve.objects import LLM, LLM_CONFIG
from policies.analysis.kubernetes.charts import is_installed
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_AI_GATEWAY: Final = "ai-gateway-helm"
_POOL: Final = "InferencePool"
_OWN_PATH: Final = "/{{ .ObjectMeta.Namespace }}/{{ .ObjectMeta.Name }}"
_ROUTE: Final = "spec.router.route"


def _pools(rule: Any) -> list[str]:
    backends = sequence(at(rule, "backendRefs"), "backendRefs")
    return [text(at(b, "name"), "name") for b in backends if text(at(b, "kind"), "kind") == _POOL]


def _several(route: Resource, graph: Graph) -> Iterable[Offence]:
    if not any(is_envoy(gateway, graph) for gateway in parents(route, graph)):
        return
    for index, rule in enumerate(sequence(at(route.inputs, "spec.rules"), "spec.rules")):
        pools = _pools(rule)
        if len(pools) > 1:
            yield Offence(
                path=f"spec.rules[{index}].backendRefs",
                problem=f"{len(pools)} pools: {', '.join(pools)}",
                value=pools,
                expected="one",
            )


def _has_ai_gateway(graph: Graph) -> bool:
    return any(True for _ in graph.of_type(*AI_ROUTES)) or is_installed(_AI_GATEWAY, graph)


def _shared(resource: Resource, graph: Graph) -> Iterable[Offence]:
    """Of a template for all services, and of a service with a route of its own that is in a group."""
    if resource.type in LLM and not text(at(resource.inputs, f"{_ROUTE}.group"), "route.group"):
        return
    if not _has_ai_gateway(graph):
        return
    own = (_OWN_PATH, f"/{namespace_of(resource)}/{name_of(resource)}")
    for index, rule in enumerate(sequence(at(resource.inputs, f"{_ROUTE}.http.spec.rules"), "rules")):
        if _pools(rule) and not any(_is_below(path, own) for path in _paths(rule)):
            yield Offence(
                path=f"{_ROUTE}.http.spec.rules[{index}].backendRefs",
                problem="every member of a traffic group becomes a pool here",
                value=_pools(rule),
            )


def _paths(rule: Mapping[str, Any]) -> Iterator[str]:
    for match in sequence(at(rule, "matches"), "matches"):
        yield text(at(match, "path.value"), "path.value")


def _is_below(path: str, prefixes: Iterable[str]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


RULES: tuple[Rule, ...] = (
    Rule(
        id="envoy-rules-name-one-pool",
        severity="high",
        applies_to=(HTTP_ROUTE,),
        why="Envoy's AI gateway refuses it, and while it does, nothing new reaches any route of that gateway.",
        fix="Give each pool a rule of its own, and share before it: weights of an AIGatewayRoute's backends.",
        check=_several,
        reads_graph=True,
    ),
    Rule(
        id="groups-share-outside-pools",
        severity="high",
        applies_to=(*LLM_CONFIG, *LLM),
        why="The second version of any model stops the gateway that all models stand behind.",
        fix=f"Keep only rules below {_OWN_PATH}, and share at the edge between these paths.",
        check=_shared,
        reads_graph=True,
    ),
)
