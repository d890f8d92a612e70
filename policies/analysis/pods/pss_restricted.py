"""The restricted Pod Security Standard: the baseline, and what a pod must give up by its own word.

Sources as for ``pss_baseline``. Windows has no capabilities, no seccomp and no way to gain privileges
by a file's mode; a pod that says it runs there (``os.name``) is not asked for them (since 1.25).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.pods import pss_baseline as baseline
from policies.analysis.pods.pod import Container, Pod
from policies.engine.collect_errors import every
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, flag, mapping, number, sequence, text

_VOLUMES: Final = frozenset(
    {
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"),
        *("persistentVolumeClaim", "projected", "secret"),
        *("name", "hostPath"),  # no kind, and one that the baseline refuses
    }
)
_PROFILES: Final = frozenset({"RuntimeDefault", "Localhost", "Unconfined"})
"""What a pod may say of seccomp here; Unconfined is refused by the baseline."""
_CAPABILITIES: Final = frozenset({"NET_BIND_SERVICE"})
"""All that may be added."""


FIX: Final = (
    "Write the restricted Pod Security Standard (PSS; its admission is PSA): runAsNonRoot, no runAsUser 0, "
    "allowPrivilegeEscalation false, capabilities.drop [ALL], seccompProfile RuntimeDefault; no privileged, "
    "hostNetwork, hostPID, hostIPC, hostPort, hostPath, hostProcess, host of a probe, procMount, sysctls, "
    "seLinuxOptions or appArmorProfile past the baseline."
)
"""What the standard asks, by the names of its fields; the ids of its checks are those of ``CONTROLS``."""
_ESCALATION: Final = "securityContext.allowPrivilegeEscalation"
_DROPPED: Final = "securityContext.capabilities.drop"
_NON_ROOT: Final = "securityContext.runAsNonRoot"
_SECCOMP: Final = "securityContext.seccompProfile"
_USER: Final = "securityContext.runAsUser"


def volumes(pod: Pod) -> Iterator[Offence]:
    for index, raw in enumerate(sequence(at(pod.spec, "volumes"), "volumes")):
        volume = mapping(raw, "volumes")
        kinds = {kind for kind, value in volume.items() if value is not None}
        for kind in sorted(kinds - _VOLUMES, key=str):
            name = text(at(volume, "name"), "volumes.name")
            yield Offence(
                path=pod.below(f"volumes[{index}].{kind}"),
                problem=f"the volume {name} is of a kind that reaches past the pod",
            )


def unsaid(pod: Pod) -> Iterator[Offence]:
    """What a container must give up by its own word and does not: one finding, whatever it leaves out."""
    return every(partial(_unsaid, pod, container) for container in pod.containers())


def _unsaid(pod: Pod, container: Container) -> Iterator[Offence]:
    asked = (_no_escalation, _nothing_dropped, _no_user, _no_seccomp)
    missing, unread = [], None
    try:
        for word in every(partial(question, pod, container.says) for question in asked):
            missing.append(word)  # noqa: PERF402 what was said before the unread one is kept
    except UndecidedError as error:
        unread = error
    if missing:
        yield Offence(
            path=container.context,
            problem=f"container {container.name} does not say {', '.join(missing)}",
            value=at(container.says, "securityContext"),
        )
    if unread is not None:
        raise unread


def _no_escalation(pod: Pod, container: Mapping[str, Any]) -> Iterator[str]:
    if not pod.is_windows and at(container, _ESCALATION) is None:
        yield "allowPrivilegeEscalation: false"


def _nothing_dropped(pod: Pod, container: Mapping[str, Any]) -> Iterator[str]:
    if not pod.is_windows and not sequence(at(container, _DROPPED), _DROPPED):
        yield "capabilities.drop: [ALL]"


def _no_user(pod: Pod, container: Mapping[str, Any]) -> Iterator[str]:
    if not pod.has_own_users and at(pod.spec, _NON_ROOT) is None and at(container, _NON_ROOT) is None:
        yield "runAsNonRoot: true"


def _no_seccomp(pod: Pod, container: Mapping[str, Any]) -> Iterator[str]:
    if not pod.is_windows and at(pod.spec, _SECCOMP) is None and at(container, _SECCOMP) is None:
        yield "seccompProfile.type: RuntimeDefault"


def escalation(pod: Pod) -> Iterator[Offence]:
    if pod.is_windows:
        return
    for container in pod.containers():
        if flag(at(container.says, _ESCALATION), _ESCALATION):
            yield Offence(
                path=f"{container.context}.allowPrivilegeEscalation",
                problem=f"container {container.name} may gain privileges",
                value=True,
                expected="must be false",
            )


def capabilities(pod: Pod) -> Iterator[Offence]:
    """In place of the baseline's: what is added is one finding."""
    if pod.is_windows:
        yield from baseline.capabilities(pod)
        return
    for container in pod.containers():
        dropped = sequence(at(container.says, _DROPPED), _DROPPED)
        if dropped and "ALL" not in dropped:
            yield Offence(
                path=f"{container.context}.capabilities.drop",
                problem=f"container {container.name} keeps capabilities",
                value=list(dropped),
                expected="[ALL]",
            )
        yield from baseline.added(container, lambda names: names - _CAPABILITIES)


