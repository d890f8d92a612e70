"""Pods of Argo's workflows: one for each template that runs one, over what the workflow says of all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from facts.strict_yaml import YamlProblem, plain
from policies.analysis.kubernetes.strategic_merge import merged
from policies.analysis.pods.pod import Pod, containers
from policies.engine.graph import Resource
from policies.engine.values import UndecidedError, at, mapping, sequence, text

_GROUP: Final = "kubernetes:argoproj.io/"
_KINDS: Final = ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")
_PROGRAMS: Final = ("container", "script")
_TYPES: Final = (*_PROGRAMS, "containerSet", "dag", "steps", "suspend", "resource", "http", "plugin", "data")
_MAIN_LISTS: Final = ("containerSet.containers",)
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
    for name, path, template in _templates(spec, _spec_path(workflow)):
        pod = _pod(name, path, template, spec)
        if pod is not None:
            yield pod


def made_by(workflow: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Objects that templates make, each with the path of the text it stands in; one filled in later is none yet."""
    for name, path, template in _templates(_spec(workflow), _spec_path(workflow)):
        said = text(at(template, "resource.manifest"), "resource.manifest")
        if said and not _is_filled_in(said):
            where = f"{name}: resource.manifest"
            yield f"{path}.resource.manifest", mapping(_document(said, where), where)


def _spec_path(workflow: Resource) -> str:
    return "spec.workflowSpec" if workflow.type.endswith(":CronWorkflow") else "spec"


def _spec(workflow: Resource) -> Mapping[str, Any]:
    path = _spec_path(workflow)
    return mapping(at(workflow.inputs, path), path)


def _templates(spec: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Templates by name and path, and those that stand within a step or a task."""
    defaults = mapping(at(spec, "templateDefaults"), "templateDefaults")
    for index, raw in enumerate(sequence(at(spec, "templates"), "templates")):
        template = mapping(raw, "templates")
        name = text(at(template, "name"), "templates.name") or str(index)
        where = f"{path}.templates[{index}]"
        yield name, where, _over(defaults, template)
        for inner, below_path, below in _inlined(name, where, template):
            yield inner, below_path, _over(defaults, below)


def _over(defaults: Mapping[str, Any], template: Mapping[str, Any]) -> Mapping[str, Any]:
    """A template laid over the defaults; of these, what belongs to templates of another type is left out."""
    has_type = any(at(template, kind) is not None for kind in _TYPES)
    taken = {
        key: value for key, value in defaults.items() if key not in _TYPES or key in template or not has_type
    }
    result: Mapping[str, Any] = merged(taken, template)
    return result


def _inlined(
    name: str, path: str, template: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for where, step in _steps(path, template):
        inline = mapping(at(step, "inline"), "inline")
        if inline:
            inner = f"{name}.{text(at(step, 'name'), 'name')}"
            yield inner, f"{where}.inline", inline
            yield from _inlined(inner, f"{where}.inline", inline)


def _steps(path: str, template: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for index, task in enumerate(sequence(at(template, "dag.tasks"), "dag.tasks")):
        yield f"{path}.dag.tasks[{index}]", task
    for index, group in enumerate(sequence(at(template, "steps"), "steps")):
        if isinstance(group, Mapping):
            yield f"{path}.steps[{index}]", group
            continue
        for number, step in enumerate(sequence(group, "steps")):
            yield f"{path}.steps[{index}][{number}]", step


def _programs(template: Mapping[str, Any], path: str, *lists: str) -> Iterator[tuple[str, Any]]:
    """What runs in a template's pod, and where it stands."""
    for one in _PROGRAMS if lists == _MAIN_LISTS else ():
        if template.get(one):
            yield f"{path}.{one}", template[one]
    for part in lists:
        for index, container in enumerate(sequence(at(template, part), part)):
            yield f"{path}.{part}[{index}]", container


def _pod(name: str, path: str, template: Mapping[str, Any], spec: Mapping[str, Any]) -> Pod | None:
    own = list(_programs(template, path, *_MAIN_LISTS))
    if not own:
        return None
    own += _programs(template, path, *_OTHERS)
    volumes = [volume for part in (spec, template) for volume in sequence(at(part, "volumes"), "volumes")]
    pod: Mapping[str, Any] = {
        **{key: part[key] for part in (spec, template) for key in _SHARED if key in part},
        "volumes": volumes,
        "containers": [{"name": name, **mapping(c, "containers")} for _, c in own],
    }
    for part in (spec, template):
        if at(part, "podSpecPatch") is not None:
            pod = merged(pod, _patch(name, text(at(part, "podSpecPatch"), "podSpecPatch")))
    notes = mapping(at(spec, "podMetadata.annotations"), "podMetadata.annotations")
    own_notes = mapping(at(template, "metadata.annotations"), "metadata.annotations")
    return Pod(
        pod, {**notes, **own_notes}, path, _places(pod, own, path), notes=f"{path}.metadata.annotations"
    )


def _places(pod: Mapping[str, Any], own: Sequence[tuple[str, Any]], path: str) -> tuple[tuple[str, str], ...]:
    """Where each container of the pod stands; one that only a patch names stands in the patch."""
    listed = [where for where, _ in own]
    listed += [f"{path}.podSpecPatch"] * len(list(containers(pod))[len(own) :])
    return tuple((where, f"{where}.securityContext") for where in listed)


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
