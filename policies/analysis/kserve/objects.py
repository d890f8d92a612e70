"""KServe's objects as rules read them: where their pods stand, and what is merged into them.

A fragment is judged as it will run: over the runtime or the config it is merged into, where that is in view. Where
it is not (it stands in another stack), the fragment has to speak for itself.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.kubernetes.strategic_merge import merged
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, sequence, text

_API: Final = "kubernetes:serving.kserve.io"
INFERENCE_SERVICE: Final = (f"{_API}/v1beta1:InferenceService",)
LLM: Final = tuple(f"{_API}/{version}:LLMInferenceService" for version in ("v1alpha2", "v1alpha1"))
LLM_CONFIG: Final = tuple(f"{kind}Config" for kind in LLM)
RUNTIMES: Final = tuple(f"{_API}/v1alpha1:{kind}" for kind in ("ClusterServingRuntime", "ServingRuntime"))
TRAINED_MODEL: Final = f"{_API}/v1alpha1:TrainedModel"
CACHES: Final = tuple(f"{_API}/v1alpha1:{kind}" for kind in ("LocalModelCache", "LocalModelNamespaceCache"))
STORAGE_CONTAINER: Final = f"{_API}/v1alpha1:ClusterStorageContainer"
BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"

FRAMEWORKS: Final = (
    *("model", "sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "huggingface"),
    *("pmml", "lightgbm", "paddle", "art"),
)
_SERVER: Final = "kserve-container"
_STORAGE_VARIABLE: Final = "STORAGE_URI"
_AT_START: Final = ("hf://", "http://", "https://", "ftp://", "git://", "git+")
_AZURE: Final = re.compile(r"https://[^/]+\.(?:blob|file)\.core\.windows\.net/")
_MOUNTED: Final = ("pvc://", "oci://", "oci+native://")
_PICKLES: Final = frozenset({"pkl", "pickle", "joblib", "dill", "cloudpickle", "pt", "pth", "ckpt"})
"""Endings of files that Python's pickle reads (PyTorch's own ``.pt`` and ``.pth`` are archives of pickles)."""

_VERSION: Final = re.compile(
    r"v?\d+(\.\d+)*|(.+[-_@:])?(v\d+(\.\d+)*|\d+\.\d+\.\d+|\d{4}-\d{2}-\d{2}|\d{8}|[0-9a-f]{12,64})"
)
_MOVING: Final = frozenset(
    {"latest", "main", "master", "head", "current", "stable", "dev", "prod", "production"}
)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


def components(service: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Predictor, transformer, explainer and canaries of an InferenceService, each with its path below ``spec``."""
    spec = mapping(at(service.inputs, "spec"), "spec")
    for part in ("predictor", "transformer", "explainer"):
        if at(spec, part) is not None:
            yield part, mapping(at(spec, part), part)
    for index, canary in enumerate(sequence(at(spec, "canary"), "spec.canary")):
        yield f"canary[{index}].predictor", mapping(at(canary, "predictor"), "canary.predictor")


def predictor_pods(service: Resource, graph: Graph) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The pods of an InferenceService, over their runtimes where these are in view."""
    for part, component in components(service):
        servers = [
            {**mapping(at(component, framework), framework), "name": _SERVER}
            for framework in FRAMEWORKS
            if at(component, framework) is not None
        ]
        listed = list(sequence(at(component, "containers"), "containers"))
        pod = {
            **component,
            "containers": merged({"containers": servers}, {"containers": listed})["containers"],
        }
        runtime = _runtime_pod(service, component, graph)
        yield part, _with_all_arguments(runtime, merged(runtime, pod), pod)
        if at(component, "workerSpec") is not None:
            worker = mapping(at(component, "workerSpec"), "workerSpec")
            yield f"{part}.workerSpec", merged(mapping(at(runtime, "workerSpec"), "workerSpec"), worker)


def _with_all_arguments(runtime: Mapping[str, Any], laid: Any, own: Mapping[str, Any]) -> Mapping[str, Any]:
    """A service's arguments are added to its runtime's (``MergeRuntimeContainers``, KServe v0.20.0)."""
    arguments = [
        word
        for pod in (runtime, own)
        for container in sequence(at(pod, "containers"), "containers")
        if at(container, "name") == _SERVER
        for word in sequence(at(container, "args"), "args")
    ]
    containers = [
        {**c, "args": arguments} if at(c, "name") == _SERVER and arguments else c
        for c in sequence(at(laid, "containers"), "containers")
    ]
    return {**laid, "containers": containers}


def sources(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a component's files come from, each with its path in it.

    By field, or by the variable KServe gives a server of one's own.
    """
    for name, part in component.items():
        if isinstance(part, Mapping):
            uri = text(at(part, "storageUri"), "storageUri")
            if uri:
                yield f"{name}.storageUri", uri
    for index, entry in enumerate(sequence(at(component, "storageUris"), "storageUris")):
        yield f"storageUris[{index}].uri", text(at(entry, "uri"), "storageUris.uri")
    for index, container in enumerate(sequence(at(component, "containers"), "containers")):
        for number, variable in enumerate(sequence(at(container, "env"), "env")):
            value = at(variable, "value") if at(variable, "name") == _STORAGE_VARIABLE else None
            if value:
                yield f"containers[{index}].env[{number}].value", text(value, _STORAGE_VARIABLE)


