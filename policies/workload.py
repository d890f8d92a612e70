"""What must hold for a workload that runs pods of its own: no rights on the node, bounded, one version.

The kinds of Kubernetes itself; what KServe makes pods of is judged in the modules of those kinds.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies import pods
from policies.reading import at, mapping, text
from policies.record import Graph, Resource
from policies.rule import Rule

TEMPLATES: Final = {
    "kubernetes:core/v1:Pod": "",
    "kubernetes:apps/v1:Deployment": "spec.template",
    "kubernetes:apps/v1:StatefulSet": "spec.template",
    "kubernetes:apps/v1:DaemonSet": "spec.template",
    "kubernetes:apps/v1:ReplicaSet": "spec.template",
    "kubernetes:batch/v1:Job": "spec.template",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template",
}
"""Kinds and where their pod stands."""


def _pod(workload: Resource) -> Mapping[str, Any]:
    path = f"{TEMPLATES[workload.type]}.spec".removeprefix(".")
    return mapping(at(workload.inputs, path), path)


def _rights_on_the_node(workload: Resource, _graph: Graph) -> Iterable[str]:
    return pods.rights_on_the_node(_pod(workload))


def _unbounded(workload: Resource, _graph: Graph) -> Iterable[str]:
    return pods.unbounded_containers(_pod(workload))


def _moving_images(workload: Resource, _graph: Graph) -> Iterable[str]:
    for container in pods.containers(_pod(workload)):
        problem = pods.image_problem(text(at(container, "image"), "image"))
        if problem:
            yield f"{pods.name_of(container)}: {problem}"


RULES: tuple[Rule, ...] = (
    Rule(
        id="pods-have-no-rights-on-the-node",
        applies_to=tuple(TEMPLATES),
        why="Whoever takes over such a container has the node, and with it every pod and credential there.",
        fix="Write the restricted Pod Security Standard: drop ALL, runAsNonRoot, RuntimeDefault, no host access.",
        check=_rights_on_the_node,
    ),
    Rule(
        id="containers-are-bounded",
        applies_to=tuple(TEMPLATES),
        why="One container without a limit takes the memory of all others on its node.",
        fix="Set requests for cpu and memory, and a memory limit.",
        check=_unbounded,
    ),
    Rule(
        id="images-have-one-version",
        applies_to=tuple(TEMPLATES),
        why="A moving tag runs code nobody reviewed, on the next restart.",
        fix="Name the image by digest; the report lists images that only have a version.",
        check=_moving_images,
    ),
)