def unprivileged(pod: Pod) -> Iterator[Offence]:
    """Root in a user namespace of its own is nobody on the node (since 1.35)."""
    if pod.has_own_users:
        return
    shared = at(pod.spec, _NON_ROOT)
    if shared is not None and not flag(shared, _NON_ROOT):
        yield _may_be_root(pod.context_path, "the pod")
    yield from _own_root(pod)


def _own_root(pod: Pod) -> Iterator[Offence]:
    for container in pod.containers():
        if not flag(at(container.says, _NON_ROOT), _NON_ROOT, default=True):
            yield _may_be_root(container.context, f"container {container.name}")


def _may_be_root(path: str, who: str) -> Offence:
    return Offence(
        path=f"{path}.runAsNonRoot", problem=f"{who} may run as root", value=False, expected="must be true"
    )


def root(pod: Pod) -> Iterator[Offence]:
    if pod.has_own_users:
        return
    if number(at(pod.spec, _USER), _USER) == 0:
        yield Offence(path=f"{pod.context_path}.runAsUser", problem="the pod runs as user 0", value=0)
    for container in pod.containers():
        if number(at(container.says, _USER), _USER) == 0:
            yield Offence(
                path=f"{container.context}.runAsUser",
                problem=f"container {container.name} runs as user 0",
                value=0,
            )


def seccomp(pod: Pod) -> Iterator[Offence]:
    if pod.is_windows:
        return
    said = [("the pod", pod.context_path, at(pod.spec, _SECCOMP))]
    said += [(f"container {c.name}", c.context, at(c.says, _SECCOMP)) for c in pod.containers()]
    for who, path, profile in said:
        if profile is None:
            continue
        type_ = text(at(profile, "type"), _SECCOMP)
        if type_ not in _PROFILES:
            yield Offence(
                path=f"{path}.seccompProfile.type",
                problem=f"seccomp of {who} is {type_ or 'not named'}",
                value=type_ or None,
                expected="RuntimeDefault or Localhost",
            )


def masked_proc(pod: Pod) -> Iterator[Offence]:
    """The baseline lets a pod with users of its own see the whole of /proc."""
    if pod.has_own_users:
        yield from baseline.unmasked_proc(pod)


CONTROLS: Final = (volumes, unsaid, escalation, capabilities, unprivileged, root, seccomp, masked_proc)
"""What the restricted standard asks beyond the baseline: no offence is told twice."""
_BELOW: Final = tuple(control for control in baseline.CONTROLS if control is not baseline.capabilities)


def offences(pod: Pod) -> Iterator[Offence]:
    """What keeps a pod from the restricted standard; what one control cannot read hides no other.

    Raises:
        UndecidedError: a value that a control needs is unknown or unreadable; raised after all answers.
    """
    return every(partial(control, pod) for control in (*_BELOW, *CONTROLS))


def told(pod: Pod) -> Iterator[Offence]:
    """What a part of a pod says against the standard; what it leaves to others is not asked of it.

    Raises:
        UndecidedError: as :func:`offences`.
    """
    return every(partial(control, pod) for control in (*baseline.CONTROLS, root, _own_root, escalation))
