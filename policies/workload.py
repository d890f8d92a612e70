"""What must hold for a workload that runs pods of its own: no rights on the node, bounded, one version.

The kinds of Kubernetes itself; what KServe makes pods of is judged in the modules of those kinds.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.reading import at, flag, mapping, sequence, text
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

_LISTS: Final = ("containers", "initContainers")
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost"})
_ALLOWED_CAPABILITY: Final = "NET_BIND_SERVICE"


def _pod(workload: Resource) -> Mapping[str, Any]:
    path = f"{TEMPLATES[workload.type]}.spec".removeprefix(".")
    return mapping(at(workload.inputs, path), path)


def _containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in _LISTS:
        for container in sequence(at(pod, part), part):
            yield mapping(container, part)


def _name(container: Mapping[str, Any]) -> str:
    return text(at(container, "name"), "name")


def _rights_on_the_node(workload: Resource, _graph: Graph) -> Iterable[str]:
    pod = _pod(workload)
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if flag(at(pod, shared), shared):
            yield f"{shared} is on"
    for volume in sequence(at(pod, "volumes"), "volumes"):
        path = at(mapping(volume, "volumes"), "hostPath.path")
        if path is not None:
            yield f"mounts {path} of the node"
    for container in _containers(pod):
        yield from _rights_of(container, pod)


def _rights_of(container: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[str]:
    name = _name(container)
    own, shared = at(container, "securityContext"), at(pod, "securityContext")
    if flag(at(own, "privileged"), "privileged"):
        yield f"{name}: privileged"
    if flag(at(own, "allowPrivilegeEscalation"), "allowPrivilegeEscalation", default=True):
        yield f"{name}: may gain privileges (allowPrivilegeEscalation is not false)"
    if "ALL" not in sequence(at(own, "capabilities.drop"), "capabilities.drop"):
        yield f"{name}: keeps capabilities"
    added = set(sequence(at(own, "capabilities.add"), "capabilities.add")) - {_ALLOWED_CAPABILITY}
    if added:
        yield f"{name}: adds {', '.join(sorted(added))}"
    unprivileged = at(own, "runAsNonRoot")
    if not flag(at(shared, "runAsNonRoot") if unprivileged is None else unprivileged, "runAsNonRoot"):
        yield f"{name}: may run as root"
    profile = at(own, "seccompProfile.type") or at(shared, "seccompProfile.type")
    if text(profile, "seccompProfile.type") not in _PROFILES:
        yield f"{name}: no seccomp profile"


def _unbounded(workload: Resource, _graph: Graph) -> Iterable[str]:
    for container in _containers(_pod(workload)):
        missing = [
            what
            for what in ("requests.cpu", "requests.memory", "limits.memory")
            if at(container, f"resources.{what}") is None and not _follows(container, what)
        ]
        if missing:
            yield f"{_name(container)}: no {', '.join(missing)}"


def _follows(container: Mapping[str, Any], what: str) -> bool:
    """A request that is not written is the limit."""
    kind, _, resource = what.partition(".")
    return kind == "requests" and at(container, f"resources.limits.{resource}") is not None


def image_problem(image: str) -> str:
    """Why an image may be another one tomorrow; empty where it may not."""
    name, _, digest = image.partition("@")
    if digest:
        return ""
    tag = name.rpartition("/")[2].partition(":")[2]
    if tag in {"", "latest"}:
        return f"{image} is whatever was pushed last"
    return ""


def _moving_images(workload: Resource, _graph: Graph) -> Iterable[str]:
    for container in _containers(_pod(workload)):
        problem = image_problem(text(at(container, "image"), "image"))
        if problem:
            yield f"{_name(container)}: {problem}"


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
