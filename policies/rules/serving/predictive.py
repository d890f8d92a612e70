"""What must hold for a predictive model: known files, a restricted and bounded pod, an account of its own."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from policies.analysis.kserve.objects import (
    INFERENCE_SERVICE,
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
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.keda import SCALED_OBJECT, wakes
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.analysis.pods import pod as pods
from policies.analysis.pods.hub_use import hub_offences
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, known, mapping, number, text

_STANDARD: Final = frozenset({"Standard", "RawDeployment"})
_MODE: Final = "serving.kserve.io/deploymentMode"
_CLASS: Final = "serving.kserve.io/autoscalerClass"
_VISIBILITY: Final = "networking.kserve.io/visibility"
_AUTHENTICATION: Final = "security.opendatahub.io/enable-auth"
_MODE_PATH: Final = f"metadata.annotations[{_MODE}]"
_pods = placed(predictor_pods)


def _moving_files(service: Resource, _graph: Graph, *, has_version: bool = False) -> Iterable[Offence]:
    for part, component in components(service):
        for path, uri in sources(component):
            problem = moving_source(uri, has_version=has_version)
            if problem:
                yield Offence(path=f"spec.{part}.{path}", problem=problem, value=uri)


def _hub_at_start(service: Resource, graph: Graph) -> Iterable[Offence]:
    for part, component in components(service):
        for path, uri in sources(component):
            if fetched_at_start(uri) and not is_cached(uri, graph):
                yield Offence(
                    path=f"spec.{part}.{path}", problem=f"{uri} is fetched whenever a pod starts", value=uri
                )
    for pod in _pods(service, graph):
        for container in pod.containers():
            yield from hub_offences(container)


def _uncounted(service: Resource, graph: Graph, *, is_standard: bool = False) -> Iterable[Offence]:
    if text(annotation(service, _CLASS)) == "none":
        return
    for part, component in components(service):
        if part.startswith("canary"):
            continue
        if not number(at(component, "maxReplicas"), "maxReplicas"):
            yield Offence(
                path=f"spec.{part}.maxReplicas",
                problem="no ceiling is set",
                value=at(component, "maxReplicas"),
            )
        is_asleep = number(at(component, "minReplicas"), "minReplicas") == 0
        if (
            is_asleep
            and not _wakes_by_itself(service, is_standard=is_standard)
            and not _is_woken(service, graph)
        ):
            yield Offence(
                path=f"spec.{part}.minReplicas",
                problem="0, and no ScaledObject here has a trigger that wakes it",
                value=0,
            )


def _wakes_by_itself(service: Resource, *, is_standard: bool) -> bool:
    """Knative holds requests until a pod is there; with no mode named it may be that one."""
    mode = annotation(service, _MODE)
    return mode not in _STANDARD if mode else not is_standard


def _is_woken(service: Resource, graph: Graph) -> bool:
    for scaler in graph.of_type(SCALED_OBJECT):
        target = text(at(scaler.inputs, "spec.scaleTargetRef.name"), "scaleTargetRef.name")
        if (
            namespace_of(scaler) == namespace_of(service)
            and target.startswith(f"{name_of(service)}-")
            and wakes(scaler)
        ):
            return True
    return False


def _identity(service: Resource, graph: Graph, *, wants_own: bool = False) -> Iterator[Offence]:
    """Of the platform's own models, an account each and no token; of others, no token that is not needed."""
    reading = {
        f"spec.{part}"
        for part, component in components(service)
        if any(read_by_account(uri) for _, uri in sources(component))
    }
    for pod in _pods(service, graph):
        is_reading = pod.path in reading
        if wants_own or pods.has_needless_token(pod.spec, reads_by_account=is_reading):
            yield from pods.runs_as_itself(pod)


