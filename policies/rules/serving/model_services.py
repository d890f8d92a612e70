"""What must hold for every model that KServe serves, of either kind: known files, an identity, a token."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kserve import model_hubs as hubs
from policies.analysis.kserve.llm import PICKER, engine_labels, engines, llm_pods
from policies.analysis.kserve.objects import (
    INFERENCE_SERVICE,
    LLM,
    components,
    fetched_at_start,
    is_cached,
    moving_source,
    predictor_labels,
    predictor_pods,
    read_by_account,
    sources,
    unprotected,
)
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.kubernetes.metadata import annotation
from policies.analysis.pods import pod as pods
from policies.analysis.pods.hub_use import hub_offences
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, known, mapping, number, sequence, text

_AUTHENTICATION: Final = "security.opendatahub.io/enable-auth"
_VISIBILITY: Final = "networking.kserve.io/visibility"
_ENGINE: Final = "main"
_ROUTING_SIDECAR: Final = "llm-d-routing-sidecar"


def _is_language(service: Resource) -> bool:
    return service.type in LLM


def _pods(service: Resource, graph: Graph) -> Iterator[pods.Pod]:
    """The pods that serve: engines of a language model; predictors, transformers and explainers of another."""
    return iter(placed(engines if _is_language(service) else predictor_pods)(service, graph))


def _files(service: Resource) -> Iterator[tuple[str, str, str]]:
    """The part of the service that reads the files, the path of each URI, and the URI."""
    if not _is_language(service):
        for part, component in components(service):
            for path, uri in sources(component):
                yield f"spec.{part}", f"spec.{part}.{path}", uri
        return
    model = mapping(at(service.inputs, "spec.model"), "spec.model")
    yield "spec", "spec.model.uri", text(at(model, "uri"), "model.uri")
    for index, adapter in enumerate(sequence(at(model, "lora.adapters"), "lora.adapters")):
        uri = text(at(adapter, "uri"), "lora.adapters.uri")
        yield "spec", f"spec.model.lora.adapters[{index}].uri", uri


def _moving_files(service: Resource, _graph: Graph, *, has_version: bool = False) -> Iterable[Offence]:
    for _, path, uri in _files(service):
        problem = moving_source(uri, has_version=has_version) if uri else ""
        if problem:
            yield Offence(path=path, problem=problem, value=uri)


def _hub(service: Resource, graph: Graph, *, must_be_offline: bool = False) -> Iterable[Offence]:
    for _, path, uri in _files(service):
        if fetched_at_start(uri) and not is_cached(uri, graph):
            yield Offence(path=path, problem=f"{uri} is fetched whenever a pod starts", value=uri)
    is_language = _is_language(service)
    for pod in _pods(service, graph):
        for container in pod.containers():
            # Sidecars of an engine load no model; predictors are told offline by the runtime they run in.
            if container.name == _ENGINE or not is_language:
                yield from hub_offences(container, must_be_offline=must_be_offline and is_language)


def _identity(service: Resource, graph: Graph, *, wants_own: bool = False) -> Iterator[Offence]:
    """Of the platform's own models, an account each and no token; of others, no token that is not needed."""
    reading = {part for part, _, uri in _files(service) if uri and read_by_account(uri)}
    is_language = _is_language(service)
    for pod in _pods(service, graph):
        # The sidecar of a prefill and decode pair watches its pool, under an account KServe makes for it.
        if is_language and _ROUTING_SIDECAR in {container.name for container in pod.containers()}:
            continue
        reads = bool(reading) if is_language else pod.path in reading
        if wants_own or pods.has_needless_token(pod.spec, reads_by_account=reads):
            yield from pods.runs_as_itself(pod)


