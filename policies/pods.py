"""What a pod may do, take and run: read the same wherever a pod stands."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.reading import at, flag, mapping, sequence, text

_LISTS: Final = ("containers", "initContainers")
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost"})
_ALLOWED_CAPABILITY: Final = "NET_BIND_SERVICE"


def containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Its containers, then those that run before them."""
    for part in _LISTS:
        for container in sequence(at(pod, part), part):
            yield mapping(container, part)


def name_of(container: Mapping[str, Any]) -> str:
    return text(at(container, "name"), "name")


def rights_on_the_node(pod: Mapping[str, Any]) -> Iterator[str]:
    """What keeps a pod from the restricted Pod Security Standard."""
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if flag(at(pod, shared), shared):
            yield f"{shared} is on"
    for volume in sequence(at(pod, "volumes"), "volumes"):
        path = at(mapping(volume, "volumes"), "hostPath.path")
        if path is not None:
            yield f"mounts {path} of the node"
    for container in containers(pod):
        yield from _rights_of(container, pod)


def _rights_of(container: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[str]:
    name = name_of(container)
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


def unbounded(container: Mapping[str, Any]) -> Iterator[str]:
    """Requests and limits a container lacks, in one line."""
    missing = [
        what
        for what in ("requests.cpu", "requests.memory", "limits.memory")
        if at(container, f"resources.{what}") is None and not _follows(container, what)
    ]
    if missing:
        yield f"{name_of(container)}: no {', '.join(missing)}"


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


def moving_images(pod: Mapping[str, Any]) -> Iterator[str]:
    """Images of a pod that may be others tomorrow; one that is not named stands elsewhere."""
    for container in containers(pod):
        image = text(at(container, "image"), "image")
        if image and image_problem(image):
            yield f"{name_of(container)}: {image_problem(image)}"


def unbounded_containers(pod: Mapping[str, Any]) -> Iterator[str]:
    """Requests and limits the containers of a pod lack, a line for each."""
    for container in containers(pod):
        yield from unbounded(container)


def runs_as_itself(pod: Mapping[str, Any]) -> Iterator[str]:
    """What gives a pod an identity it shares, or one in the cluster that it does not need."""
    if text(at(pod, "serviceAccountName"), "serviceAccountName") in {"", "default"}:
        yield "runs as the namespace's default account"
    if flag(at(pod, "automountServiceAccountToken"), "automountServiceAccountToken", default=True):
        yield "mounts a token for the cluster's API (automountServiceAccountToken is not false)"
