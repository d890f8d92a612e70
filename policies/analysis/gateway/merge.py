"""Rate limits of a route as Envoy Gateway merges them.

Read from Envoy Gateway v1.8.1 (read: 2026-11-28): ``internal/gatewayapi/backendtrafficpolicy.go`` for which policy
holds where, ``internal/ir/xds.go`` for how lists of limits merge.

The most specific policy holds: for a rule of the route by its name, then for the route, then for the listener, then
for the gateway. One that is for a route and has ``mergeType`` is merged into the listener's, or into the gateway's
where the listener has none. Of several for the same target the first counts, by age and then by name; files do not
know their age, so here by name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies.analysis.gateway.attachment import parents
from policies.analysis.gateway.objects import AI_ROUTES, GRPC_ROUTES, HTTP_ROUTES, TRAFFIC_POLICY
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, known, listed, mapping, number, sequence, text

LIMITED_ROUTES: Final = (*AI_ROUTES, *HTTP_ROUTES, *GRPC_ROUTES)
_KINDS: Final = {
    **dict.fromkeys((*AI_ROUTES, *HTTP_ROUTES), "HTTPRoute"),
    **dict.fromkeys(GRPC_ROUTES, "GRPCRoute"),
}
"""What policies call a route: of an AIGatewayRoute the AI gateway makes an HTTPRoute of its name and labels."""
_STRATEGIC: Final = "StrategicMerge"


@dataclass(frozen=True)
class Limit:
    """One rule of ``spec.rateLimit.global``, and where it is written."""

    policy: Resource
    index: int
    rule: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where it stands in its policy, in the API's words."""
        return f"spec.rateLimit.global.rules[{self.index}]"

    @property
    def owner(self) -> str:
        """Namespace and name of its policy."""
        return f"{namespace_of(self.policy)}/{name_of(self.policy)}"


@dataclass
class _Targeted:
    named: dict[tuple[str, str, str], list[Resource]] = field(default_factory=dict)
    selecting: dict[str, list[tuple[Mapping[str, Any], Resource]]] = field(default_factory=dict)
    unread: str = ""


def limits_of(policy: Resource) -> list[Limit]:
    """What the policy itself says."""
    rules = sequence(at(policy.inputs, "spec.rateLimit.global.rules"), "spec.rateLimit.global.rules")
    return [Limit(policy, index, mapping(rule)) for index, rule in enumerate(rules)]


def merged_limits(route: Resource, graph: Graph) -> Iterator[tuple[Limit, ...]]:
    """The limits that hold for requests to a route, once for each listener and each rule of the route that differ."""
    seen: list[tuple[Limit, ...]] = []
    for section in _sections(route):
        for gateway, listener in _listeners(route, graph) or [(None, "")]:
            found = tuple(_effective(route, section, gateway, listener, graph))
            if found not in seen:
                seen.append(found)
                yield found


def _effective(
    route: Resource, section: str, gateway: Resource | None, listener: str, graph: Graph
) -> list[Limit]:
    kind = _KINDS[route.type]
    own = _first(route, kind, section, graph) or _first(route, kind, "", graph)
    above = None
    if gateway is not None:
        above = _first(gateway, "Gateway", listener, graph) or _first(gateway, "Gateway", "", graph)
    if own is None:
        return limits_of(above) if above is not None else []
    merge_type = text(at(own.inputs, "spec.mergeType"), "spec.mergeType")
    if not merge_type or above is None:
        return limits_of(own)
    # Names of limits are made of the policy and the position, so a strategic merge keeps those of both.
    kept = merge_type == _STRATEGIC or at(own.inputs, "spec.rateLimit.global") is None
    return [*(limits_of(above) if kept else []), *limits_of(own)]


def _sections(route: Resource) -> list[str]:
    """Names of its rules; an AIGatewayRoute's have none, and a route without rules counts as one."""
    rules = sequence(at(route.inputs, "spec.rules"), "spec.rules")
    return sorted({text(at(rule, "name"), "name") for rule in rules}) or [""]


def _listeners(route: Resource, graph: Graph) -> list[tuple[Resource | None, str]]:
    found: list[tuple[Resource | None, str]] = []
    for gateway in parents(route, graph):
        for reference in sequence(at(route.inputs, "spec.parentRefs"), "spec.parentRefs"):
            if text(at(reference, "name")) != name_of(gateway):
                continue
            wanted, port = text(at(reference, "sectionName")), number(at(reference, "port"), "port")
            for listener in sequence(at(gateway.inputs, "spec.listeners"), "spec.listeners"):
                name = text(at(listener, "name"))
                is_its_port = port is None or port == number(at(listener, "port"), "port")
                if wanted in {"", name} and is_its_port:
                    found.append((gateway, name))
    return found


def _first(resource: Resource, kind: str, section: str, graph: Graph) -> Resource | None:
    targeted = graph.once_for(_policies_of, namespace_of(resource))
    if targeted.unread:
        raise UndecidedError(f"BackendTrafficPolicy {targeted.unread}: its targets are not known")
    labels = mapping(at(resource.inputs, "metadata.labels"), "metadata.labels")
    found = [
        *targeted.named.get((kind, name_of(resource), section), ()),
        # Selectors name no section.
        *(
            p
            for selector, p in targeted.selecting.get(kind, ())
            if not section and _selects(selector, labels)
        ),
    ]
    return min(found, key=name_of, default=None)


def _selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    wanted = mapping(at(selector, "matchLabels"), "matchLabels")
    return all(known(labels.get(key), key) == value for key, value in wanted.items()) and all(
        _matches(expression, labels) for expression in sequence(at(selector, "matchExpressions"))
    )


def _matches(expression: Any, labels: Mapping[str, Any]) -> bool:
    value = known(labels.get(text(at(expression, "key"))))
    values = [known(one) for one in sequence(at(expression, "values"))]
    answers = {
        "In": value is not None and value in values,
        "NotIn": value is None or value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    operator = text(at(expression, "operator"))
    if operator not in answers:
        raise UndecidedError(f"targetSelectors: unknown operator {operator!r}")
    return answers[operator]


def _policies_of(graph: Graph, namespace: str) -> _Targeted:
    """Policies of a namespace by what they name: both sides of a target stand in one namespace."""
    found = _Targeted()
    for policy in graph.of_type(TRAFFIC_POLICY):
        try:
            if namespace_of(policy) == namespace:
                _enter(policy, found)
        except UndecidedError:
            found.unread = policy.name
    return found


def _enter(policy: Resource, found: _Targeted) -> None:
    spec = mapping(at(policy.inputs, "spec"), "spec")
    for target in [*listed(at(spec, "targetRefs")), *listed(at(spec, "targetRef"))]:
        key = (text(at(target, "kind")), text(at(target, "name")), text(at(target, "sectionName")))
        found.named.setdefault(key, []).append(policy)
    for selector in sequence(at(spec, "targetSelectors"), "spec.targetSelectors"):
        found.selecting.setdefault(text(at(selector, "kind")), []).append((mapping(selector), policy))
