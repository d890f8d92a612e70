"""Routes to models and the policies that hold for them, as rules read them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import (
    AI_ROUTES,
    CLIENT_POLICY,
    GATEWAYS,
    GRPC_ROUTES,
    HTTP_ROUTES,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
    is_envoy,
    is_for,
    is_inside_only,
    targets,
)
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, known, listed, mapping, number, sequence, text

MODEL_ROUTES: Final = (*AI_ROUTES, *HTTP_ROUTES)
_LIST: Final = "/v1/models"
_MODEL_PATHS: Final = (
    "/v2/models/",
    _LIST,
    "/v1/chat/",
    "/v1/completions",
    "/v1/embeddings",
    "/openai/",
)
_ANY: Final = "*"
_MODEL_LABEL: Final = "slipway.dev/model"
_ENVOY_API: Final = "gateway.envoyproxy.io"


def parents(route: Resource, graph: Graph) -> list[Resource]:
    """The gateways a route attaches to, those that are here."""
    found: list[Resource] = []
    for reference in sequence(at(route.inputs, "spec.parentRefs")):
        where = text(at(reference, "namespace")) or namespace_of(route)
        wanted = (text(at(reference, "name")), where)
        found += graph.once(_gateways).get(wanted, ())
    return found


def _gateways(graph: Graph) -> Mapping[tuple[str, str], list[Resource]]:
    """Gateways by name and namespace: a platform's routes are many, and each names one or two."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for gateway in graph.of_type(*GATEWAYS):
        found.setdefault((name_of(gateway), namespace_of(gateway)), []).append(gateway)
    return found


def is_edge_route(route: Resource, graph: Graph) -> bool:
    """Whether it leads callers to a model through Envoy Gateway; inside the cluster the mesh decides."""
    above = parents(route, graph)
    if above and all(is_inside_only(gateway, graph) for gateway in above):
        return False
    if route.type in AI_ROUTES:
        # Without a rule of its own it leads to no model: what the AI gateway adds says that there is none.
        return bool(at(route.inputs, "spec.rules") != [])
    return _is_model(route) and (_is_envoys(route) or any(is_envoy(gateway, graph) for gateway in above))


def only_redirects(gateway: Resource, listener: Any, graph: Graph) -> bool:
    """Whether whatever attaches to a listener sends its callers to https, and something does."""
    attached = [
        route
        for route in graph.of_type(*HTTP_ROUTES, *GRPC_ROUTES)
        for reference in sequence(at(route.inputs, "spec.parentRefs"))
        if _attaches(reference, route, gateway, listener)
    ]
    return bool(attached) and all(_redirects(route) for route in attached)


def _attaches(reference: Any, route: Resource, gateway: Resource, listener: Any) -> bool:
    where = text(at(reference, "namespace")) or namespace_of(route)
    if (text(at(reference, "name")), where) != (name_of(gateway), namespace_of(gateway)):
        return False
    section, port = text(at(reference, "sectionName")), number(at(reference, "port"), "port")
    is_its_port = port is None or port == number(at(listener, "port"), "port")
    return is_its_port and section in {"", text(at(listener, "name"))}


def _redirects(route: Resource) -> bool:
    rules = sequence(at(route.inputs, "spec.rules"))
    return bool(rules) and all(
        any(text(at(one, "requestRedirect.scheme")) == "https" for one in sequence(at(rule, "filters")))
        for rule in rules
    )


def edge_routes(graph: Graph) -> list[Resource]:
    return [route for kind in MODEL_ROUTES for route in graph.of_type(kind) if is_edge_route(route, graph)]


def lists_models(route: Resource) -> bool:
    """Whether it answers with the names of models, and with nothing else."""
    return set(_paths(route)) == {_LIST}


def _paths(route: Resource) -> list[str]:
    rules = sequence(at(route.inputs, "spec.rules"))
    return [text(at(m, "path.value")) for rule in rules for m in sequence(at(rule, "matches"))]


