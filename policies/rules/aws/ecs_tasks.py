"""What must hold for containers that ECS and Batch run: confined, and with files that are mounted encrypted."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import values_at
from policies.engine.rule import Rule
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


def containers(resource: Resource) -> Iterator[Mapping[str, Any]]:
    """The containers of a task or a job, in text or as data."""
    path = "containerDefinitions.*" if resource.type == TASK else "containerProperties"
    for value in values_at(resource.inputs, path):
        if value is not None:
            yield mapping(unfolded(value, path), path)


def _unconfined(resource: Resource, _graph: Graph) -> Iterable[str]:
    for path in _HOST_MODES:
        if text(at(resource.inputs, path), path) == "host":
            yield f"{path} is host: it shares what belongs to the machine"
    for one in containers(resource):
        yield from (f"{_name(one)}: {said}" for said in _of_container(one))
    for place in (resource.inputs, *(containers(resource) if resource.type == JOB else ())):
        yield from _of_volumes(place)


def _name(container: Mapping[str, Any]) -> str:
    return text(at(container, "name"), "name") or "container"


def _of_container(one: Mapping[str, Any]) -> Iterator[str]:
    if flag(at(one, "privileged"), "privileged"):
        yield "privileged: it owns the machine"
    if text(at(one, "user"), "user").partition(":")[0] in _ROOT:
        yield "user is root"
    if not flag(at(one, "readonlyRootFilesystem"), "readonlyRootFilesystem", default=True):
        yield "readonlyRootFilesystem is turned off"
    added = {text(c, "add") for c in values_at(one, "linuxParameters.capabilities.add.*")}
    yield from (f"capability {name} leads out of the container" for name in sorted(added & _DANGEROUS))


def _of_volumes(holder: Mapping[str, Any]) -> Iterator[str]:
    for volume in values_at(holder, "volumes.*"):
        path = text(at(volume, "hostPath") or at(volume, "host.sourcePath"), "hostPath")
        if path and (not path.strip("/") or f"{path}/".startswith(tuple(f"{p}/" for p in _HOST_PATHS))):
            yield f"mounts {path} of the machine"
        shared = next(iter(values_at(volume, "efsVolumeConfiguration")), None)
        if shared is not None and at(shared, "transitEncryption") != "ENABLED":
            yield "mounts files unencrypted: efsVolumeConfiguration.transitEncryption is not ENABLED"


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
