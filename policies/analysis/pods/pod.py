"""What a pod may do, take and run: read the same wherever a pod stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies.engine.rule import Offence
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
class Container:
    """A container, where it stands in its object, and where its security context does or would."""

    path: str
    says: Mapping[str, Any]
    context: str

    @property
    def name(self) -> str:
        """What a message calls it; a name that is not known yet hides nothing that is said of it."""
        return name_of(self.says) if isinstance(self.says.get("name"), str) else "container"


@dataclass(frozen=True)
class Pod:
    """A pod of an object; ``path`` is where its spec stands there.

    ``places`` holds, for each container, its path and that of its security context, where the spec was put together
    from parts that stand elsewhere; ``context`` and ``notes`` likewise those of the pod's own context and annotations.
    """

    spec: Mapping[str, Any]
    annotations: Mapping[str, Any] = field(default_factory=dict)
    path: str = "spec"
    places: tuple[tuple[str, str], ...] = ()
    context: str = ""
    notes: str = ""

    def containers(self) -> Iterator[Container]:
        """Its containers of every sort."""
        for index, (path, container) in enumerate(containers_at(self.spec, self.path)):
            where, context = self.places[index] if self.places else (path, f"{path}.securityContext")
            yield Container(where, container, context)

    def below(self, field_: str) -> str:
        """The path of a field of its spec."""
        return f"{self.path}.{field_}".lstrip(".")

    @property
    def context_path(self) -> str:
        return self.context or self.below("securityContext")

    @property
    def notes_path(self) -> str:
        above = self.path.rpartition(".")[0]
        return self.notes or f"{above}.metadata.annotations".lstrip(".")

    @property
    def is_windows(self) -> bool:
        return text(at(self.spec, "os.name"), "os.name") == "windows"

    @property
    def has_own_users(self) -> bool:
        """Whether its user 0 is nobody on the node."""
        return not flag(at(self.spec, "hostUsers"), "hostUsers", default=True)


def containers(pod: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Its containers, then those that run before them, then those that are put in to debug it."""
    return (container for _, container in containers_at(pod, ""))


def containers_at(pod: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same, each with its path in an object that has the pod at ``path``."""
    for part in _LISTS:
        for index, container in enumerate(sequence(at(pod, part), part)):
            yield f"{path}.{part}[{index}]".lstrip("."), mapping(container, part)


def name_of(container: Mapping[str, Any]) -> str:
    """Its name; some kinds let the only container have none."""
    return text(at(container, "name"), "name") or "container"


def unbounded(container: Mapping[str, Any], path: str) -> Iterator[Offence]:
    """Requests and limits a container lacks, in one finding."""
    missing = [what for what in _AMOUNTS if not _states(container, what)]
    if missing:
        yield Offence(
            path=f"{path}.resources",
            problem=f"container {name_of(container)} has no {', '.join(missing)}",
            value=at(container, "resources"),
        )


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


def moving_images(pod: Pod) -> Iterator[Offence]:
    """Images of a pod that may be others tomorrow, its volumes' too; one that is not named stands elsewhere."""
    for container in pod.containers():
        image = text(at(container.says, "image"), "image")
        if image and image_problem(image):
            yield Offence(path=f"{container.path}.image", problem=image_problem(image), value=image)
    for index, volume in enumerate(sequence(at(pod.spec, "volumes"), "volumes")):
        image = text(at(volume, "image.reference"), "image.reference")
        if image and image_problem(image):
            where = pod.below(f"volumes[{index}].image.reference")
            yield Offence(path=where, problem=image_problem(image), value=image)


def unbounded_containers(pod: Pod) -> Iterator[Offence]:
    """Requests and limits the containers of a pod lack, one finding for each; what the pod as a whole states counts."""
    if all(_states(pod.spec, what) for what in _AMOUNTS):
        return
    for container in pod.containers():
        yield from unbounded(container.says, container.path)


def has_needless_token(pod: Mapping[str, Any], *, reads_by_account: bool) -> bool:
    """Whether a server of models asks for a token, or reads its files under the account which all pods share."""
    shared = text(at(pod, "serviceAccountName"), "serviceAccountName") in {"", "default"}
    token = at(pod, "automountServiceAccountToken")
    return flag(token, "automountServiceAccountToken", default=shared and reads_by_account)


def runs_as_itself(pod: Pod) -> Iterator[Offence]:
    """What gives a pod an identity it shares, or one in the cluster that it does not need."""
    account = text(at(pod.spec, "serviceAccountName"), "serviceAccountName")
    if account in {"", "default"}:
        yield Offence(
            path=pod.below("serviceAccountName"),
            problem="the pod runs as the namespace's default account",
            value=account or None,
        )
    token = at(pod.spec, "automountServiceAccountToken")
    if flag(token, "automountServiceAccountToken", default=True):
        yield Offence(
            path=pod.below("automountServiceAccountToken"),
            problem="the pod mounts a token for the cluster's API",
            value=token,
            expected="must be false",
        )