def _is_model(route: Resource) -> bool:
    if _MODEL_LABEL in mapping(at(route.inputs, "metadata.labels")):
        return True
    rules = sequence(at(route.inputs, "spec.rules"))
    kinds = {text(at(b, "kind")) for rule in rules for b in sequence(at(rule, "backendRefs"))}
    return "InferencePool" in kinds or any(path.startswith(_MODEL_PATHS) for path in _paths(route))


def _is_envoys(route: Resource) -> bool:
    return any(
        text(at(backend, "group")) == _ENVOY_API
        for rule in sequence(at(route.inputs, "spec.rules"))
        for backend in sequence(at(rule, "backendRefs"))
    )


def is_for_route(policy: Resource, route: Resource) -> bool:
    """Whether a policy is for the whole route: by name, or by labels.

    An AIGatewayRoute becomes an HTTPRoute of its name and labels, which is what policies for it name.
    """
    if namespace_of(policy) != namespace_of(route):
        return False
    if any(
        text(at(target, "name")) == name_of(route) and at(target, "sectionName") is None
        for target in targets(policy, "HTTPRoute")
    ):
        return True
    labels = mapping(at(route.inputs, "metadata.labels"))
    return any(_selects(selector, labels) for selector in sequence(at(policy.inputs, "spec.targetSelectors")))


def _selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    if text(at(selector, "kind")) != "HTTPRoute" or at(selector, "matchExpressions"):
        return False
    wanted = mapping(at(selector, "matchLabels"))
    return all(known(labels.get(key)) == value for key, value in wanted.items())


def effective(route: Resource, graph: Graph, type_: str) -> list[Resource]:
    """The policies of a type that hold for a route.

    Its own, and those of its gateways unless one of its own takes their place.
    """
    own = policies_for(route, graph, type_)
    if own and not all(at(policy.inputs, "spec.mergeType") for policy in own):
        return own
    above = [
        policy
        for gateway in parents(route, graph)
        for policy in _perhaps_for(gateway, graph, type_)
        if is_for(policy, gateway)
    ]
    return [*own, *above]


def policies_for(route: Resource, graph: Graph, type_: str) -> list[Resource]:
    """The policies of a type that are for the whole route itself."""
    return [policy for policy in _perhaps_for(route, graph, type_) if is_for_route(policy, route)]


def perhaps_of(policy: Resource, routes: Mapping[str, list[Resource]]) -> Iterator[Resource]:
    """Of routes by name, those that :func:`is_for_route` need be asked about: all only where a policy selects them."""
    wanted = _target_names(policy)
    for name in routes if _ANY in wanted else sorted(wanted & routes.keys()):
        yield from routes[name]


def by_name(routes: Iterable[Resource]) -> Mapping[str, list[Resource]]:
    """Routes under their names, for :func:`perhaps_of`."""
    found: dict[str, list[Resource]] = {}
    for route in routes:
        found.setdefault(name_of(route), []).append(route)
    return found


def _perhaps_for(target: Resource, graph: Graph, type_: str) -> list[Resource]:
    """Policies of a type that name something called so, and those that choose by labels or cannot be read."""
    by_name = graph.once(_by_target)
    return [*by_name.get((type_, name_of(target)), ()), *by_name.get((type_, _ANY), ())]


def _by_target(graph: Graph) -> Mapping[tuple[str, str], list[Resource]]:
    """Policies by type and target: without it every route would look at every policy."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for policy in graph.of_type(SECURITY_POLICY, TRAFFIC_POLICY, CLIENT_POLICY):
        for name in _target_names(policy):
            found.setdefault((policy.type, name), []).append(policy)
    return found


def _target_names(policy: Resource) -> set[str]:
    try:
        spec = mapping(at(policy.inputs, "spec"))
        named = [*listed(at(spec, "targetRefs")), *listed(at(spec, "targetRef"))]
        names = {text(at(target, "name")) for target in named}
        return {_ANY} if sequence(at(spec, "targetSelectors")) else names
    except UndecidedError:
        return {_ANY}


def backends(route: Resource) -> Iterable[str]:
    """The names behind a route."""
    for rule in sequence(at(route.inputs, "spec.rules")):
        for backend in sequence(at(rule, "backendRefs")):
            yield text(at(backend, "name"))
