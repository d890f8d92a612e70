"""What must hold for a language model: known files, a restricted pod with its GPUs, a picker that authenticates."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from policies.analysis.kserve import model_hubs as hubs
from policies.analysis.kserve.llm import PICKER, all_pods, engine_labels, engines, gpus, llm_pods
from policies.analysis.kserve.objects import (
    LLM,
    fetched_at_start,
    is_cached,
    moving_source,
    read_by_account,
    unprotected,
)
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.kubernetes.metadata import annotation
from policies.analysis.pods import pod as pods
from policies.analysis.pods.hub_use import hub_offences
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, mapping, number, sequence, text

_AUTHENTICATION: Final = "security.opendatahub.io/enable-auth"
_ENGINE: Final = "main"
_ROUTING_SIDECAR: Final = "llm-d-routing-sidecar"


_ENGINES: Final = {"spec": "template", "spec.prefill": "prefill.template"}
"""Where the engine of each part stands."""


def _models(service: Resource) -> Iterator[tuple[str, str]]:
    """The path of each URI, and the URI."""
    model = mapping(at(service.inputs, "spec.model"), "spec.model")
    yield "spec.model.uri", text(at(model, "uri"), "model.uri")
    for index, adapter in enumerate(sequence(at(model, "lora.adapters"), "lora.adapters")):
        yield f"spec.model.lora.adapters[{index}].uri", text(at(adapter, "uri"), "lora.adapters.uri")


def _moving_files(service: Resource, _graph: Graph, *, has_version: bool = False) -> Iterable[Offence]:
    for path, uri in _models(service):
        problem = moving_source(uri, has_version=has_version) if uri else ""
        if problem:
            yield Offence(path=path, problem=problem, value=uri)


def _hub(service: Resource, graph: Graph, *, must_be_offline: bool = False) -> Iterable[Offence]:
    for path, uri in _models(service):
        if fetched_at_start(uri) and not is_cached(uri, graph):
            yield Offence(path=path, problem=f"{uri} is fetched whenever a pod starts", value=uri)
    for pod in placed(engines)(service, graph):
        for container in pod.containers():
            if container.name == _ENGINE:
                yield from hub_offences(container, must_be_offline=must_be_offline)


def _identity(service: Resource, graph: Graph, *, wants_own: bool = False) -> Iterator[Offence]:
    """Of the platform's own models, an account each and no token; of others, no token that is not needed."""
    reads = any(read_by_account(uri) for _, uri in _models(service) if uri)
    for pod in placed(engines)(service, graph):
        names = {container.name for container in pod.containers()}
        # The sidecar of a prefill and decode pair watches its pool, under an account KServe makes for it.
        if _ROUTING_SIDECAR in names:
            continue
        if wants_own or pods.has_needless_token(pod.spec, reads_by_account=reads):
            yield from pods.runs_as_itself(pod)


def _too_few_gpus(service: Resource, graph: Graph) -> Iterable[Offence]:
    found = dict(all_pods(service, graph))
    for part, place in _ENGINES.items():
        split = number(at(service.inputs, f"{part}.parallelism.tensor"), "parallelism.tensor") or 1
        copies = number(at(service.inputs, f"{part}.parallelism.dataLocal"), "parallelism.dataLocal") or 1
        if place in found and split * copies > 1 and gpus(found[place]) < split * copies:
            yield Offence(
                path=f"{part}.parallelism",
                problem=f"the engine is split over {split * copies:g} GPUs and its limit is {gpus(found[place]):g}",
                value=dict(mapping(at(service.inputs, f"{part}.parallelism"))),
            )


def _uncounted(service: Resource, _graph: Graph) -> Iterable[Offence]:
    for part in _ENGINES:
        spec = mapping(at(service.inputs, part), part)
        scaling = mapping(at(spec, "scaling"), "scaling")
        if scaling and number(at(scaling, "maxReplicas"), "maxReplicas") is None:
            yield Offence(path=f"{part}.scaling.maxReplicas", problem="is not set")
        least = number(at(scaling, "minReplicas"), "minReplicas")
        most = number(at(scaling, "maxReplicas"), "maxReplicas")
        if least is not None and most is not None and least > most:
            yield Offence(
                path=f"{part}.scaling.minReplicas",
                problem=f"{least:g} is above maxReplicas ({most:g})",
                value=least,
            )
        if scaling and at(spec, "replicas") is not None:
            yield Offence(
                path=f"{part}.replicas",
                problem="stands beside scaling: two writers of one number",
                value=at(spec, "replicas"),
            )


