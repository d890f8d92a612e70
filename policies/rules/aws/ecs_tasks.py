"""What must hold for containers that ECS and Batch run: confined, and with files that are mounted encrypted."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import places_at, values_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, text, unfolded

TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
JOB: Final = "aws:batch/jobDefinition:JobDefinition"
_ROOT: Final = frozenset({"root", "0"})
_HOST_MODES: Final = ("networkMode", "pidMode", "ipcMode")
_DANGEROUS: Final = frozenset(
    {"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"}
)  # fmt: skip
"""Capabilities that lead out of a container (capabilities(7); NET_ADMIN rewrites the network of its host)."""
_HOST_PATHS: Final = (
    "/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/var/lib/docker", "/var/run",
)  # fmt: skip
"""Folders of a host whose files give its control away."""


def containers(resource: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The containers of a task or a job, in text or as data, each with where it stands."""
    path = "containerDefinitions.*" if resource.type == TASK else "containerProperties"
    for place, value in places_at(resource.inputs, path):
        if value is not None:
            yield place, mapping(unfolded(value, path), path)


def _unconfined(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    for path in _HOST_MODES:
        if text(at(resource.inputs, path), path) == "host":
            yield Offence(path=path, problem="the task shares what belongs to the machine", value="host")
    for place, one in containers(resource):
        yield from _of_container(one, place)
    for place, holder in (("", resource.inputs), *(containers(resource) if resource.type == JOB else ())):
        yield from _of_volumes(holder, place)


def _of_container(one: Mapping[str, Any], place: str) -> Iterator[Offence]:
    name = text(at(one, "name"), "name")
    who = f"container {name}" if name else "the container"
    if flag(at(one, "privileged"), "privileged"):
        yield Offence(path=f"{place}.privileged", problem=f"{who} owns the machine", value=one["privileged"])
    user = text(at(one, "user"), "user")
    if user.partition(":")[0] in _ROOT:
        yield Offence(path=f"{place}.user", problem=f"{who} runs as root", value=user)
    read_only = at(one, "readonlyRootFilesystem")
    if not flag(read_only, "readonlyRootFilesystem", default=True):
        yield Offence(
            path=f"{place}.readonlyRootFilesystem", problem=f"is turned off for {who}", value=read_only
        )
    for where, value in places_at(one, "linuxParameters.capabilities.add.*"):
        capability = text(value, "add")
        if capability in _DANGEROUS:
            yield Offence(
                path=f"{place}.{where}", problem=f"{capability} leads out of {who}", value=capability
            )


def _of_volumes(holder: Mapping[str, Any], place: str) -> Iterator[Offence]:
    for found, volume in places_at(holder, "volumes.*"):
        where = f"{place}.{found}" if place else found
        name = "hostPath" if at(volume, "hostPath") else "host.sourcePath"
        path = text(at(volume, name), "hostPath")
        if path and (not path.strip("/") or f"{path}/".startswith(tuple(f"{p}/" for p in _HOST_PATHS))):
            yield Offence(path=f"{where}.{name}", problem=f"mounts {path} of the machine", value=path)
        shared = next(iter(values_at(volume, "efsVolumeConfiguration")), None)
        if shared is not None and at(shared, "transitEncryption") != "ENABLED":
            yield Offence(
                path=f"{where}.efsVolumeConfiguration.transitEncryption",
                problem="files are mounted unencrypted",
                value=at(shared, "transitEncryption"),
                expected="ENABLED",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="tasks-are-confined",
        severity="high",
        applies_to=(TASK, JOB),
        why="Whoever takes over such a container has the machine, and every other task on it.",
        fix="Drop privileges, host modes and folders of the host; name a user; mount EFS with transit encryption.",
        check=_unconfined,
    ),
)