def _other_mode(service: Resource, graph: Graph) -> Iterable[Offence]:
    mode = annotation(service, _MODE)
    if mode in _STANDARD:
        return
    if mode:
        yield Offence(
            path=_MODE_PATH, problem=f"the model runs in {mode} mode", value=mode, expected="Standard"
        )
        return
    defaults = {
        text(at(r.inputs, "values.kserve.controller.deploymentMode"), "deploymentMode")
        for r in graph.of_type(RELEASE)
        if chart_of(r) == "kserve-resources"
    }
    if not defaults & _STANDARD:
        yield Offence(
            path=_MODE_PATH,
            problem="the mode is left to the cluster, where it may be Knative",
            expected="Standard",
        )


def _drained_at_once(service: Resource, graph: Graph) -> Iterable[Offence]:
    predictor = mapping(at(service.inputs, "spec.predictor"), "spec.predictor")
    few = (number(at(predictor, "minReplicas"), "minReplicas") or 1) <= 1
    if few:
        return
    if unprotected(service, predictor_labels(service), graph):
        yield Offence(
            path="spec.predictor.minReplicas",
            problem="a drain may take all replicas at once",
            value=at(predictor, "minReplicas"),
            expected="a PodDisruptionBudget that selects its pods",
        )


def _open(service: Resource, _graph: Graph) -> Iterable[Offence]:
    value = annotation(service, _AUTHENTICATION)
    if value and not flag(value, _AUTHENTICATION):
        yield Offence(
            path=f"metadata.annotations[{_AUTHENTICATION}]", problem="the model answers anybody", value=value
        )
    labels = mapping(at(service.inputs, "metadata.labels"), "metadata.labels")
    if not value and text(known(labels.get(_VISIBILITY), _VISIBILITY)) == "exposed":
        yield Offence(
            path=f"metadata.labels[{_VISIBILITY}]",
            problem=f"the model is exposed, and {_AUTHENTICATION} is not true",
            value="exposed",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="predictive-models-have-one-version",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Files that change under their name are served at the next restart, evaluated by nobody.",
        fix="Name the version in the path (models/minilm-v1/), a commit (hf://) or a digest (oci://...@sha256:).",
        check=_moving_files,
        on_platform=Variant("Their path holds a version.", partial(_moving_files, has_version=True)),
    ),
    Rule(
        id="predictive-models-ask-no-hub",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A hub that is down, or that hands out something else, becomes the endpoint's outage or its breach.",
        fix="Copy the files into the model store and name it in storageUri.",
        check=_hub_at_start,
        reads_graph=True,
    ),
    Rule(
        id="predictive-models-run-as-themselves",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="What one model may read, every model under the same account may read.",
        fix="Set serviceAccountName to the model's own and automountServiceAccountToken to false.",
        check=_identity,
        on_platform=Variant("An account of its own, and no token.", partial(_identity, wants_own=True)),
        reads_graph=True,
    ),
    Rule(
        id="predictive-models-are-bounded-in-number",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="One loop of retries scales a model until the account is empty; one at zero that nothing wakes is down.",
        fix="Set maxReplicas; for minReplicas 0 add a ScaledObject with a trigger that sees waiting requests.",
        check=_uncounted,
        on_platform=Variant("Only a trigger wakes what sleeps.", partial(_uncounted, is_standard=True)),
        reads_graph=True,
    ),
    Rule(
        id="predictive-models-keep-authentication",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A model that answers anybody is paid for by us and talks to everybody.",
        fix=f"Remove {_AUTHENTICATION}: false.",
        check=_open,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="predictive-models-run-in-standard-mode",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Our flows, budgets and weights are written for KServe's Deployments and routes, not for Knative's.",
        fix=f"Annotate {_MODE}: Standard.",
        check=_other_mode,
        reads_graph=True,
    ),
    Rule(
        id="predictive-models-survive-a-drain",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Several replicas help nothing if an upgrade of the nodes evicts them together.",
        fix="Declare a PodDisruptionBudget for serving.kserve.io/inferenceservice: NAME.",
        check=_drained_at_once,
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {}
