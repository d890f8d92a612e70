"""What must hold of shares: what KServe's webhook would refuse, and groups whose weights reach who they should.

KServe v0.20.0: ``inference_service_validation.go`` and ``llm_inference_service_validation.go`` (refused at admission),
``llmisvc/router_group.go`` (who gets a share), read 2026-11-23. An API server without the webhook accepts all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.canary_admission import stuck_canaries
from policies.analysis.kserve.language_model_admission import (
    refused_bounds,
    refused_parallelism,
    refused_parents,
    refused_picker,
    refused_scaling,
)
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, mapping, number, sequence, text

_STOP: Final = "serving.kserve.io/stop"
_PARTS: Final = ("spec", "spec.prefill")
_ROUTE: Final = "spec.router.route"


def _route(service: Resource) -> Mapping[str, Any]:
    return mapping(at(service.inputs, "spec.router.route"), "spec.router.route")


def _group(service: Resource) -> str:
    return text(at(_route(service), "group"), "route.group")


def _weight(service: Resource) -> float | None:
    return number(at(_route(service), "weight"), "route.weight")


def _refused(service: Resource, _graph: Graph) -> Iterable[Offence]:
    scheduler = mapping(at(service.inputs, "spec.router.scheduler"), "spec.router.scheduler")
    whole = [partial(_refused_route, service), partial(_refused_adapters, service)]
    parts = [
        partial(question, part, mapping(at(service.inputs, part), part))
        for part in _PARTS
        for question in (refused_parallelism, refused_scaling)
    ]
    return every([*whole, partial(refused_picker, scheduler), *parts])


def _refused_route(service: Resource) -> Iterator[Offence]:
    route = _route(service)
    http, gateway = at(route, "http"), at(service.inputs, "spec.router.gateway")
    refs = sequence(at(http, "refs"), "route.http.refs")
    if _weight(service) is not None and not _group(service):
        yield Offence(path=f"{_ROUTE}.weight", problem="stands without a group", value=_weight(service))
    if _group(service) and at(service.inputs, "spec.router.ingress") is not None:
        yield Offence(
            path="spec.router.ingress",
            problem=f"the group {_group(service)} shares traffic by HTTPRoutes, which an ingress has none of",
        )
    if _group(service) and refs:
        yield Offence(
            path=f"{_ROUTE}.http.refs",
            problem=f"the group {_group(service)} shares traffic by KServe's own route, and these are others",
        )
    if refs and at(http, "spec") is not None:
        yield Offence(path=f"{_ROUTE}.http.spec", problem="stands beside refs", expected="one of both")
    if refs and gateway is not None and not sequence(at(gateway, "refs"), "gateway.refs"):
        yield Offence(
            path="spec.router.gateway",
            problem="asks for a gateway of KServe's own, and router.route.http.refs names routes",
        )
    yield from refused_parents(mapping(at(service.inputs, "spec.router"), "spec.router"))


def _refused_adapters(service: Resource) -> Iterator[Offence]:
    yield from refused_bounds(mapping(at(service.inputs, "spec.model.lora"), "model.lora"))
    names = [text(at(a, "name"), "adapter.name") for a in _adapters(service)]
    for index, name in enumerate(names):
        problem = ""
        if not name or name in {".", ".."}:
            problem = f"{name!r} is no name of a folder"
        elif name in names[:index]:
            problem = f"{name} stands there twice"
        elif name == _base_name(service):
            problem = f"the model is called {name} too"
        if problem:
            where = f"spec.model.lora.adapters[{index}].name"
            yield Offence(path=where, problem=problem, value=name or None)


def _adapters(service: Resource) -> Sequence[Any]:
    return sequence(at(service.inputs, "spec.model.lora.adapters"), "model.lora.adapters")


def _base_name(service: Resource) -> str:
    return text(at(service.inputs, "spec.model.name"), "model.name") or name_of(service)


def _served(service: Resource) -> frozenset[str]:
    """The names under which callers ask for it."""
    return frozenset(
        {_base_name(service), *(text(at(a, "name"), "adapter.name") for a in _adapters(service))}
    )


def _is_stopped(service: Resource) -> bool:
    return flag(annotation(service, _STOP) or None, _STOP)


def _members(service: Resource, graph: Graph) -> list[Resource]:
    """All members of a service's group, itself among them; none where it has no group."""
    group = _group(service)
    return graph.once_for(_groups, namespace_of(service)).get(group, []) if group else []


