"""What a kubelet says of a pod. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

Object = Mapping[str, Any]
_SINCE: Final = "2026-01-01T00:00:00Z"
"""A status that changes only when something happened is written only then."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a container is."""

    running: bool = False
    started: bool = False
    ready: bool = False
    done: bool = False
    restarts: int = 0
    code: int = 0

    def now(self, **changed: Any) -> "Seen":
        return replace(self, **changed)


def status_of(
    pod: Object, address: str, runs: Sequence[tuple[Object, Seen, bool]], message: str = ""
) -> dict[str, Any]:
    """A pod's status, from how its containers are; ``message`` says what it waits for."""
    inits = [(container, seen) for container, seen, is_init in runs if is_init]
    mains = [(container, seen) for container, seen, is_init in runs if not is_init]
    is_initialized = all(seen.done or (seen.ready and _stays(container)) for container, seen in inits)
    all_run = is_initialized and all(seen.running or seen.done or seen.restarts for _, seen in mains)
    is_ready = all_run and all(seen.ready for _, seen in mains) and all(
        seen.ready for container, seen in inits if _stays(container)
    )  # fmt: skip
    true = {
        "PodScheduled": True,
        "PodReadyToStartContainers": not message,
        "Initialized": is_initialized,
        "ContainersReady": is_ready,
        "Ready": is_ready,
    }
    return {
        "phase": _phase(mains, is_initialized=is_initialized),
        "startTime": _SINCE,
        "hostIP": "10.244.0.1",
        "hostIPs": [{"ip": "10.244.0.1"}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [
            {
                "type": type_,
                "status": "True" if holds else "False",
                "lastTransitionTime": _SINCE,
                **({"reason": "ContainersNotReady", "message": message} if message and not holds else {}),
            }
            for type_, holds in true.items()
        ],
        "initContainerStatuses": [_container(pod, container, seen) for container, seen in inits],
        "containerStatuses": [_container(pod, container, seen) for container, seen in mains],
    }


def _stays(container: Object) -> bool:
    return bool(container.get("restartPolicy") == "Always")


def _phase(mains: Sequence[tuple[Object, Seen]], *, is_initialized: bool) -> str:
    if is_initialized and mains and all(seen.done for _, seen in mains):
        return "Succeeded" if all(seen.code == 0 for _, seen in mains) else "Failed"
    started = is_initialized and all(seen.running or seen.restarts for _, seen in mains)
    return "Running" if started else "Pending"


def _container(pod: Object, container: Object, seen: Seen) -> dict[str, Any]:
    if seen.done:
        reason = "Completed" if seen.code == 0 else "Error"
        state = {
            "terminated": {"exitCode": seen.code, "reason": reason, "startedAt": _SINCE, "finishedAt": _SINCE}
        }
    elif seen.running:
        state = {"running": {"startedAt": _SINCE}}
    else:
        state = {"waiting": {"reason": "CrashLoopBackOff" if seen.restarts else "PodInitializing"}}
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": container["image"],
        "containerID": f"rehearsal://{pod['metadata']['uid']}/{container['name']}",
        "ready": seen.ready,
        "started": seen.started,
        "restartCount": seen.restarts,
        "state": state,
    }
