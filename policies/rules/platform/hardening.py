"""What the platform's own pods, namespaces and charts keep to beyond the standards that everybody shares."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.charts.accounts import uses_its_token
from policies.analysis.kserve.llm import config_pods, llm_pods
from policies.analysis.kserve.objects import (
    INFERENCE_SERVICE,
    LLM,
    LLM_CONFIG,
    RUNTIMES,
    components,
    predictor_pods,
)
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import inside, name_of
from policies.analysis.mesh.objects import MODEL_KINDS, NAMESPACE, holds_models
from policies.analysis.pods.finder import WORKLOADS, pods_of
from policies.analysis.pods.pod import containers
from policies.analysis.pods.pod import name_of as container_name
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, mapping, sequence, text
from policies.rules.kubernetes.namespaces import QUOTA

_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_PROXY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
_POD_KINDS: Final = (*WORKLOADS, *INFERENCE_SERVICE, *LLM, *LLM_CONFIG, *RUNTIMES)
_SHUT: Final = ("services.loadbalancers", "services.nodeports")
_BOUND: Final = ("pods", "requests.cpu", "requests.memory", "requests.nvidia.com/gpu")
_PLATFORM_PRIORITIES: Final = {"slipway-platform", "system-cluster-critical", "system-node-critical"}
_PRIVILEGES: Final = {
    "privileged": True,
    "allowPrivilegeEscalation": True,
    "readOnlyRootFilesystem": False,
    "runAsNonRoot": False,
    "hostNetwork": True,
    "hostPID": True,
    "hostIPC": True,
}


def _pods(resource: Resource, graph: Graph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The pods an object makes, merged where KServe merges them."""
    if resource.type in INFERENCE_SERVICE:
        yield from predictor_pods(resource, graph)
    elif resource.type in LLM:
        yield from llm_pods(resource, graph)
    elif resource.type in LLM_CONFIG:
        yield from config_pods(resource, graph)
    elif resource.type in RUNTIMES:
        yield "spec", mapping(at(resource.inputs, "spec"), "spec")
    else:
        yield from (("" if resource.type in WORKLOADS else pod.path, pod.spec) for pod in pods_of(resource))


def _writable(resource: Resource, graph: Graph) -> Iterable[str]:
    for place, pod in _pods(resource, graph):
        for one in containers(pod):
            path = "securityContext.readOnlyRootFilesystem"
            if not flag(at(one, path), path):
                yield f"{place} {container_name(one)}: its root filesystem can be written".lstrip()


def _endless_scratch(resource: Resource, graph: Graph) -> Iterable[str]:
    for place, pod in _pods(resource, graph):
        for volume in sequence(at(pod, "volumes"), "volumes"):
            scratch = at(volume, "emptyDir")
            if scratch is not None and not text(at(scratch, "sizeLimit"), "sizeLimit"):
                yield f"{place} volume {text(at(volume, 'name'), 'name')} has no sizeLimit".lstrip()


def _tokens(resource: Resource, graph: Graph) -> Iterable[str]:
    """Of workloads and accounts; kinds of KServe's run under accounts of the platform, judged as such."""
    key = "automountServiceAccountToken"
    if resource.rendered and uses_its_token(resource, graph):
        return  # a chart's controller asks for its token by being granted something
    if resource.type == _ACCOUNT:
        if flag(at(resource.inputs, key), key, default=True):
            yield f"{key} is not false: every pod of the account gets a token"
        return
    for place, pod in _pods(resource, graph):
        if flag(at(pod, key), key, default=True):
            yield f"{place} {key} is not false".lstrip()


_OWNER: Final = ("labels", "slipway.dev/owner")
_DATA_CLASS: Final = ("labels", "slipway.dev/data-class")
_WEIGHTS: Final = ("annotations", "slipway.dev/artifact-digest")


def _anonymous(model: Resource, _graph: Graph) -> Iterable[str]:
    """Pods must say it, since logs, bills and network policies know pods; an LLMInferenceService is one version."""
    if model.type in LLM:
        yield from _unsaid(model.inputs, "metadata", (_OWNER, _DATA_CLASS, _WEIGHTS))
        yield from _unsaid(model.inputs, "spec", (_OWNER, _DATA_CLASS))
        return
    for part, component in components(model):
        yield from _unsaid({part: component}, part, (_OWNER, _DATA_CLASS, _WEIGHTS))


def _unsaid(value: Any, where: str, notes: Iterable[tuple[str, str]]) -> Iterator[str]:
    above = mapping(mapping(value).get(where), where)
    for kind, key in notes:
        if not text(mapping(at(above, kind), kind).get(key), key):
            yield f"{where}.{kind} has no {key}"


def _open_quota(namespace: Resource, graph: Graph) -> Iterable[str]:
    if not holds_models(namespace, graph):
        return
    quotas = list(inside(graph, name_of(namespace), QUOTA))
    hard: dict[str, Any] = {}
    for quota in quotas:
        if not at(quota.inputs, "spec.scopeSelector") and not at(quota.inputs, "spec.scopes"):
            hard |= mapping(at(quota.inputs, "spec.hard"), "spec.hard")
    for what in _SHUT:
        if str(hard.get(what)) != "0":
            yield f"may open {what.partition('.')[2]}: no quota sets {what} to 0"
    for what in _BOUND:
        if what not in hard:
            yield f"no quota bounds {what}"
    taken = {who for quota in quotas for who in _kept_from(quota)}
    for priority in sorted(_PLATFORM_PRIORITIES - taken):
        yield f"pods may take the priority {priority}"


