"""What the documentation leaves to people after an ``up``: the Secrets that pods wait for, which no stack holds."""

import time
from collections.abc import Mapping
from typing import Any, Final

from gate.core.errors import GateError
from tools.conformance.client import Api
from tools.rehearsal.cluster.mounts import missing
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Steps

_SECONDS: Final = 120
_PODS: Final = "/api/v1/pods"


def play(stage: Stage, steps: Steps, act: str) -> None:
    """Make each Secret that a pod lacks; its pods start.

    Raises:
        StepFailedError: a pod lacks something else, or does not start.
    """
    if stage.cluster is None:
        raise GateError("pods wait for Secrets in a real cluster alone")
    api = stage.cluster.plane.api
    with steps.step(
        act, "people make the Secrets that no stack holds, and what waited for them starts"
    ) as step:
        made: set[str] = set()
        until = time.monotonic() + _SECONDS
        while waiting := [one for one in api.get(_PODS)["items"] if one["status"].get("phase") == "Pending"]:
            made |= {name for pod in waiting for name in _made(api, pod)}
            if time.monotonic() > until:
                step.problems += [f"Pod {_name(pod)}: waits for {_lacks(api, pod)}" for pod in waiting]
                break
            time.sleep(1)
        step.said = ", ".join(sorted(made)) or "none"


def _made(api: Api, pod: Mapping[str, Any]) -> list[str]:
    namespace, names = pod["metadata"]["namespace"], []
    for lacks in _lacks(api, pod):
        kind, _, rest = lacks.partition(" ")
        name = rest.partition(" ")[0].strip('"')
        if kind == "secret":
            body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}}
            api.send("POST", f"/api/v1/namespaces/{namespace}/secrets", body)
            names.append(f"{namespace}/{name}")
    return names


def _lacks(api: Api, pod: Mapping[str, Any]) -> list[str]:
    def has(kind: str, namespace: str, name: str) -> bool:
        plural = {"ConfigMap": "configmaps", "Secret": "secrets"}[kind]
        return bool(api.get(f"/api/v1/namespaces/{namespace}/{plural}/{name}"))

    return missing(pod, has)


def _name(pod: Mapping[str, Any]) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