def _groups(graph: Graph, namespace: str) -> Mapping[str, list[Resource]]:
    """The groups of a namespace and their members."""
    found: dict[str, list[Resource]] = {}
    for other in graph.of_type(*LLM):
        if namespace_of(other) == namespace:
            found.setdefault(_group(other), []).append(other)
    return found


def _weightless(service: Resource, _graph: Graph) -> Iterable[Offence]:
    if _group(service) and _weight(service) is None:
        yield Offence(
            path=f"{_ROUTE}.weight",
            problem=f"is not set in the group {_group(service)}: it counts as 0, and nobody reaches it",
        )


def _unreachable(service: Resource, graph: Graph) -> Iterable[Offence]:
    weights = [_weight(member) for member in _members(service, graph)]
    if weights and not any(weights) and None not in weights:  # one that is not set has a rule of its own
        yield Offence(
            path=f"{_ROUTE}.weight",
            problem=f"no member of the group {_group(service)} has one above 0: its path answers nobody",
            value=_weight(service),
        )


def _lost(service: Resource, _graph: Graph) -> Iterable[Offence]:
    weight = _weight(service)
    if _group(service) and weight and _is_stopped(service):
        yield Offence(
            path=f"{_ROUTE}.weight",
            problem=f"the model is stopped, and its share of the group {_group(service)} ({weight:g}) is lost",
            value=weight,
        )


def _divergent(service: Resource, graph: Graph) -> Iterable[Offence]:
    own = _served(service)
    for member in _members(service, graph):
        if _served(member) != own:
            theirs = ", ".join(sorted(_served(member)))
            yield Offence(
                path="spec.model",
                problem=f"serves {', '.join(sorted(own))}, and {name_of(member)} of the same group {theirs}",
                value=sorted(own),
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="canaries-can-become-stable",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="KServe's webhook refuses such a canary, or a promotion restarts what serves.",
        fix="Give every predictor a name of its own, a fixed number of replicas, and shares up to 100 %.",
        check=stuck_canaries,
        on_platform=Variant(
            "The stable predictor has a name: KServe takes one without, and a promotion restarts it.",
            partial(stuck_canaries, wants_names=True),
        ),
        reads_graph=True,
    ),
    Rule(
        id="language-models-are-admitted",
        severity="high",
        applies_to=LLM,
        why="KServe's webhook refuses it: what passed review never comes up.",
        fix="Say one of the things that exclude each other; docs/components/traffic.md says which are written here.",
        check=_refused,
    ),
    Rule(
        id="group-members-have-a-weight",
        severity="high",
        applies_to=LLM,
        why="KServe takes an unset weight for 0: the model runs, is paid for, and answers nobody.",
        fix="Set router.route.weight; begin at 1, since a route that begins at 0 races with its discovery.",
        check=_weightless,
    ),
    Rule(
        id="traffic-weights-not-all-zero",
        severity="high",
        aliases=("groups-answer",),
        applies_to=LLM,
        why="Envoy answers 500 where the weights of all backends are 0.",
        fix="Give one member of the group a weight.",
        check=_unreachable,
        reads_graph=True,
    ),
    Rule(
        id="stopped-members-have-no-weight",
        severity="high",
        applies_to=LLM,
        why="A share of the callers' requests goes to a model that does not run.",
        fix=f"Move the weight to another member, or remove {_STOP}.",
        check=_lost,
    ),
    Rule(
        id="group-members-serve-one-model",
        severity="high",
        applies_to=LLM,
        why="KServe shares traffic only among members with the same names of model and adapters: the others get none.",
        fix="Give all members the same spec.model.name and the same adapters.",
        check=_divergent,
        reads_graph=True,
    ),
)