def _kept_from(quota: Resource) -> Iterator[str]:
    """Priorities no pod may have, by a quota of none for them."""
    if str(mapping(at(quota.inputs, "spec.hard"), "spec.hard").get("pods")) != "0":
        return
    for test in sequence(at(quota.inputs, "spec.scopeSelector.matchExpressions"), "matchExpressions"):
        if text(at(test, "scopeName"), "scopeName") == "PriorityClass" and text(at(test, "operator")) == "In":
            yield from (text(value, "values") for value in sequence(at(test, "values"), "values"))


def _privileged_values(release: Resource, _graph: Graph) -> Iterable[str]:
    yield from _privileges(at(release.inputs, "values"), "values")


def _privileges(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in _PRIVILEGES and item is _PRIVILEGES[key]:
                yield f"{path}.{key} is {str(item).lower()}"
            elif key == "seccompProfile" and text(at(item, "type"), f"{path}.{key}") == "Unconfined":
                yield f"{path}.{key} is Unconfined"
            elif key == "enableEnvoyPatchPolicy" and item is True:
                yield f"{path}.{key} is true: who writes a patch rewrites the proxy"
        yield from every(partial(_privileges, item, f"{path}.{key}") for key, item in value.items())
    elif isinstance(value, list | tuple):
        yield from every(partial(_privileges, item, f"{path}.{index}") for index, item in enumerate(value))


def _incomplete(runtime: Resource, _graph: Graph) -> Iterable[str]:
    """A model that names a runtime may leave out what the runtime says."""
    spec = mapping(at(runtime.inputs, "spec"), "spec")
    for one in containers(spec):
        name = container_name(one)
        if not text(at(one, "resources.limits.memory"), "resources.limits.memory"):
            yield f"{name}: no limits.memory for models that state none"
        both = [mapping(at(pod, "securityContext"), "securityContext") for pod in (spec, one)]
        if not any(flag(at(said, "runAsNonRoot"), "runAsNonRoot") for said in both):
            yield f"{name}: runAsNonRoot is not set for models that leave it out"
        if not any(text(at(said, "seccompProfile.type"), "seccompProfile.type") for said in both):
            yield f"{name}: no seccompProfile for models that leave it out"


def _boundless_proxy(proxy: Resource, _graph: Graph) -> Iterable[str]:
    path = "spec.provider.kubernetes.envoyDeployment.container.resources.limits.memory"
    if not text(at(proxy.inputs, path), path):
        yield "its Envoys have no limit of memory"


RULES: tuple[Rule, ...] = (
    Rule(
        id="root-filesystems-are-read-only",
        severity="medium",
        applies_to=_POD_KINDS,
        why="Who gets into a container cannot change what runs in it, nor leave anything behind.",
        fix="Set securityContext.readOnlyRootFilesystem, and mount an emptyDir where the program writes.",
        check=_writable,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="scratch-space-is-bounded",
        severity="low",
        applies_to=_POD_KINDS,
        why="A pod that fills the node's disk has every pod of the node evicted.",
        fix="Set sizeLimit of the emptyDir.",
        check=_endless_scratch,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="tokens-are-mounted-where-asked-for",
        severity="low",
        applies_to=(*WORKLOADS, _ACCOUNT),
        why="A token that nobody needs is what an intruder looks for first.",
        fix="Set automountServiceAccountToken: false; a controller that needs one mounts it by itself.",
        check=_tokens,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="models-say-whose-they-are",
        severity="low",
        applies_to=MODEL_KINDS,
        why="On call, in a bill and in an audit the question is who answers for it, and for which weights.",
        fix="Deploy the model from its release record, which sets owner, data class and artifact digest.",
        check=_anonymous,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="model-namespaces-open-nothing",
        severity="high",
        applies_to=(NAMESPACE,),
        why="A model's namespace that may make load balancers goes round the edge; one without bounds starves others.",
        fix="Set services.loadbalancers and services.nodeports of its quota to 0, bound pods, CPU, memory and GPUs, "
        "and allow no pod with a priority of the platform.",
        check=_open_quota,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="charts-ask-for-no-privilege",
        severity="high",
        applies_to=(RELEASE,),
        why="A chart's pods are judged by nobody before they run: its values are what can be seen.",
        fix="Leave the value at what the chart's restricted default is.",
        check=_privileged_values,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="runtimes-stand-on-their-own",
        severity="high",
        applies_to=RUNTIMES,
        why="A model that names a runtime and says nothing else runs as the runtime has it.",
        fix="Give the runtime's containers a limit of memory, runAsNonRoot and a seccompProfile.",
        check=_incomplete,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="proxies-are-bounded",
        severity="medium",
        applies_to=(_PROXY,),
        why="A proxy that holds too many requests takes the node down with what else runs on it.",
        fix="Set envoyDeployment.container.resources.limits.memory.",
        check=_boundless_proxy,
        reads_graph=True,
        house=True,
    ),
)
