"""What a pod may do, take and run: read the same wherever a pod stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies.engine.values import at, flag, mapping, sequence, text

_LISTS: Final = ("containers", "initContainers", "ephemeralContainers")
_AMOUNTS: Final = ("requests.cpu", "requests.memory", "limits.memory")
_ZERO: Final = re.compile(r"0+(?:\.0*)?[A-Za-z]*")
_MOVING_TAG: Final = re.compile(
    r"(?:.*[-_.])?latest(?:[-_.].*)?|main|master|trunk|head|develop|dev|edge|nightly|rolling|snapshot|stable|current|"
    r"canary|prod|production|staging",
    re.IGNORECASE,
)
"""Tags that name no version: a branch, a channel or whatever is newest."""


@dataclass(frozen=True)
class Pod:
    """A pod as it stands in an object; ``place`` says where, and is empty for the only one."""

    spec: Mapping[str, Any]
    annotations: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    def containers(self) -> Iterator[Mapping[str, Any]]:
        """Its containers of every sort."""
        return containers(self.spec)

    @property
    def is_windows(self) -> bool:
        return text(at(self.spec, "os.name"), "os.name") == "windows"

    @property
    def has_own_users(self) -> bool:
        """Whether its user 0 is nobody on the node."""
        return not flag(at(self.spec, "hostUsers"), "hostUsers", default=True)


def containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Its containers, then those that run before them, then those that are put in to debug it."""
    for part in _LISTS:
        for container in sequence(at(pod, part), part):
            yield mapping(container, part)


def name_of(container: Mapping[str, Any]) -> str:
    """Its name; some kinds let the only container have none."""
    return text(at(container, "name"), "name") or "container"


def unbounded(container: Mapping[str, Any]) -> Iterator[str]:
    """Requests and limits a container lacks, in one line."""
    missing = [what for what in _AMOUNTS if not _states(container, what)]
    if missing:
        yield f"{name_of(container)}: no {', '.join(missing)}"


def _states(owner: Mapping[str, Any], what: str) -> bool:
    """A limit of nothing is none."""
    stated = at(owner, f"resources.{what}")
    is_none = stated is None or (what.startswith("limits.") and is_nothing(stated))
    return not is_none or _follows(owner, what)


def is_nothing(amount: Any) -> bool:
    """Whether an amount is stated and is 0."""
    return amount is not None and bool(_ZERO.fullmatch(str(amount)))


def _follows(owner: Mapping[str, Any], what: str) -> bool:
    """A request that is not written is the limit."""
    kind, _, resource = what.partition(".")
    return kind == "requests" and at(owner, f"resources.limits.{resource}") is not None


def image_problem(image: str) -> str:
    """Why an image may be another one tomorrow; empty where it may not."""
    name, _, digest = image.partition("@")
    if digest:
        return ""
    tag = name.rpartition("/")[2].partition(":")[2]
    if not tag or _MOVING_TAG.fullmatch(tag):
        return f"{image} is whatever was pushed last"
    return ""


def moving_images(pod: Mapping[str, Any]) -> Iterator[str]:
    """Images of a pod that may be others tomorrow, its volumes' too; one that is not named stands elsewhere."""
    for container in containers(pod):
        image = text(at(container, "image"), "image")
        if image and image_problem(image):
            yield f"{name_of(container)}: {image_problem(image)}"
    for volume in sequence(at(pod, "volumes"), "volumes"):
        image = text(at(volume, "image.reference"), "image.reference")
        if image and image_problem(image):
            yield f"volume {text(at(volume, 'name'), 'volumes.name')}: {image_problem(image)}"


def unbounded_containers(pod: Mapping[str, Any]) -> Iterator[str]:
    """Requests and limits the containers of a pod lack, a line for each; what the pod as a whole states bounds all."""
    if all(_states(pod, what) for what in _AMOUNTS):
        return
    for container in containers(pod):
        yield from unbounded(container)


def has_needless_token(pod: Mapping[str, Any], *, reads_by_account: bool) -> bool:
    """Whether a server of models asks for a token, or reads its files under the account which all pods share."""
    shared = text(at(pod, "serviceAccountName"), "serviceAccountName") in {"", "default"}
    token = at(pod, "automountServiceAccountToken")
    return flag(token, "automountServiceAccountToken", default=shared and reads_by_account)


def runs_as_itself(pod: Mapping[str, Any]) -> Iterator[str]:
    """What gives a pod an identity it shares, or one in the cluster that it does not need."""
    if text(at(pod, "serviceAccountName"), "serviceAccountName") in {"", "default"}:
        yield "runs as the namespace's default account"
    if flag(at(pod, "automountServiceAccountToken"), "automountServiceAccountToken", default=True):
        yield "mounts a token for the cluster's API (automountServiceAccountToken is not false)"
