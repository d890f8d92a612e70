"""Pods of Argo's workflows: one for each template that runs one, over what the workflow says of all."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.strict_yaml import YamlProblem, plain
from policies.analysis.kubernetes.strategic_merge import merged
from policies.analysis.pods.pod import Pod
from policies.engine.graph import Resource
from policies.engine.values import UndecidedError, at, mapping, sequence, text

_GROUP: Final = "kubernetes:argoproj.io/"
_KINDS: Final = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")
_PROGRAMS: Final = ("container", "script")
_TYPES: Final = (*_PROGRAMS, "containerSet", "dag", "steps", "suspend", "resource", "http", "plugin", "data")
_OTHERS: Final = ("initContainers", "sidecars")
_SHARED: Final = ("securityContext", "hostNetwork", "serviceAccountName", "automountServiceAccountToken")
_MAIN: Final = "main"
"""What the pod's main container is called when it runs, and in a patch."""
_MAX_PATCH: Final = 50_000


def is_workflow(resource: Resource) -> bool:
    return resource.type.startswith(_GROUP) and resource.type.rpartition(":")[2] in _KINDS


def pods_of(workflow: Resource) -> Iterator[Pod]:
    """The pods of a workflow.

    Raises:
        UndecidedError: a patch is made when the workflow runs, or a template cannot be read.
    """
    spec = _spec(workflow)
    for name, template in _templates(spec):
        pod = _pod(name, template, spec)
        if pod is not None:
            yield pod


def made_by(workflow: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that templates make, by the template's name; what is filled in when it runs is none yet."""
    for name, template in _templates(_spec(workflow)):
        said = text(at(template, "resource.manifest"), "resource.manifest")
        if said and not _is_filled_in(said):
            yield name, mapping(_document(said, f"{name}: resource.manifest"), f"{name}: resource.manifest")


def _spec(workflow: Resource) -> Mapping[str, Any]:
    path = "spec.workflowSpec" if workflow.type.endswith(":CronWorkflow") else "spec"
    return mapping(at(workflow.inputs, path), path)


def _templates(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Templates by name, and those that stand within a step or a task."""
    defaults = mapping(at(spec, "templateDefaults"), "templateDefaults")
    for index, raw in enumerate(sequence(at(spec, "templates"), "templates")):
        template = mapping(raw, "templates")
        name = text(at(template, "name"), "templates.name") or str(index)
        yield name, _over(defaults, template)
        for inner, below in _inlined(name, template):
            yield inner, _over(defaults, below)


def _over(defaults: Mapping[str, Any], template: Mapping[str, Any]) -> Mapping[str, Any]:
    """A template laid over the defaults; of these, what belongs to templates of another type is left out."""
    has_type = any(at(template, kind) is not None for kind in _TYPES)
    taken = {
        key: value for key, value in defaults.items() if key not in _TYPES or key in template or not has_type
    }
    result: Mapping[str, Any] = merged(taken, template)
    return result


def _inlined(name: str, template: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    groups = [sequence(at(template, "dag.tasks"), "dag.tasks")]
    groups += [
        (group,) if isinstance(group, Mapping) else sequence(group, "steps")
        for group in sequence(at(template, "steps"), "steps")
    ]
    for step in (step for group in groups for step in group):
        inline = mapping(at(step, "inline"), "inline")
        if inline:
            inner = f"{name}.{text(at(step, 'name'), 'name')}"
            yield inner, inline
            yield from _inlined(inner, inline)


def _pod(name: str, template: Mapping[str, Any], spec: Mapping[str, Any]) -> Pod | None:
    own = [mapping(template[one], one) for one in _PROGRAMS if template.get(one)]
    own += sequence(at(template, "containerSet.containers"), "containerSet.containers")
    if not own:
        return None
    others = [c for part in _OTHERS for c in sequence(at(template, part), part)]
    volumes = [volume for part in (spec, template) for volume in sequence(at(part, "volumes"), "volumes")]
    pod: Mapping[str, Any] = {
        **{key: part[key] for part in (spec, template) for key in _SHARED if key in part},
        "volumes": volumes,
        "containers": [{"name": name, **mapping(c, "containers")} for c in (*own, *others)],
    }
    for part in (spec, template):
        if at(part, "podSpecPatch") is not None:
            pod = merged(pod, _patch(name, text(at(part, "podSpecPatch"), "podSpecPatch")))
    notes = mapping(at(spec, "podMetadata.annotations"), "podMetadata.annotations")
    return Pod(pod, {**notes, **mapping(at(template, "metadata.annotations"), "metadata.annotations")}, name)


def _patch(name: str, said: str) -> Mapping[str, Any]:
    """A patch of the pod, which is a text of YAML or JSON."""
    if _is_filled_in(said):
        raise UndecidedError(f"{name}: podSpecPatch changes the pod when it runs")
    patch = mapping(_document(said, f"{name}: podSpecPatch"), "podSpecPatch")
    containers = sequence(at(patch, "containers"), "podSpecPatch.containers")
    named = [{**mapping(c), "name": name} if at(c, "name") == _MAIN else mapping(c) for c in containers]
    return {**patch, "containers": named} if named else patch


def _is_filled_in(said: str) -> bool:
    return "{{" in said or len(said) > _MAX_PATCH


def _document(said: str, where: str) -> Any:
    try:
        return plain(said, where)
    except YamlProblem:
        raise UndecidedError(f"{where} cannot be read") from None
