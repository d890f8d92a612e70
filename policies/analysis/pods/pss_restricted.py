"""The restricted Pod Security Standard: the baseline, and what a pod must give up by its own word.

Sources as for ``pss_baseline``. Windows has no capabilities, no seccomp and no way to gain privileges
by a file's mode; a pod that says it runs there (``os.name``) is not asked for them (since 1.25).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.pods import pss_baseline as baseline
from policies.analysis.pods.pod import Pod, name_of
from policies.engine.collect_errors import every
from policies.engine.values import at, flag, mapping, number, sequence, text

_VOLUMES: Final = frozenset(
    {
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
        *("persistentVolumeClaim", "projected", "secret"),
        *("name", "hostPath"),  # no kind, and one that the baseline refuses
    }
)
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost", "Unconfined"})
"""What a pod may say of seccomp here; Unconfined is refused by the baseline."""
_CAPABILITIES: Final = baseline.CAPABILITIES - {"NET_BIND_SERVICE"}


def volumes(pod: Pod) -> Iterator[str]:
    for raw in sequence(at(pod.spec, "volumes"), "volumes"):
        volume = mapping(raw, "volumes")
        kinds = {kind for kind, value in volume.items() if value is not None}
        for kind in sorted(kinds - _VOLUMES, key=str):
            yield f"{text(at(volume, 'name'), 'volumes.name')}: a volume of kind {kind}"


def escalation(pod: Pod) -> Iterator[str]:
    if pod.is_windows:
        return
    for container in pod.containers():
        path = "securityContext.allowPrivilegeEscalation"
        if flag(at(container, path), path, default=True):
            yield f"{name_of(container)}: may gain privileges (allowPrivilegeEscalation is not false)"


def capabilities(pod: Pod) -> Iterator[str]:
    if pod.is_windows:
        return
    for container in pod.containers():
        path = "securityContext.capabilities.drop"
        if "ALL" not in sequence(at(container, path), path):
            yield f"{name_of(container)}: keeps capabilities"
        path = "securityContext.capabilities.add"
        more = {text(name, path) for name in sequence(at(container, path), path)} & _CAPABILITIES
        if more:
            yield f"{name_of(container)}: adds {', '.join(sorted(more))}"


def unprivileged(pod: Pod) -> Iterator[str]:
    """Root in a user namespace of its own is nobody on the node (since 1.35)."""
    if pod.has_own_users:
        return
    path = "securityContext.runAsNonRoot"
    shared = at(pod.spec, path)
    if shared is not None and not flag(shared, path):
        yield "pod: may run as root"
    for container in pod.containers():
        own = at(container, path)
        if not flag(shared if own is None else own, path) and (own is not None or shared is None):
            yield f"{name_of(container)}: may run as root"


def root(pod: Pod) -> Iterator[str]:
    if pod.has_own_users:
        return
    path = "securityContext.runAsUser"
    if number(at(pod.spec, path), path) == 0:
        yield "pod: runs as user 0"
    for container in pod.containers():
        if number(at(container, path), path) == 0:
            yield f"{name_of(container)}: runs as user 0"


def seccomp(pod: Pod) -> Iterator[str]:
    if pod.is_windows:
        return
    path = "securityContext.seccompProfile"
    shared = at(pod.spec, path)
    if shared is not None and text(at(shared, "type"), path) not in _PROFILES:
        yield f"pod: seccomp is {text(at(shared, 'type'), path) or 'not named'}"
    for container in pod.containers():
        own = at(container, path)
        if own is None and shared is None:
            yield f"{name_of(container)}: no seccomp profile"
        elif own is not None and text(at(own, "type"), path) not in _PROFILES:
            yield f"{name_of(container)}: seccomp is {text(at(own, 'type'), path) or 'not named'}"


def masked_proc(pod: Pod) -> Iterator[str]:
    """The baseline lets a pod with users of its own see the whole of /proc."""
    if pod.has_own_users:
        yield from baseline.unmasked_proc(pod)


CONTROLS: Final = (volumes, escalation, capabilities, unprivileged, root, seccomp, masked_proc)
"""What the restricted standard asks beyond the baseline: no offence is told twice."""


def offences(pod: Pod) -> Iterator[str]:
    """What keeps a pod from the restricted standard; what one control cannot read hides no other.

    Raises:
        UndecidedError: a value that a control needs is unknown or unreadable; raised after all answers.
    """
    return every(partial(control, pod) for control in (*baseline.CONTROLS, *CONTROLS))


def _told_escalation(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        path = "securityContext.allowPrivilegeEscalation"
        if flag(at(container, path), path):
            yield f"{name_of(container)}: may gain privileges (allowPrivilegeEscalation is true)"


def _told_root(pod: Pod) -> Iterator[str]:
    for container in pod.containers():
        path = "securityContext.runAsNonRoot"
        if not flag(at(container, path), path, default=True):
            yield f"{name_of(container)}: may run as root"


def told(pod: Pod) -> Iterator[str]:
    """What a part of a pod says against the standard; what it leaves to others is not asked of it.

    Raises:
        UndecidedError: as :func:`offences`.
    """
    return every(
        partial(control, pod) for control in (*baseline.CONTROLS, root, _told_root, _told_escalation)
    )


def restricted(spec: Mapping[str, Any]) -> Iterator[str]:
    """:func:`offences` of a pod of which only the spec is at hand."""
    return offences(Pod(spec))
