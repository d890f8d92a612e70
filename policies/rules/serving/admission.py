"""What KServe's webhooks refuse of predictive models and graphs: what passed review would never come up.

KServe v0.20.0, ``inference_service_validation.go``, ``component.go`` and ``inference_graph_validation.go``, read
2026-11-28; ``tools/conformance/tables`` holds both to one table. Canaries and language models: ``traffic``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variable_place, variables
from policies.analysis.kserve.objects import FRAMEWORKS, INFERENCE_SERVICE, components
from policies.analysis.kserve.predictive_admission import (
    refused_metrics,
    refused_places,
    refused_transformer,
    refused_workers,
)
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.analysis.network.cluster_address import is_inside, parsed
from policies.analysis.pods.pod import containers_at
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, number, sequence, text

GRAPH: Final = ("kubernetes:serving.kserve.io/v1alpha1:InferenceGraph",)
_NAME: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SCALER: Final = "serving.kserve.io/autoscalerClass"
_SCALERS: Final = frozenset({"hpa", "external", "keda", "none"})
_BLOCKED: Final = "PYTHONPATH"
"""A folder to load code from: a model's files would be programs."""
_LOG_MODES: Final = frozenset({"all", "request", "response"})
_LOG_STORAGE: Final = ("path", "parameters", "key")
_TARGETS: Final = ("nodeName", "serviceName", "serviceUrl")
_WHOLE: Final = 100


def _refused(service: Resource, _graph: Graph) -> Iterable[Offence]:
    parts = [
        partial(question, f"spec.{part}", component)
        for part, component in components(service)
        for question in (_refused_part, _refused_server)
    ]
    return every([partial(_refused_whole, service), *parts])


def _refused_name(named: Resource) -> Iterator[Offence]:
    name = name_of(named)
    if name and not _NAME.fullmatch(name):
        yield Offence(
            path="metadata.name",
            problem=f"{name} is no name of a service",
            value=name,
            expected="small letters, digits and -, a letter first",
        )


def _refused_whole(service: Resource) -> Iterator[Offence]:
    yield from _refused_name(service)
    scaler = annotation(service, _SCALER)
    if scaler and scaler not in _SCALERS:
        yield Offence(
            path=f"metadata.annotations[{_SCALER}]",
            problem=f"KServe does not know {scaler}",
            value=scaler,
            expected=", ".join(sorted(_SCALERS)),
        )
    for part, component in components(service):
        yield from refused_metrics(f"spec.{part}", component, scaler)
    predictor = mapping(at(service.inputs, "spec.predictor"), "spec.predictor")
    yield from refused_transformer(predictor)
    if at(predictor, "workerSpec") is not None:
        yield from refused_workers(predictor, scaler)


def _refused_part(part: str, component: Mapping[str, Any]) -> Iterator[Offence]:
    servers = [name for name in FRAMEWORKS if at(component, name) is not None]
    # Beside a server, containers run along with it; without one, one of them is the server.
    if len(servers) > 1 or not (servers or at(component, "containers")):
        yield Offence(
            path=part,
            problem=f"names {' and '.join(servers) or 'no server'}",
            value=servers,
            expected="one server",
        )
    least, most = (number(at(component, field), field) for field in ("minReplicas", "maxReplicas"))
    for field, count in (("minReplicas", least), ("maxReplicas", most)):
        if count is not None and count < 0:
            yield Offence(path=f"{part}.{field}", problem=f"{count:g} is no count", value=count)
    if most and (1 if least is None else least) > most:
        yield Offence(
            path=f"{part}.minReplicas",
            problem=f"{1 if least is None else least:g} is above maxReplicas ({most:g})",
            value=least,
        )
    share = number(at(component, "canaryTrafficPercent"), "canaryTrafficPercent")
    if share is not None and not 0 <= share <= _WHOLE:
        yield Offence(
            path=f"{part}.canaryTrafficPercent",
            problem=f"{share:g} is no percentage",
            value=share,
            expected="0 to 100",
        )
    concurrency = number(at(component, "containerConcurrency"), "containerConcurrency")
    if concurrency is not None and concurrency < 0:
        yield Offence(
            path=f"{part}.containerConcurrency", problem=f"{concurrency:g} is no count", value=concurrency
        )
    if at(component, "logger") is not None:
        yield from _refused_logger(f"{part}.logger", mapping(at(component, "logger"), "logger"))


