"""What KServe's webhooks refuse of predictive models and graphs: what passed review would never come up.

KServe v0.20.0, ``inference_service_validation.go``, ``component.go`` and ``inference_graph_validation.go``, read
2026-11-28; ``tools/conformance/tables`` holds both to one table. Canaries and language models: ``traffic``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve.model_hubs import variables
from policies.analysis.kserve.objects import FRAMEWORKS, INFERENCE_SERVICE, components
from policies.analysis.kserve.predictive_admission import (
    refused_metrics,
    refused_places,
    refused_transformer,
    refused_workers,
)
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.analysis.network.cluster_address import is_inside, parsed
from policies.analysis.pods.pod import containers
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
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


def _refused(service: Resource, _graph: Graph) -> Iterable[str]:
    parts = [
        partial(question, part, component)
        for part, component in components(service)
        for question in (_refused_part, _refused_server)
    ]
    return every([partial(_refused_whole, service), *parts])


def _refused_whole(service: Resource) -> Iterator[str]:
    if name_of(service) and not _NAME.fullmatch(name_of(service)):
        yield f"{name_of(service)} is no name of a service: small letters, digits and -, a letter first"
    scaler = annotation(service, _SCALER)
    if scaler and scaler not in _SCALERS:
        yield f"{_SCALER} is {scaler}; KServe knows {', '.join(sorted(_SCALERS))}"
    for part, component in components(service):
        yield from refused_metrics(part, component, scaler)
    predictor = mapping(at(service.inputs, "spec.predictor"), "spec.predictor")
    yield from refused_transformer(predictor)
    if at(predictor, "workerSpec") is not None:
        yield from refused_workers(predictor, scaler)


def _refused_part(part: str, component: Mapping[str, Any]) -> Iterator[str]:
    servers = [name for name in FRAMEWORKS if at(component, name) is not None]
    # Beside a server, containers run along with it; without one, one of them is the server.
    if len(servers) > 1 or not (servers or at(component, "containers")):
        yield f"{part}: names {' and '.join(servers) or 'no server'}, and needs one"
    least, most = (number(at(component, field), field) for field in ("minReplicas", "maxReplicas"))
    for field, count in (("minReplicas", least), ("maxReplicas", most)):
        if count is not None and count < 0:
            yield f"{part}: {field} is {count:g}"
    if most and (1 if least is None else least) > most:
        yield f"{part}: minReplicas {1 if least is None else least:g} is above maxReplicas {most:g}"
    share = number(at(component, "canaryTrafficPercent"), "canaryTrafficPercent")
    if share is not None and not 0 <= share <= _WHOLE:
        yield f"{part}: canaryTrafficPercent is {share:g}"
    concurrency = number(at(component, "containerConcurrency"), "containerConcurrency")
    if concurrency is not None and concurrency < 0:
        yield f"{part}: containerConcurrency is {concurrency:g}"
    if at(component, "logger") is not None:
        yield from _refused_logger(part, mapping(at(component, "logger"), "logger"))


def _refused_logger(part: str, logger: Mapping[str, Any]) -> Iterator[str]:
    mode = text(at(logger, "mode"), "logger.mode")
    if mode not in _LOG_MODES:
        yield f"{part}: logger.mode is {mode or 'not set'}; KServe knows {', '.join(sorted(_LOG_MODES))}"
    if at(logger, "storage") is not None:
        storage = mapping(at(logger, "storage"), "logger.storage")
        missing = [field for field in _LOG_STORAGE if at(storage, field) is None]
        if missing:
            yield f"{part}: logger.storage: no {', '.join(missing)}; KServe asks for {', '.join(_LOG_STORAGE)}"


def _refused_server(part: str, component: Mapping[str, Any]) -> Iterator[str]:
    servers = {
        name: mapping(at(component, name), name) for name in FRAMEWORKS if at(component, name) is not None
    }
    yield from refused_places(part, component, list(servers.values()))
    for name, server in servers.items():
        said = text(at(server, "name"), f"{name}.name")
        if part == "predictor" and said:  # a canary's schema asks for one
            yield f"{part}: {name}.name is {said}; only a canary's server has a name"
    workers = mapping(at(component, "workerSpec"), "workerSpec")
    for container in (*servers.values(), *containers(component), *containers(workers)):
        if _BLOCKED in variables(container):
            yield f"{part}: sets {_BLOCKED}, from which a server loads code"


def _refused_graph(graph: Resource, _graph: Graph) -> Iterable[str]:
    nodes = mapping(at(graph.inputs, "spec.nodes"), "spec.nodes")
    if name_of(graph) and not _NAME.fullmatch(name_of(graph)):
        yield f"{name_of(graph)} is no name of a service: small letters, digits and -, a letter first"
    if "root" not in nodes:
        yield "no node is called root, where requests come in"
    yield from every(partial(_refused_node, name, mapping(node, name)) for name, node in nodes.items())


def _refused_node(name: str, node: Mapping[str, Any]) -> Iterator[str]:
    steps = sequence(at(node, "steps"), "steps")
    names = [text(at(step, "name"), "steps.name") for step in steps]
    for index, step in enumerate(steps):
        named = [target for target in _TARGETS if at(step, target) is not None]
        if len(named) != 1:
            yield f"{name}: the step {names[index] or index} names {' and '.join(named) or 'no target'}"
        if names[index] and names[index] in names[:index]:
            yield f"{name}: two steps are called {names[index]}"
    if text(at(node, "routerType"), "routerType") == "Splitter":
        shares = [number(at(step, "weight"), "weight") for step in steps]
        if None in shares:
            yield f"{name}: a step of a splitter has no weight"
        elif sum(share or 0 for share in shares) != _WHOLE:
            yield f"{name}: the weights make {sum(share or 0 for share in shares):g}, not 100"


def _in_the_clear(graph: Resource, _graph: Graph) -> Iterable[str]:
    for name, node in mapping(at(graph.inputs, "spec.nodes"), "spec.nodes").items():
        for step in sequence(at(node, "steps"), "steps"):
            url = parsed(text(at(step, "serviceUrl"), "serviceUrl"))
            host = url.hostname or ""
            if url.scheme == "http" and host and not is_inside(host, namespace_of(graph)):
                yield f"{name}: requests go to {host} in the clear"


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
