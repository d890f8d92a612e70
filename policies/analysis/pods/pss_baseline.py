"""The baseline Pod Security Standard, control by control.

Controls and allowed values: Kubernetes documentation, "Pod Security Standards", and the checks of
k8s.io/pod-security-admission v0.35.4, both read 2026-11-23.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.pods.pod import Container, Pod
from policies.engine.rule import Offence
from policies.engine.values import at, flag, mapping, number, sequence, text

CAPABILITIES: Final = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_SYSCTLS: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        *(f"net.ipv4.{name}" for name in ("ip_local_port_range", "ip_unprivileged_port_start")),
        *(f"net.ipv4.{name}" for name in ("tcp_syncookies", "ping_group_range", "ip_local_reserved_ports")),
        *(f"net.ipv4.tcp_{name}" for name in ("keepalive_time", "fin_timeout", "keepalive_intvl")),
        *(f"net.ipv4.tcp_{name}" for name in ("keepalive_probes", "rmem", "wmem")),
    }
)
_SELINUX_TYPES: Final = frozenset(
    {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
)
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost"})
_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_PROBES: Final = (
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle.postStart",
    "lifecycle.preStop",
)


_HOST: Final = {
    "hostNetwork": "the pod shares the node's network",
    "hostPID": "the pod sees every process of the node",
    "hostIPC": "the pod shares the node's memory segments",
}


def host_namespaces(pod: Pod) -> Iterator[Offence]:
    for shared, problem in _HOST.items():
        if flag(at(pod.spec, shared), shared):
            yield Offence(path=pod.below(shared), problem=problem, value=True)


def host_paths(pod: Pod) -> Iterator[Offence]:
    for index, volume in enumerate(sequence(at(pod.spec, "volumes"), "volumes")):
        if at(volume, "hostPath") is not None:
            folder = at(volume, "hostPath.path")
            yield Offence(
                path=pod.below(f"volumes[{index}].hostPath"),
                problem=f"the pod mounts {folder} of the node",
                value=folder,
            )


def sysctls(pod: Pod) -> Iterator[Offence]:
    for index, entry in enumerate(
        sequence(at(pod.spec, "securityContext.sysctls"), "securityContext.sysctls")
    ):
        name = text(at(entry, "name"), "sysctls.name")
        if name not in _SYSCTLS:
            yield Offence(
                path=f"{pod.context_path}.sysctls[{index}].name",
                problem=f"the pod sets {name} of the kernel",
                value=name,
            )


def host_process(pod: Pod) -> Iterator[Offence]:
    for who, path, context in _contexts(pod):
        if flag(at(context, "windowsOptions.hostProcess"), "windowsOptions.hostProcess"):
            yield Offence(
                path=f"{path}.windowsOptions.hostProcess",
                problem=f"{who} runs as a process of the Windows host",
                value=True,
            )


def selinux(pod: Pod) -> Iterator[Offence]:
    for who, path, context in _contexts(pod):
        options = mapping(at(context, "seLinuxOptions"), "seLinuxOptions")
        type_ = text(at(options, "type"), "seLinuxOptions.type")
        if type_ not in _SELINUX_TYPES:
            yield _selinux(who, path, "type", type_)
        for field in ("user", "role"):
            value = text(at(options, field), f"seLinuxOptions.{field}")
            if value:
                yield _selinux(who, path, field, value)


def _selinux(who: str, path: str, field: str, value: str) -> Offence:
    return Offence(
        path=f"{path}.seLinuxOptions.{field}", problem=f"{who} has the SELinux {field} {value}", value=value
    )


def seccomp(pod: Pod) -> Iterator[Offence]:
    for who, path, context in _contexts(pod):
        if text(at(context, "seccompProfile.type"), "seccompProfile.type") == "Unconfined":
            yield Offence(
                path=f"{path}.seccompProfile.type",
                problem=f"{who} may make every call to the kernel (Unconfined)",
                value="Unconfined",
                expected="RuntimeDefault or Localhost",
            )


def apparmor(pod: Pod) -> Iterator[Offence]:
    for who, path, context in _contexts(pod):
        if at(context, "appArmorProfile") is not None:
            type_ = text(at(context, "appArmorProfile.type"), "appArmorProfile.type")
            if type_ not in _PROFILES:
                yield _apparmor(f"{path}.appArmorProfile.type", who, type_)
    for key, value in sorted(pod.annotations.items()):
        if key.startswith(_APPARMOR):
            profile = text(value, key)
            if profile not in {"", "runtime/default"} and not profile.startswith("localhost/"):
                who = f"container {key.removeprefix(_APPARMOR)}"
                yield _apparmor(f"{pod.notes_path}[{key}]", who, profile)


def _apparmor(path: str, who: str, profile: str) -> Offence:
    return Offence(
        path=path, problem=f"AppArmor of {who} is {profile or 'not named'}", value=profile or None,
        expected="RuntimeDefault or Localhost",
    )  # fmt: skip


def proc_mounts(pod: Pod) -> Iterator[Offence]:
    """In a user namespace of its own the whole of /proc shows nothing of the node (since 1.35)."""
    if pod.has_own_users:
        return
    yield from unmasked_proc(pod)


def unmasked_proc(pod: Pod) -> Iterator[Offence]:
    for container in pod.containers():
        mount = text(at(container.says, "securityContext.procMount"), "procMount")
        if mount not in {"", "Default"}:
            yield Offence(
                path=f"{container.context}.procMount",
                problem=f"container {container.name} sees {mount} of /proc",
                value=mount,
                expected="Default",
            )


def privileged(pod: Pod) -> Iterator[Offence]:
    for container in pod.containers():
        if flag(at(container.says, "securityContext.privileged"), "privileged"):
            yield Offence(
                path=f"{container.context}.privileged",
                problem=f"container {container.name} has every right on the node",
                value=True,
            )


def capabilities(pod: Pod) -> Iterator[Offence]:
    for container in pod.containers():
        yield from added(container, lambda names: names - CAPABILITIES)


def added(container: Container, refused: Callable[[set[str]], set[str]]) -> Iterator[Offence]:
    """The capabilities a container adds of those that are refused, in one finding."""
    path = "securityContext.capabilities.add"
    more = refused({text(name, path) for name in sequence(at(container.says, path), path)})
    if more:
        yield Offence(
            path=f"{container.context}.capabilities.add",
            problem=f"container {container.name} adds {', '.join(sorted(more))}",
            value=sorted(more),
        )


def host_ports(pod: Pod) -> Iterator[Offence]:
    for container in pod.containers():
        for index, port in enumerate(sequence(at(container.says, "ports"), "ports")):
            taken = number(at(port, "hostPort"), "hostPort")
            if taken:
                yield Offence(
                    path=f"{container.path}.ports[{index}].hostPort",
                    problem=f"container {container.name} takes port {taken:g} of the node",
                    value=taken,
                )


def host_probes(pod: Pod) -> Iterator[Offence]:
    """A probe or a hook with a host lets the kubelet call what the pod itself could not reach (since 1.34)."""
    for container in pod.containers():
        for probe in _PROBES:
            for way in ("httpGet", "tcpSocket"):
                host = text(at(container.says, f"{probe}.{way}.host"), f"{probe}.{way}.host")
                if host:
                    yield Offence(
                        path=f"{container.path}.{probe}.{way}.host",
                        problem=f"container {container.name} has {host} called from the node",
                        value=host,
                    )


def _contexts(pod: Pod) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """Who has a security context, where it stands, and which."""
    yield "the pod", pod.context_path, mapping(at(pod.spec, "securityContext"), "securityContext")
    for container in pod.containers():
        context = mapping(at(container.says, "securityContext"), "securityContext")
        yield f"container {container.name}", container.context, context


CONTROLS: Final = (
    host_namespaces,
    host_paths,
    host_ports,
    host_probes,
    host_process,
    privileged,
    capabilities,
    proc_mounts,
    seccomp,
    apparmor,
    selinux,
    sysctls,
)
