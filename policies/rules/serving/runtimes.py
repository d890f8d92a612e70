"""What must hold for what models are served with: runtimes, KServe's own configs, its charts, the download."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from policies.analysis.kserve.fragments import runtime_pods, with_model_context
from policies.analysis.kserve.objects import RUNTIMES, STORAGE_CONTAINER
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.pods import pod as pods
from policies.analysis.pods.hub_use import hub_offences
from policies.analysis.pods.pss_restricted import offences
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, flag, mapping, mebibytes, sequence, text

_STANDARD: Final = frozenset({"Standard", "RawDeployment"})
_FROM_HUBS: Final = frozenset({"huggingface", "vllm"})
_SERVER: Final = "kserve-container"
_LOADS_CODE: Final = frozenset({"joblib", "mlflow", "pickle", "pytorch", "sklearn", "torch"})
_LEAST_DOWNLOAD_MIB: Final = 2048


def _may_ask_a_hub(runtime: Resource, _graph: Graph, *, wants_offline: bool = False) -> Iterable[Offence]:
    formats = {
        text(at(entry, "name"), "supportedModelFormats.name").lower()
        for entry in sequence(at(runtime.inputs, "spec.supportedModelFormats"), "supportedModelFormats")
    }
    must_be_offline = bool(formats & _FROM_HUBS) and wants_offline
    for pod in runtime_pods(runtime):
        first = {"containers": sequence(at(pod.spec, "containers"), "containers")}
        for container in replace(pod, spec=first).containers():
            yield from hub_offences(container, must_be_offline=must_be_offline)


def _other_mode(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "kserve-resources":
        return
    controller = mapping(at(release.inputs, "values.kserve.controller"), "values.kserve.controller")
    mode = text(at(controller, "deploymentMode"), "deploymentMode")
    if mode not in _STANDARD:
        yield Offence(
            path="values.kserve.controller.deploymentMode",
            problem=f"models run in {mode} mode" if mode else "is not set, and the chart says Knative",
            value=mode or None,
            expected="Standard",
        )
    path = "gateway.ingressGateway.enableGatewayApi"
    if not flag(at(controller, path), "enableGatewayApi"):
        yield Offence(
            path=f"values.kserve.controller.{path}",
            problem="models get the ingress of an older Istio",
            value=at(controller, path),
            expected="must be true",
        )


def _upstream_configs(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) == "kserve-runtime-configs" and flag(
        at(release.inputs, "values.kserve.llmisvcConfigs.enabled"), "llmisvcConfigs.enabled"
    ):
        yield Offence(
            path="values.kserve.llmisvcConfigs.enabled",
            problem="upstream's configs are merged into every model and cannot be taken away",
            value=True,
        )


def _cramped_download(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "kserve-resources":
        return
    storage = mapping(at(release.inputs, "values.kserve.storage"), "values.kserve.storage")
    limit = at(storage, "resources.limits.memory")
    if limit is None or mebibytes(limit, "storage.resources.limits.memory") < _LEAST_DOWNLOAD_MIB:
        yield Offence(
            path="values.kserve.storage.resources.limits.memory",
            problem="is not set, and the chart's is 1Gi" if limit is None else f"{limit} is little",
            value=limit,
            expected="a large model needs 2Gi to be fetched",
        )


def _runs_what_it_loads(runtime: Resource, _graph: Graph) -> Iterable[Offence]:
    listed = sequence(at(runtime.inputs, "spec.supportedModelFormats"), "supportedModelFormats")
    for index, entry in enumerate(listed):
        name = text(at(entry, "name"), "supportedModelFormats.name")
        if name.lower() in _LOADS_CODE:
            yield Offence(
                path=f"spec.supportedModelFormats[{index}].name",
                problem=f"files of {name} are loaded by running what is in them",
                value=name,
            )


def _asks_the_port(runtime: Resource, _graph: Graph) -> Iterable[Offence]:
    for index, container in enumerate(sequence(at(runtime.inputs, "spec.containers"), "containers")):
        if pods.name_of(container) != _SERVER:
            continue
        probe = at(container, "readinessProbe")
        if probe is None:
            yield Offence(
                path=f"spec.containers[{index}].readinessProbe",
                problem="is not set, and KServe asks whether the port is open",
            )
        elif at(probe, "tcpSocket") is not None:
            yield Offence(
                path=f"spec.containers[{index}].readinessProbe.tcpSocket",
                problem="asks whether the port is open, not whether the model is there",
            )


def _loose_download(container: Resource, _graph: Graph) -> Iterable[Offence]:
    spec = mapping(at(container.inputs, "spec.container"), "spec.container")
    yield from pods.unbounded(spec, "spec.container")
    image = text(at(spec, "image"), "image")
    problem = pods.image_problem(image)
    if problem:
        yield Offence(path="spec.container.image", problem=problem, value=image or None)
    places = (("spec.container", "spec.container.securityContext"),)
    yield from offences(with_model_context(pods.Pod({"containers": [spec]}, places=places)))


RULES: tuple[Rule, ...] = (
    Rule(
        id="serving-runtimes-ask-no-hub",
        severity="high",
        applies_to=RUNTIMES,
        why="A server that may ask a hub fetches what a model's files lack, unseen and unpinned.",
        fix="Set HF_HUB_OFFLINE=1 in the runtime's container.",
        check=_may_ask_a_hub,
        on_platform=Variant(
            "Servers of formats that hubs offer are told to ask none: HF_HUB_OFFLINE is 1.",
            partial(_may_ask_a_hub, wants_offline=True),
        ),
        reads_graph=True,
    ),
    Rule(
        id="kserve-runs-in-standard-mode",
        severity="high",
        applies_to=(RELEASE,),
        why="In Knative mode our flows, budgets and weights are for objects that do not exist.",
        fix="Set kserve.controller.deploymentMode to Standard and enableGatewayApi to true.",
        check=_other_mode,
    ),
    Rule(
        id="well-known-configs-are-our-own",
        severity="high",
        applies_to=(RELEASE,),
        why="Upstream's configs run a script in a shell with a writable root, and some add capabilities.",
        fix="Leave kserve.llmisvcConfigs.enabled off and declare the configs under the well-known names.",
        check=_upstream_configs,
    ),
    Rule(
        id="downloads-have-room",
        severity="high",
        applies_to=(RELEASE,),
        why="The container that fetches the weights is killed at its limit, and the model never starts.",
        fix="Set kserve.storage.resources: a memory limit of 2Gi at least.",
        check=_cramped_download,
    ),
    Rule(
        id="downloads-are-bounded",
        severity="medium",
        applies_to=(STORAGE_CONTAINER,),
        why="It handles files from outside, in every pod of every model.",
        fix="Name the image by version, set requests and limits, drop ALL capabilities.",
        check=_loose_download,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="serving-runtimes-load-no-code",
        severity="critical",
        applies_to=RUNTIMES,
        why="A pickle runs what is in it when it is loaded, with the rights of the model that it says it is.",
        fix="Serve the library's own format: safetensors, ONNX, XGBoost's JSON, LightGBM's text.",
        check=_runs_what_it_loads,
        level="advisory",
    ),
    Rule(
        id="serving-runtimes-ask-for-the-model",
        severity="high",
        applies_to=RUNTIMES,
        why="A server opens its port before the model is there, and callers are sent to it.",
        fix="Set a readinessProbe that asks the server: /v2/models/{{.Name}}/ready.",
        check=_asks_the_port,
        level="advisory",
    ),
)
