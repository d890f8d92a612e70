"""Where pods stand: in the kinds that are known to carry them, and in any other by their shape.

What KServe merges into a pod is not seen here: its kinds have modules of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.model_objects import INFERENCE_SERVICE, LLM, LLM_CONFIG, RUNTIMES, STORAGE_CONTAINER
from policies.pods import Pod
from policies.reading import UndecidedError, at, mapping, sequence, text
from policies.record import Resource, Unknown

WORKLOADS: Final[Mapping[str, str]] = {
    "kubernetes:core/v1:Pod": "",
    "kubernetes:core/v1:PodTemplate": "template",
    "kubernetes:core/v1:ReplicationController": "spec.template",
    "kubernetes:apps/v1:Deployment": "spec.template",
    "kubernetes:apps/v1:StatefulSet": "spec.template",
    "kubernetes:apps/v1:DaemonSet": "spec.template",
    "kubernetes:apps/v1:ReplicaSet": "spec.template",
    "kubernetes:batch/v1:Job": "spec.template",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template",
}
"""Kubernetes' own kinds, and where their pod stands: what cannot be read there is undecided, not absent."""

_ELSEWHERE: Final = frozenset((*INFERENCE_SERVICE, *LLM, *LLM_CONFIG, *RUNTIMES, STORAGE_CONTAINER))
_NO_OBJECTS: Final = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")
_PATTERNS: Final = ("kyverno.io", "gatekeeper.sh", "apiextensions.k8s.io", "admissionregistration.k8s.io")
"""Groups whose objects hold patterns or schemas of pods: nothing of them runs."""
_ARGO: Final = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")
_ARGO_CONTAINERS: Final = ("container", "script")
_ARGO_LISTS: Final = ("initContainers", "sidecars")
_ARGO_SHARED: Final = ("securityContext", "volumes", "hostNetwork", "serviceAccountName")


def pods_of(resource: Resource) -> Iterator[Pod]:
    """Every pod of a Kubernetes object, whatever its kind.

    Raises:
        UndecidedError: the place where a known kind has its pod is unknown or has another shape.
    """
    group, _, kind = resource.type.removeprefix("kubernetes:").rpartition(":")
    if resource.type in _ELSEWHERE or resource.type.startswith(_NO_OBJECTS):
        return
    if resource.type in WORKLOADS:
        yield _templated(resource, WORKLOADS[resource.type])
    elif group.startswith("argoproj.io/") and kind in _ARGO:
        yield from _argo(resource, kind)
    elif not group.partition("/")[0].endswith(_PATTERNS):
        yield from _shaped(resource.inputs, "", {})


def _templated(resource: Resource, path: str) -> Pod:
    template = mapping(at(resource.inputs, path) if path else resource.inputs, path)
    return Pod(mapping(at(template, "spec"), f"{path}.spec".lstrip(".")), _annotations(template))


def _annotations(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(at(template, "metadata.annotations"), "metadata.annotations")


def _shaped(value: Any, place: str, above: Mapping[str, Any]) -> Iterator[Pod]:
    """Mappings with a list of containers, at any depth; a pod inside a pod is none."""
    if isinstance(value, Mapping):
        if _is_pod(value):
            notes = above.get("metadata")
            yield Pod(value, _annotations(above) if isinstance(notes, Mapping) else {}, place)
            return
        for key, below in value.items():
            if key not in {"metadata", "status"}:
                yield from _shaped(below, f"{place}.{key}".lstrip("."), value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, below in enumerate(value):
            yield from _shaped(below, f"{place}.{index}", {})


def _is_pod(value: Mapping[str, Any]) -> bool:
    listed = value.get("containers")
    if isinstance(listed, str) or not isinstance(listed, Sequence) or not listed:
        return False
    return all(isinstance(c, Mapping) for c in listed) and any(
        _names_an_image(c.get("image")) for c in listed
    )


def _names_an_image(image: Any) -> bool:
    """Unknown counts as one: it will be one when the object is made."""
    return isinstance(image, Unknown) or (isinstance(image, str) and bool(image))


def _argo(workflow: Resource, kind: str) -> Iterator[Pod]:
    """A pod for each template that runs one; what the workflow says of all pods holds for each."""
    path = "spec.workflowSpec" if kind == "CronWorkflow" else "spec"
    spec = mapping(at(workflow.inputs, path), path)
    defaults = at(spec, "templateDefaults")
    templates = sequence(at(spec, "templates"), f"{path}.templates")
    for index, raw in enumerate(templates):
        template = {**mapping(defaults, "templateDefaults"), **mapping(raw, "templates")}
        containers = [mapping(template[one], one) for one in _ARGO_CONTAINERS if template.get(one)]
        containers += sequence(at(template, "containerSet.containers"), "containerSet.containers")
        if not containers:
            continue
        name = text(at(template, "name"), "templates.name") or str(index)
        for patched in (spec, template):
            if at(patched, "podSpecPatch") is not None:
                raise UndecidedError(f"{name}: podSpecPatch changes the pod when it runs")
        shared = {key: spec[key] for key in _ARGO_SHARED if key in spec}
        shared |= {key: template[key] for key in _ARGO_SHARED if key in template and key != "volumes"}
        volumes = [
            *sequence(at(spec, "volumes"), "volumes"),
            *sequence(at(template, "volumes"), "template.volumes"),
        ]
        others = [c for part in _ARGO_LISTS for c in sequence(at(template, part), part)]
        named = [{"name": name, **container} for container in (*containers, *others)]
        yield Pod(
            {**shared, "volumes": volumes, "containers": named},
            _annotations({"metadata": spec.get("podMetadata")}),
            name,
        )