def _refused_logger(path: str, logger: Mapping[str, Any]) -> Iterator[Offence]:
    mode = text(at(logger, "mode"), "logger.mode")
    if mode not in _LOG_MODES:
        yield Offence(
            path=f"{path}.mode",
            problem=f"KServe does not know {mode}" if mode else "is not set",
            value=mode or None,
            expected=", ".join(sorted(_LOG_MODES)),
        )
    if at(logger, "storage") is not None:
        storage = mapping(at(logger, "storage"), "logger.storage")
        missing = [field for field in _LOG_STORAGE if at(storage, field) is None]
        if missing:
            yield Offence(
                path=f"{path}.storage",
                problem=f"has no {', '.join(missing)}",
                value=dict(storage),
                expected=f"KServe asks for {', '.join(_LOG_STORAGE)}",
            )


def _refused_server(part: str, component: Mapping[str, Any]) -> Iterator[Offence]:
    servers = {
        name: mapping(at(component, name), name) for name in FRAMEWORKS if at(component, name) is not None
    }
    yield from refused_places(part, component, list(servers.values()))
    for name, server in servers.items():
        said = text(at(server, "name"), f"{name}.name")
        if part == "spec.predictor" and said:  # a canary's schema asks for one
            yield Offence(path=f"{part}.{name}.name", problem="only a canary's server has a name", value=said)
    workers = mapping(at(component, "workerSpec"), "workerSpec")
    placed = [(f"{part}.{name}", server) for name, server in servers.items()]
    for path, container in (
        *placed,
        *containers_at(component, part),
        *containers_at(workers, f"{part}.workerSpec"),
    ):
        said_here = variables(container)
        if _BLOCKED in said_here:
            yield Offence(
                path=f"{path}.{variable_place(container, _BLOCKED)}",
                problem=f"a server loads code from {_BLOCKED}",
                value=said_here[_BLOCKED],
            )


def _refused_graph(graph: Resource, _graph: Graph) -> Iterable[Offence]:
    nodes = mapping(at(graph.inputs, "spec.nodes"), "spec.nodes")
    yield from _refused_name(graph)
    if "root" not in nodes:
        yield Offence(path="spec.nodes.root", problem="is missing, and requests come in there")
    yield from every(partial(_refused_node, name, mapping(node, name)) for name, node in nodes.items())


def _refused_node(name: str, node: Mapping[str, Any]) -> Iterator[Offence]:
    path = f"spec.nodes.{name}.steps"
    steps = sequence(at(node, "steps"), "steps")
    names = [text(at(step, "name"), "steps.name") for step in steps]
    for index, step in enumerate(steps):
        named = [target for target in _TARGETS if at(step, target) is not None]
        if len(named) != 1:
            yield Offence(
                path=f"{path}[{index}]",
                problem=f"the step {names[index] or index} names {' and '.join(named) or 'no target'}",
                value=named,
                expected="one target",
            )
        if names[index] and names[index] in names[:index]:
            yield Offence(
                path=f"{path}[{index}].name",
                problem=f"two steps are called {names[index]}",
                value=names[index],
            )
    if text(at(node, "routerType"), "routerType") == "Splitter":
        shares = [number(at(step, "weight"), "weight") for step in steps]
        if None in shares:
            index = shares.index(None)
            yield Offence(path=f"{path}[{index}].weight", problem="a step of a splitter has no weight")
        elif sum(share or 0 for share in shares) != _WHOLE:
            total = sum(share or 0 for share in shares)
            yield Offence(path=path, problem=f"the weights make {total:g}", value=shares, expected="100")


def _in_the_clear(graph: Resource, _graph: Graph) -> Iterable[Offence]:
    for name, node in mapping(at(graph.inputs, "spec.nodes"), "spec.nodes").items():
        for index, step in enumerate(sequence(at(node, "steps"), "steps")):
            url = parsed(text(at(step, "serviceUrl"), "serviceUrl"))
            host = url.hostname or ""
            if url.scheme == "http" and host and not is_inside(host, namespace_of(graph)):
                yield Offence(
                    path=f"spec.nodes.{name}.steps[{index}].serviceUrl",
                    problem=f"requests go to {host} in plain text",
                    value=at(step, "serviceUrl"),
                    expected="https, or a service of the cluster",
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="predictive-models-are-admitted",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="KServe's webhook refuses it: what passed review never comes up.",
        fix="Give each component one server, replicas in order, and values that KServe knows.",
        check=_refused,
    ),
    Rule(
        id="inference-graphs-are-admitted",
        severity="high",
        applies_to=GRAPH,
        why="KServe's webhook refuses it: what passed review never comes up.",
        fix="Begin at a node called root, let each step name one target, and a splitter's weights make 100.",
        check=_refused_graph,
    ),
    Rule(
        id="inference-graphs-encrypt-what-leaves",
        severity="high",
        applies_to=GRAPH,
        why="Requests and answers of models can be read on every hop outside the mesh.",
        fix="Name a service of the cluster, or an https:// address.",
        check=_in_the_clear,
    ),
)
