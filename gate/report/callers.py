"""Who may call a model at the edge, and how much, read from a graph's routes and the policies that hold for them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gate.report.report import Exposure
from policies.analysis.gateway.attachment import edge_routes, effective, lists_models
from policies.analysis.gateway.objects import AI_ROUTES, SECURITY_POLICY, TRAFFIC_POLICY
from policies.analysis.kubernetes.metadata import name_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, number, sequence, text

NOBODY: Final = "nobody"
_UNLIMITED: Final = "no limit of its own"


def model_callers(graph: Graph) -> Iterator[Exposure]:
    """One way in for each caller of each model; a model nobody may call, and one anybody may, say so."""
    for route in edge_routes(graph):
        what = f"model {name_of(route)}"
        if route.type not in AI_ROUTES and lists_models(route):
            what = "names of all models"
        try:
            yield from _ways(route, graph, what)
            yield from _stand_ins(route)
        except UndecidedError as missing:
            yield Exposure(what=what, source="unreadable", detail=str(missing), caller="unreadable")


def _ways(route: Resource, graph: Graph, what: str) -> Iterator[Exposure]:
    policies = [p.inputs for p in effective(route, graph, SECURITY_POLICY)]
    lists = [at(p, "spec.authorization") for p in policies if at(p, "spec.authorization") is not None]
    if not lists:
        asked = any(at(p, "spec.extAuth") is not None for p in policies)
        source = "whom a service lets in" if asked else "anybody the gateway lets in"
        yield Exposure(what=what, source=source, detail="no list of callers", caller=source)
        return
    found = [who for said in lists for who in _listed(said)]
    limits = _limits(route, graph)
    for name, subjects in found:
        source = name if subjects in ([], [name]) else f"{name} ({', '.join(subjects)})"
        detail = "; ".join(limits.get(subject, _UNLIMITED) for subject in subjects) or _UNLIMITED
        yield Exposure(what=what, source=source, detail=detail, caller=source)
    if not found:
        yield Exposure(what=what, source=NOBODY, detail="its list of callers is empty", caller=NOBODY)


def _stand_ins(route: Resource) -> Iterator[Exposure]:
    """Models that answer in this one's place; their own lists of callers are not asked then."""
    for rule in sequence(at(route.inputs, "spec.rules")):
        for backend in sequence(at(rule, "backendRefs")):
            if number(at(backend, "priority")):
                who = f"callers of {name_of(route)}"
                yield Exposure(
                    what=f"model {text(at(backend, 'name'))}",
                    source=who,
                    detail=f"in its place, while {name_of(route)} keeps failing",
                    caller=who,
                )


def _listed(authorization: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    if text(at(authorization, "defaultAction")) == "Allow":
        yield "anybody who is not refused", []
    for index, rule in enumerate(sequence(at(authorization, "rules"))):
        if text(at(rule, "action")) == "Allow":
            principal = mapping(at(rule, "principal"))
            yield text(at(rule, "name")) or f"rule {index}", sorted(_subjects(principal))


def _subjects(principal: Mapping[str, Any]) -> Iterator[str]:
    for claim in sequence(at(principal, "jwt.claims")):
        name = text(at(claim, "name"))
        yield from (
            text(value) if name == "sub" else f"{name}={text(value)}"
            for value in sequence(at(claim, "values"))
        )
    yield from (text(scope) for scope in sequence(at(principal, "jwt.scopes")))
    yield from (text(cidr) for cidr in sequence(at(principal, "clientCIDRs")))
    for header in sequence(at(principal, "headers")):
        yield from (f"{text(at(header, 'name'))}={text(value)}" for value in sequence(at(header, "values")))


def _limits(route: Resource, graph: Graph) -> dict[str, str]:
    """What each subject may ask for: limits that count one value of a header."""
    found: dict[str, list[str]] = {}
    for policy in effective(route, graph, TRAFFIC_POLICY):
        for rule in sequence(at(policy.inputs, "spec.rateLimit.global.rules")):
            amount, unit = number(at(rule, "limit.requests")), text(at(rule, "limit.unit")).lower()
            counts_tokens = text(at(rule, "cost.response.from")) == "Metadata"
            words = f"{amount or 0:.0f} {'tokens' if counts_tokens else 'requests'} a {unit}"
            for selector in sequence(at(rule, "clientSelectors")):
                for header in sequence(at(selector, "headers")):
                    if text(at(header, "type")) in {"", "Exact"}:
                        found.setdefault(text(at(header, "value")), []).append(words)
    return {subject: " and ".join(said) for subject, said in found.items()}
