"""What must hold for routes: they hang on something, and each of their rules ends at something."""

from collections.abc import Iterable
from typing import Any, Final

from policies.analysis.gateway.objects import AI_ROUTES, GRPC_ROUTES, HTTP_ROUTES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_ANSWERS: Final = frozenset({"RequestRedirect", "ExtensionRef"})
"""Filters that answer by themselves, or may."""


def _hangs_on_nothing(route: Resource, _graph: Graph) -> Iterable[Offence]:
    # Older AIGatewayRoutes name their gateways as targets.
    if not any(sequence(at(route.inputs, f"spec.{part}"), part) for part in ("parentRefs", "targetRefs")):
        yield Offence(path="spec.parentRefs", problem="is not set: no gateway ever sends anything this way")


def _ends_nowhere(route: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, rule in enumerate(sequence(at(route.inputs, "spec.rules"), "spec.rules")):
        backends = sequence(at(rule, "backendRefs"), "backendRefs")
        for place, ref in enumerate(backends if route.type not in AI_ROUTES else ()):
            if _is_service(ref) and at(ref, "port") is None:
                yield Offence(
                    path=f"spec.rules[{index}].backendRefs[{place}].port",
                    problem="is not set: a Service is no backend without the port that is asked",
                )
        if not backends and not _answers(rule):
            yield Offence(
                path=f"spec.rules[{index}].backendRefs",
                problem="is not set: what matches is answered with an error",
            )


def _is_service(ref: Any) -> bool:
    return not text(at(ref, "group"), "group") and text(at(ref, "kind"), "kind") in {"", "Service"}


def _answers(rule: Any) -> bool:
    return any(text(at(one, "type"), "type") in _ANSWERS for one in sequence(at(rule, "filters"), "filters"))


RULES: tuple[Rule, ...] = (
    Rule(
        id="routes-hang-on-a-gateway",
        severity="high",
        applies_to=(*HTTP_ROUTES, *GRPC_ROUTES, *AI_ROUTES),
        why="The API server takes a route without a parent: nothing is ever sent along it, and no status says so.",
        fix="Name the gateway (or the Service, in a mesh) in spec.parentRefs.",
        check=_hangs_on_nothing,
    ),
    Rule(
        id="routes-end-somewhere",
        severity="high",
        applies_to=(*HTTP_ROUTES, *GRPC_ROUTES, *AI_ROUTES),
        why="A rule without a backend answers 500 to everything that it matches.",
        fix="Name a backend, or a filter that answers: a redirect, or one of the gateway's own.",
        check=_ends_nowhere,
    ),
)
