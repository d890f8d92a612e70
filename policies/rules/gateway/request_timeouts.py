"""What must hold of numbers together: an answer has the time it takes, and a limit holds one answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.engines.pods import engine_pods
from policies.analysis.engines.started import started
from policies.analysis.gateway.attachment import by_name, is_for_route, parents, perhaps_of
from policies.analysis.gateway.language import is_language_rule, leads_to_engine, longest, writes
from policies.analysis.gateway.objects import (
    AI_ROUTES,
    GRPC_ROUTES,
    HTTP_ROUTES,
    TRAFFIC_POLICY,
    is_for,
)
from policies.analysis.kserve.objects import LLM
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, hours, number, sequence, text
from policies.rules.mesh.routing import VIRTUAL_SERVICES

ROUTES: Final = (*AI_ROUTES, *HTTP_ROUTES, *GRPC_ROUTES)
_TOKENS_A_SECOND: Final = 60
"""What one caller of a busy model sees at best; large ones write 15 to 50 (from memory, 2026-11-29)."""
_ANSWER_TOKENS: Final = 1500
"""A long answer; programs, tables and what a model thinks before it answers are longer."""
_TIMEOUTS: Final = ("request", "backendRequest")


def _short(path: str, said: Any) -> Iterator[Offence]:
    wait = hours(said, path)
    seconds = 0 if wait is None else wait * 3600
    if 0 < seconds < _ANSWER_TOKENS / _TOKENS_A_SECOND:
        tokens = round(seconds * _TOKENS_A_SECOND)
        yield Offence(
            path=path,
            problem=(
                f"{said} ends an answer after {tokens} tokens at {_TOKENS_A_SECOND} a second; "
                f"{_ANSWER_TOKENS} take {_ANSWER_TOKENS / _TOKENS_A_SECOND:.0f} s"
            ),
            value=said,
        )


def _cut_off(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.type == TRAFFIC_POLICY:
        path = "spec.timeout.http.requestTimeout"
        if at(resource.inputs, path) is not None and _is_for_language(resource, graph):
            yield from _short(path, at(resource.inputs, path))
    elif resource.type in VIRTUAL_SERVICES:
        yield from _of_virtual_service(resource, graph)
    else:
        for index, rule in enumerate(sequence(at(resource.inputs, "spec.rules"), "spec.rules")):
            for which in _TIMEOUTS:
                said = at(rule, f"timeouts.{which}")
                if said is not None and is_language_rule(resource, rule, graph):
                    yield from _short(f"spec.rules[{index}].timeouts.{which}", said)


def _of_virtual_service(resource: Resource, graph: Graph) -> Iterator[Offence]:
    for index, rule in enumerate(sequence(at(resource.inputs, "spec.http"), "spec.http")):
        hosts = [text(at(r, "destination.host"), "host") for r in sequence(at(rule, "route"), "route")]
        for host in hosts:
            name, _, rest = host.partition(".")
            where = rest.partition(".")[0] or namespace_of(resource)
            if at(rule, "timeout") is not None and leads_to_engine(name, where, graph):
                yield from _short(f"spec.http[{index}].timeout", at(rule, "timeout"))
                break


def _is_for_language(policy: Resource, graph: Graph) -> bool:
    """Whether a policy is for a route to a language model, or for its gateway; not where that cannot be read."""
    routes, gateways = graph.once(_of_languages)
    return any(_is_surely(is_for_route, policy, route) for route in perhaps_of(policy, routes)) or any(
        _is_surely(is_for, policy, gateway) for gateway in gateways
    )


def _is_surely(asked: Callable[[Resource, Resource], bool], policy: Resource, target: Resource) -> bool:
    try:
        return asked(policy, target)
    except UndecidedError:
        return False


def _of_languages(graph: Graph) -> tuple[Mapping[str, list[Resource]], list[Resource]]:
    """Routes to language models, by name, and their gateways; a route that cannot be read is found by other rules."""
    routes: list[Resource] = []
    gateways: dict[str, Resource] = {}
    for route in graph.of_type(*ROUTES):
        try:
            rules = sequence(at(route.inputs, "spec.rules"), "spec.rules")
            if any(is_language_rule(route, rule, graph) for rule in rules):
                name_of(route)
                gateways |= {gateway.urn: gateway for gateway in parents(route, graph)}
                routes.append(route)
        except UndecidedError:
            continue
    return by_name(routes), list(gateways.values())


def _smaller_than_an_answer(policy: Resource, graph: Graph) -> Iterable[Offence]:
    lengths = graph.once(_longest_of_engines)
    if not lengths or None in lengths or not _is_for_language(policy, graph):
        return
    least = min(length for length in lengths if length is not None)
    path = "spec.rateLimit.global.rules"
    for index, rule in enumerate(sequence(at(policy.inputs, path), path)):
        is_of_tokens = text(at(rule, "cost.response.from"), "cost.response.from") == "Metadata"
        limit = number(at(rule, "limit.requests"), "limit.requests")
        if is_of_tokens and limit is not None and 0 < limit < least:
            unit = text(at(rule, "limit.unit"), "limit.unit").lower()
            yield Offence(
                path=f"{path}[{index}].limit.requests",
                problem=f"{limit:g} tokens a {unit} are less than one request may hold ({least})",
                value=limit,
            )


def _longest_of_engines(graph: Graph) -> list[int | None]:
    """The most tokens a request may hold, of every engine in view that writes text."""
    found: list[int | None] = []
    for owner in graph.of_type(*WORKLOADS, *LLM):
        try:
            pods = list(engine_pods(owner, graph))
            found.extend(longest(engine) for pod in pods for _, _, engine in started(pod) if writes(engine))
        except UndecidedError:
            found.append(None)
    return found


RULES: tuple[Rule, ...] = (
    Rule(
        id="language-answers-have-time",
        level="advisory",
        severity="high",
        applies_to=(*ROUTES, TRAFFIC_POLICY, *VIRTUAL_SERVICES),
        why="A deadline that is short for a page is far too short for an answer: callers get half of it, or a 504.",
        fix="Give requests to language models minutes (timeouts.request: 300s), and bound what they cost by tokens.",
        check=_cut_off,
        reads_graph=True,
    ),
    Rule(
        id="token-limits-hold-one-request",
        level="advisory",
        severity="medium",
        applies_to=(TRAFFIC_POLICY,),
        why="One request that the model allows uses up more than the whole limit: its caller is refused from then on.",
        fix="Raise the limit to several times what a request may hold, or lower the engine's longest context.",
        check=_smaller_than_an_answer,
        reads_graph=True,
    ),
)
