"""The baseline Pod Security Standard, control by control.

Controls and allowed values: Kubernetes documentation, "Pod Security Standards", and the checks of
k8s.io/pod-security-admission v0.35.4, both read 2026-11-23. A control yields one text for each offence.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.pods.pod import Pod, name_of
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


def host_namespaces(pod: Pod) -> Iterator[str]:
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if flag(at(pod.spec, shared), shared):
            yield f"{shared} is on"


def host_paths(pod: Pod) -> Iterator[str]:
    for volume in sequence(at(pod.spec, "volumes"), "volumes"):
        if at(volume, "hostPath") is not None:
            yield f"mounts {at(volume, 'hostPath.path')} of the node"


def sysctls(pod: Pod) -> Iterator[str]:
    for entry in sequence(at(pod.spec, "securityContext.sysctls"), "securityContext.sysctls"):
        name = text(at(entry, "name"), "sysctls.name")
        if name not in _SYSCTLS:
            yield f"sets {name} of the kernel"


def host_process(pod: Pod) -> Iterator[str]:
    for who, context in _contexts(pod):
        if flag(at(context, "windowsOptions.hostProcess"), "windowsOptions.hostProcess"):
            yield f"{who}: runs as a process of the Windows host"


def selinux(pod: Pod) -> Iterator[str]:
    for who, context in _contexts(pod):
        options = mapping(at(context, "seLinuxOptions"), "seLinuxOptions")
        type_ = text(at(options, "type"), "seLinuxOptions.type")
        if type_ not in _SELINUX_TYPES:
            yield f"{who}: has the SELinux type {type_}"
        for field in ("user", "role"):
            value = text(at(options, field), f"seLinuxOptions.{field}")
            if value:
                yield f"{who}: has the SELinux {field} {value}"


def seccomp(pod: Pod) -> Iterator[str]:
    for who, context in _contexts(pod):
        if text(at(context, "seccompProfile.type"), "seccompProfile.type") == "Unconfined":
            yield f"{who}: seccomp is Unconfined"


def apparmor(pod: Pod) -> Iterator[str]:
    for who, context in _contexts(pod):
        if at(context, "appArmorProfile") is not None:
            type_ = text(at(context, "appArmorProfile.type"), "appArmorProfile.type")
            if type_ not in _PROFILES:
                yield f"{who}: AppArmor is {type_ or 'not named'}"
    for key, value in sorted(pod.annotations.items()):
        if key.startswith(_APPARMOR):
            profile = text(value, key)
            if profile not in {"", "runtime/default"} and not profile.startswith("localhost/"):
                yield f"{key.removeprefix(_APPARMOR)}: AppArmor is {profile}"


def proc_mounts(pod: Pod) -> Iterator[str]:
    """In a user namespace of its own the whole of /proc shows nothing of the node (since 1.35)."""
    if pod.has_own_users:
        return
    yield from unmasked_proc(pod)


def unmasked_proc(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        mount = text(at(container, "securityContext.procMount"), "procMount")
        if mount not in {"", "Default"}:
            yield f"{name_of(container)}: sees {mount} of /proc"


def privileged(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        if flag(at(container, "securityContext.privileged"), "privileged"):
            yield f"{name_of(container)}: privileged"


def capabilities(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        path = "securityContext.capabilities.add"
        more = {text(name, path) for name in sequence(at(container, path), path)} - CAPABILITIES
        if more:
            yield f"{name_of(container)}: adds {', '.join(sorted(more))}"


def host_ports(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        for port in sequence(at(container, "ports"), "ports"):
            taken = number(at(port, "hostPort"), "hostPort")
            if taken:
                yield f"{name_of(container)}: takes port {taken:g} of the node"


def host_probes(pod: Pod) -> Iterator[str]:
    """A probe or a hook with a host lets the kubelet call what the pod itself could not reach (since 1.34)."""
    for container in pod.containers():
        for probe in _PROBES:
            for way in ("httpGet", "tcpSocket"):
                host = text(at(container, f"{probe}.{way}.host"), f"{probe}.{way}.host")
                if host:
                    yield f"{name_of(container)}: {probe} calls {host} from the node"


def _contexts(pod: Pod) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Who has a security context, and which."""
    yield "pod", mapping(at(pod.spec, "securityContext"), "securityContext")
    for container in pod.containers():
        yield name_of(container), mapping(at(container, "securityContext"), "securityContext")


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