def _drained_at_once(service: Resource, graph: Graph) -> Iterable[Offence]:
    few = (number(at(service.inputs, "spec.replicas"), "spec.replicas") or 1) <= 1
    if few:
        return
    if unprotected(service, engine_labels(service), graph):
        yield Offence(
            path="spec.replicas",
            problem="a drain may take all of them at once",
            value=at(service.inputs, "spec.replicas"),
            expected="a PodDisruptionBudget that selects its engines",
        )


def _open(service: Resource, graph: Graph) -> Iterable[Offence]:
    value = annotation(service, _AUTHENTICATION)
    if value and not flag(value, _AUTHENTICATION):
        yield Offence(
            path=f"metadata.annotations[{_AUTHENTICATION}]", problem="the model answers anybody", value=value
        )
    for pod in placed(llm_pods)(service, graph):
        if pod.path == f"spec.{PICKER}":
            yield from _open_picker(pod)


def _open_picker(pod: pods.Pod) -> Iterator[Offence]:
    for container in pod.containers():
        for place, word in hubs.placed_words(container.says):
            plain = word.lstrip("-")
            if plain in {"secure-serving=false", "metrics-endpoint-auth=false"}:
                yield Offence(
                    path=f"{container.path}.{place}", problem=f"the picker runs with --{plain}", value=word
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="language-models-have-one-version",
        severity="high",
        applies_to=LLM,
        why="Files that change under their name are served at the next restart, evaluated by nobody.",
        fix="Name the version in the path (models/chat-v1/), a commit (hf://) or a digest (oci://...@sha256:).",
        check=_moving_files,
        on_platform=Variant("Their path holds a version.", partial(_moving_files, has_version=True)),
    ),
    Rule(
        id="language-models-ask-no-hub",
        severity="high",
        applies_to=LLM,
        why="A hub that is down, or that hands out something else, becomes the endpoint's outage or its breach.",
        fix="Copy the files into the model store, name it in model.uri, and set HF_HUB_OFFLINE=1 on the engine.",
        check=_hub,
        on_platform=Variant("The engine is told so: HF_HUB_OFFLINE=1.", partial(_hub, must_be_offline=True)),
        reads_graph=True,
    ),
    Rule(
        id="language-models-get-the-gpus-they-split-over",
        severity="high",
        applies_to=LLM,
        why="An engine that is split over more GPUs than it gets never starts, on a machine that is paid for.",
        fix="Let resources.limits name as many GPUs as parallelism.tensor times dataLocal.",
        check=_too_few_gpus,
        reads_graph=True,
    ),
    Rule(
        id="language-models-run-as-themselves",
        severity="high",
        applies_to=LLM,
        why="What one model may read, every model under the same account may read.",
        fix="Set serviceAccountName to the model's own and automountServiceAccountToken to false.",
        check=_identity,
        on_platform=Variant("An account of its own, and no token.", partial(_identity, wants_own=True)),
        reads_graph=True,
    ),
    Rule(
        id="language-models-are-bounded-in-number",
        severity="high",
        applies_to=LLM,
        why="GPUs are what costs: a scaler without a ceiling takes all there are.",
        fix="Set scaling.maxReplicas, or replicas without scaling.",
        check=_uncounted,
    ),
    Rule(
        id="language-models-keep-authentication",
        severity="high",
        applies_to=LLM,
        why="A model that answers anybody is paid for by us and talks to everybody.",
        fix=f"Remove {_AUTHENTICATION}: false, and leave the picker's TLS and authentication on.",
        check=_open,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="language-models-survive-a-drain",
        severity="high",
        applies_to=LLM,
        why="A model that is evicted whole takes from minutes to an hour to come back.",
        fix="Declare a PodDisruptionBudget for app.kubernetes.io/name: NAME and kserve.io/component: workload.",
        check=_drained_at_once,
        reads_graph=True,
    ),
)
