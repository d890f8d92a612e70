"""Where pods stand: in the kinds that are known to carry them, and in any other by their shape.

What KServe merges into a pod is not seen here: its kinds have modules of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, LLM_CONFIG, RUNTIMES, STORAGE_CONTAINER
from policies.analysis.pods import argo as argo_pods
from policies.analysis.pods.pod import Pod
from policies.engine.collect_errors import once_of
from policies.engine.graph import Resource, Unknown
from policies.engine.values import at, mapping

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
SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_PATTERNS: Final = (
    *("kyverno.io", "gatekeeper.sh", "apiextensions.k8s.io", "admissionregistration.k8s.io"),
    "security.openshift.io",
)
"""Groups whose objects hold patterns, schemas or permissions of pods: nothing of them runs."""


def pods_of(resource: Resource) -> Iterator[Pod]:
    """Every pod of a Kubernetes object, whatever its kind.

    Raises:
        UndecidedError: the place where a known kind has its pod is unknown or has another shape.
    """
    return once_of(resource, _pods)


def _pods(resource: Resource) -> Iterator[Pod]:
    if resource.type in WORKLOADS:
        yield _templated(resource, WORKLOADS[resource.type])
    elif argo_pods.is_workflow(resource):
        yield from argo_pods.pods_of(resource)
        for name, made in argo_pods.made_by(resource):
            yield from _shaped(made, name, {})
    elif is_free_form(resource):
        yield from _shaped(resource.inputs, "", {})


def is_free_form(resource: Resource) -> bool:
    """Whether pods of the object can only be known by their shape."""
    group = resource.type.removeprefix("kubernetes:").partition("/")[0]
    known = resource.type in WORKLOADS or resource.type in _ELSEWHERE or argo_pods.is_workflow(resource)
    return not (known or resource.type.startswith(_NO_OBJECTS) or group.endswith(_PATTERNS))


def _templated(resource: Resource, path: str) -> Pod:
    template = mapping(at(resource.inputs, path) if path else resource.inputs, path)
    where = f"{path}.spec".lstrip(".")
    return Pod(mapping(at(template, "spec"), where), _annotations(template), where)


def _annotations(template: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(at(template, "metadata.annotations"), "metadata.annotations")


def _shaped(value: Any, place: str, above: Mapping[str, Any]) -> Iterator[Pod]:
    """Mappings with a list of containers, at any depth; a pod inside a pod is none."""
    if type(value) in SCALARS:
        return
    if isinstance(value, Mapping):
        if is_pod(value):
            notes = above.get("metadata")
            yield Pod(value, _annotations(above) if isinstance(notes, Mapping) else {}, place)
            return
        for key, below in value.items():
            if key not in {"metadata", "status"}:
                yield from _shaped(below, f"{place}.{key}".lstrip("."), value)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, below in enumerate(value):
            yield from _shaped(below, f"{place}[{index}]", {})


def is_pod(value: Mapping[str, Any]) -> bool:
    """Whether a mapping is a pod by its shape: containers, and the image of one at least."""
    listed = value.get("containers")
    if isinstance(listed, str) or not isinstance(listed, Sequence) or not listed:
        return False
    return all(isinstance(c, Mapping) for c in listed) and any(
        _names_an_image(c.get("image")) for c in listed
    )


def _names_an_image(image: Any) -> bool:
    """Unknown counts as one: it will be one when the object is made."""
    return isinstance(image, Unknown) or (isinstance(image, str) and bool(image))
