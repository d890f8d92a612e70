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
    predictor_pods,
)
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.pods.finder import WORKLOADS, pods_of
from policies.analysis.pods.pod import Pod
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text

_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
_PROXY: Final = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
_POD_KINDS: Final = (*WORKLOADS, *INFERENCE_SERVICE, *LLM, *LLM_CONFIG, *RUNTIMES)
_PRIVILEGES: Final = {
    "privileged": True,
    "allowPrivilegeEscalation": True,
    "readOnlyRootFilesystem": False,
    "runAsNonRoot": False,
    "hostNetwork": True,
    "hostPID": True,
    "hostIPC": True,
}


def _pods(resource: Resource, graph: Graph) -> Iterator[Pod]:
    """The pods an object makes, merged where KServe merges them."""
    if resource.type in INFERENCE_SERVICE:
        yield from placed(predictor_pods)(resource, graph)
    elif resource.type in LLM:
        yield from placed(llm_pods)(resource, graph)
    elif resource.type in LLM_CONFIG:
        yield from placed(config_pods)(resource, graph)
    elif resource.type in RUNTIMES:
        yield Pod(mapping(at(resource.inputs, "spec"), "spec"))
    else:
        yield from pods_of(resource)


def _writable(resource: Resource, graph: Graph) -> Iterable[Offence]:
    for one in (container for pod in _pods(resource, graph) for container in pod.containers()):
        path = "securityContext.readOnlyRootFilesystem"
        value = at(one.says, path)
        if not flag(value, path):
            yield Offence(
                path=f"{one.context}.readOnlyRootFilesystem",
                problem=f"the root filesystem of container {one.name} can be written",
                value=value,
                expected="true",
            )


def _endless_scratch(resource: Resource, graph: Graph) -> Iterable[Offence]:
    for pod in _pods(resource, graph):
        for index, volume in enumerate(sequence(at(pod.spec, "volumes"), "volumes")):
            scratch = at(volume, "emptyDir")
            if scratch is not None and not text(at(scratch, "sizeLimit"), "sizeLimit"):
                yield Offence(
                    path=pod.below(f"volumes[{index}].emptyDir.sizeLimit"),
                    problem=f"volume {text(at(volume, 'name'), 'name')} is not bounded",
                )


def _tokens(resource: Resource, graph: Graph) -> Iterable[Offence]:
    """Of workloads and accounts; kinds of KServe's run under accounts of the platform, judged as such."""
    key = "automountServiceAccountToken"
    if resource.rendered and uses_its_token(resource, graph):
        return  # a chart's controller asks for its token by being granted something
    if resource.type == _ACCOUNT:
        value = at(resource.inputs, key)
        if flag(value, key, default=True):
            yield Offence(
                path=key, problem="every pod of the account gets a token", value=value, expected="false"
            )
        return
    for pod in _pods(resource, graph):
        value = at(pod.spec, key)
        if flag(value, key, default=True):
            yield Offence(path=pod.below(key), problem="the pod gets a token", value=value, expected="false")


def _privileged_values(release: Resource, _graph: Graph) -> Iterable[Offence]:
    yield from _privileges(at(release.inputs, "values"), "values")


def _privileges(value: Any, path: str) -> Iterator[Offence]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in _PRIVILEGES and item is _PRIVILEGES[key]:
                yield Offence(path=below(path, key), problem=f"is {str(item).lower()}", value=item)
            elif key == "seccompProfile" and text(at(item, "type"), f"{path}.{key}") == "Unconfined":
                yield Offence(path=below(path, key, "type"), problem="is Unconfined", value="Unconfined")
            elif key == "enableEnvoyPatchPolicy" and item is True:
                yield Offence(
                    path=below(path, key),
                    problem="is true: who writes a patch rewrites the proxy",
                    value=True,
                )
        yield from every(partial(_privileges, item, below(path, str(key))) for key, item in value.items())
    elif isinstance(value, list | tuple):
        yield from every(partial(_privileges, item, f"{path}[{index}]") for index, item in enumerate(value))


def _incomplete(runtime: Resource, _graph: Graph) -> Iterable[Offence]:
    """A model that names a runtime may leave out what the runtime says."""
    spec = mapping(at(runtime.inputs, "spec"), "spec")
    for one in Pod(spec).containers():
        limit = "resources.limits.memory"
        if not text(at(one.says, limit), limit):
            yield Offence(
                path=f"{one.path}.{limit}", problem=f"{one.name} has none for models that state none"
            )
        both = [mapping(at(pod, "securityContext"), "securityContext") for pod in (spec, one.says)]
        if not any(flag(at(said, "runAsNonRoot"), "runAsNonRoot") for said in both):
            yield Offence(
                path=f"{one.context}.runAsNonRoot",
                problem=f"{one.name} may run as root for models that leave it out",
                value=at(both[1], "runAsNonRoot"),
                expected="true",
            )
        if not any(text(at(said, "seccompProfile.type"), "seccompProfile.type") for said in both):
            yield Offence(
                path=f"{one.context}.seccompProfile",
                problem=f"{one.name} has none for models that leave it out",
            )


def _boundless_proxy(proxy: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "spec.provider.kubernetes.envoyDeployment.container.resources.limits.memory"
    if not text(at(proxy.inputs, path), path):
        yield Offence(path=path, problem="its Envoys have no limit of memory")


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="root-filesystems-are-read-only",
        severity="medium",
        applies_to=_POD_KINDS,
        why="Who gets into a container cannot change what runs in it, nor leave anything behind.",
        fix="Set securityContext.readOnlyRootFilesystem, and mount an emptyDir where the program writes.",
        check=_writable,
        reads_graph=True,
        same_as=("CKV_K8S_22",),
    ),
    Rule(
        id="scratch-space-is-bounded",
        severity="low",
        applies_to=_POD_KINDS,
        why="A pod that fills the node's disk has every pod of the node evicted.",
        fix="Set sizeLimit of the emptyDir.",
        check=_endless_scratch,
        reads_graph=True,
    ),
    Rule(
        id="tokens-are-mounted-where-asked-for",
        severity="low",
        applies_to=(*WORKLOADS, _ACCOUNT),
        why="A token that nobody needs is what an intruder looks for first.",
        fix="Set automountServiceAccountToken: false; a controller that needs one mounts it by itself.",
        check=_tokens,
        reads_graph=True,
        same_as=("CKV_K8S_38",),
    ),
    Rule(
        id="charts-ask-for-no-privilege",
        severity="high",
        applies_to=(RELEASE,),
        why="A chart's pods are judged by nobody before they run: its values are what can be seen.",
        fix="Leave the value at what the chart's restricted default is.",
        check=_privileged_values,
        reads_graph=True,
    ),
    Rule(
        id="runtimes-stand-on-their-own",
        severity="high",
        applies_to=RUNTIMES,
        why="A model that names a runtime and says nothing else runs as the runtime has it.",
        fix="Give the runtime's containers a limit of memory, runAsNonRoot and a seccompProfile.",
        check=_incomplete,
        reads_graph=True,
    ),
    Rule(
        id="proxies-are-bounded",
        severity="medium",
        applies_to=(_PROXY,),
        why="A proxy that holds too many requests takes the node down with what else runs on it.",
        fix="Set envoyDeployment.container.resources.limits.memory.",
        check=_boundless_proxy,
        reads_graph=True,
    ),
)