def is_cached(uri: str, graph: Graph) -> bool:
    """Whether a cache on the nodes fetches it once, and KServe mounts it from there."""
    for cache in graph.of_type(*CACHES):
        source = text(at(cache.inputs, "spec.sourceModelUri"), "sourceModelUri").rstrip("/")
        if source and f"{uri.rstrip('/')}/".startswith(f"{source}/"):
            return True
    return False


def fetched_at_start(uri: str) -> bool:
    """Whether it is fetched from a hub or a web server; Azure's stores have addresses of the web, and a login."""
    return uri.startswith(_AT_START) and not _AZURE.match(uri)


def read_by_account(uri: str) -> bool:
    """Whether the pod's account says if it may be read; a volume is mounted, an image is pulled by the node."""
    return not uri.startswith(_MOUNTED)


def loads_code(uri: str) -> str:
    """Why loading the file runs what is in it; empty where its name does not say so."""
    file = uri.partition("?")[0].rstrip("/").rpartition("/")[2]
    is_pickle = "." in file and file.rpartition(".")[2].lower() in _PICKLES
    return f"{uri} is a pickle: loading it runs what is in it" if is_pickle else ""


def predictor_labels(service: Resource) -> Mapping[str, Any]:
    """The labels that the stable predictor's pods will have."""
    predictor = mapping(at(service.inputs, "spec.predictor"), "spec.predictor")
    part = text(at(predictor, "name"), "name")
    return {
        **mapping(at(service.inputs, "metadata.labels"), "metadata.labels"),
        **mapping(at(predictor, "labels"), "labels"),
        "serving.kserve.io/inferenceservice": name_of(service),
        "component": "predictor",
        "app": f"isvc.{'-'.join(p for p in (name_of(service), part, 'predictor') if p)}",
    }


def _runtime_pod(service: Resource, component: Mapping[str, Any], graph: Graph) -> Mapping[str, Any]:
    wanted = text(at(component, "model.runtime"), "model.runtime")
    for runtime in graph.of_type(*RUNTIMES):
        is_near = runtime.type.endswith("ClusterServingRuntime") or namespace_of(runtime) == namespace_of(
            service
        )
        if wanted and name_of(runtime) == wanted and is_near:
            return mapping(at(runtime.inputs, "spec"), "spec")
    return {}


def moving_source(uri: str, *, has_version: bool = True) -> str:
    """Why the files at a URI may be others tomorrow; empty where they may not.

    ``has_version`` asks for a version in the path: how folders are called is an organisation's own choice.
    """
    scheme, _, path = uri.partition("://")
    path, _, digest = path.partition("@sha256:")
    if digest:
        return ""
    if scheme.startswith("oci"):
        return f"{uri} names no digest"
    if scheme == "hf":
        return "" if _COMMIT.fullmatch(path.partition(":")[2]) else f"{uri} names no commit"
    segments = [segment for segment in path.split("/")[1:] if segment]
    moving = sorted(_MOVING & {segment.lower() for segment in segments})
    if moving:
        return f"{uri} is whatever {moving[0]} means today"
    if has_version and not any(_VERSION.fullmatch(segment) for segment in segments):
        return f"{uri} names no version"
    return ""


def unprotected(service: Resource, pods: Mapping[str, str], graph: Graph) -> bool:
    """Whether no disruption budget of the namespace selects pods with these labels."""
    for budget in graph.of_type(BUDGET):
        if namespace_of(budget) != namespace_of(service):
            continue
        selector = mapping(at(budget.inputs, "spec.selector"), "spec.selector")
        wanted = mapping(at(selector, "matchLabels"), "matchLabels")
        if (
            wanted
            and not at(selector, "matchExpressions")
            and all(pods.get(key) == value for key, value in wanted.items())
        ):
            return False
    return True