def _open(service: Resource, graph: Graph) -> Iterable[Offence]:
    value = annotation(service, _AUTHENTICATION)
    if value and not flag(value, _AUTHENTICATION):
        yield Offence(
            path=f"metadata.annotations[{_AUTHENTICATION}]", problem="the model answers anybody", value=value
        )
    if _is_language(service):
        yield from _open_picker(service, graph)
        return
    labels = mapping(at(service.inputs, "metadata.labels"), "metadata.labels")
    if not value and text(known(labels.get(_VISIBILITY), _VISIBILITY)) == "exposed":
        yield Offence(
            path=f"metadata.labels[{_VISIBILITY}]",
            problem=f"the model is exposed, and {_AUTHENTICATION} is not true",
            value="exposed",
        )


def _open_picker(service: Resource, graph: Graph) -> Iterator[Offence]:
    for pod in placed(llm_pods)(service, graph):
        if pod.path != f"spec.{PICKER}":
            continue
        for container in pod.containers():
            for place, word in hubs.placed_words(container.says):
                plain = word.lstrip("-")
                if plain in {"secure-serving=false", "metrics-endpoint-auth=false"}:
                    yield Offence(
                        path=f"{container.path}.{place}",
                        problem=f"the picker runs with --{plain}",
                        value=word,
                    )


def _replicas(service: Resource) -> tuple[str, Any, Mapping[str, Any]]:
    """The path of the least number of replicas, that number, and the labels of the pods it counts."""
    if _is_language(service):
        return "spec.replicas", at(service.inputs, "spec.replicas"), engine_labels(service)
    least = at(mapping(at(service.inputs, "spec.predictor"), "spec.predictor"), "minReplicas")
    return "spec.predictor.minReplicas", least, predictor_labels(service)


def _drained_at_once(service: Resource, graph: Graph) -> Iterable[Offence]:
    path, replicas, labels = _replicas(service)
    if (number(replicas, path) or 1) > 1 and unprotected(service, labels, graph):
        yield Offence(
            path=path,
            problem="a drain may take all replicas at once",
            value=replicas,
            expected="a PodDisruptionBudget that selects its pods",
        )


def _formerly(ending: str) -> tuple[str, ...]:
    return f"language-models-{ending}", f"predictive-models-{ending}"


RULES: tuple[Rule, ...] = (
    Rule(
        id="models-have-one-version",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="Files that change under their name are served at the next restart, evaluated by nobody.",
        fix="Name the version in the path (models/minilm-v1/), a commit (hf://) or a digest (oci://...@sha256:).",
        check=_moving_files,
        on_platform=Variant("Their path holds a version.", partial(_moving_files, has_version=True)),
        aliases=_formerly("have-one-version"),
    ),
    Rule(
        id="models-ask-no-hub",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="A hub that is down, or that hands out something else, becomes the endpoint's outage or its breach.",
        fix="Copy the files into the model store, name it in storageUri or model.uri, and set HF_HUB_OFFLINE=1.",
        check=_hub,
        on_platform=Variant(
            "The engine of a language model is told so: HF_HUB_OFFLINE=1.",
            partial(_hub, must_be_offline=True),
        ),
        reads_graph=True,
        aliases=_formerly("ask-no-hub"),
    ),
    Rule(
        id="models-run-as-themselves",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="What one model may read, every model under the same account may read.",
        fix="Set serviceAccountName to the model's own and automountServiceAccountToken to false.",
        check=_identity,
        on_platform=Variant("An account of its own, and no token.", partial(_identity, wants_own=True)),
        reads_graph=True,
        aliases=_formerly("run-as-themselves"),
    ),
    Rule(
        id="models-keep-authentication",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="A model that answers anybody is paid for by us and talks to everybody.",
        fix=f"Remove {_AUTHENTICATION}: false, and leave a picker's TLS and authentication on.",
        check=_open,
        reads_graph=True,
        aliases=_formerly("keep-authentication"),
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="models-survive-a-drain",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM),
        why="A model that is evicted whole takes from minutes to an hour to come back, however many replicas it had.",
        fix="Declare a PodDisruptionBudget that selects its pods: serving.kserve.io/inferenceservice: NAME, or "
        "app.kubernetes.io/name: NAME and kserve.io/component: workload.",
        check=_drained_at_once,
        reads_graph=True,
        aliases=_formerly("survive-a-drain"),
    ),
)
