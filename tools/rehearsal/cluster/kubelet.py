"""Stands in for kubelets: registers nodes, makes scheduled pods Ready, and runs the controllers it has programs for.

Nothing of an image is run besides those: a pod is Ready as soon as it is placed, its init containers done.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.cluster.mounts import missing
from tools.rehearsal.cluster.workloads import Workloads

_SECONDS: Final = 0.25
Nodes = Callable[[], Iterable[Mapping[str, Any]]]


class Registrar:
    """Makes the nodes that there should be; each once."""

    def __init__(self, api: Api, nodes: Nodes) -> None:
        self._api, self._nodes = api, nodes
        self._known: set[str] = set()

    def register(self) -> None:
        for node in self._nodes():
            name = node["metadata"]["name"]
            if name in self._known:
                continue
            status, _ = self._api.send(
                "POST", "/api/v1/nodes", {k: v for k, v in node.items() if k != "status"}
            )
            if status in {201, 409}:
                path = f"/api/v1/nodes/{name}"
                self._api.send(
                    "PATCH",
                    f"{path}/status",
                    {"status": node["status"]},
                    "application/strategic-merge-patch+json",
                )
                # The server taints a new node as not ready; who would take that away watches heartbeats.
                own = {"spec": {"taints": node["spec"]["taints"]}}
                self._api.send("PATCH", path, own, "application/merge-patch+json")
                self._known.add(name)


class Kubelet:
    """Works from its making until ``close``. ``ready`` says when each pod became Ready, on the monotonic clock."""

    def __init__(self, api: Api, nodes: Nodes, workloads: Workloads) -> None:
        self._api, self._workloads = api, workloads
        self._registrar = Registrar(api, nodes)
        self.ready: dict[str, float] = {}
        self._addresses: dict[str, str] = {}
        self._numbers = count(2)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._workloads.close()

    def _work(self) -> None:
        while not self._over.wait(_SECONDS):
            try:
                self._registrar.register()
                for pod in self._api.get("/api/v1/pods").get("items", ()):
                    self._keep(pod)
            except ConformanceError:  # the API server is being restarted, or is going
                continue

    def _keep(self, pod: Mapping[str, Any]) -> None:
        meta, status = pod["metadata"], pod.get("status", {})
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        if meta.get("deletionTimestamp"):
            self._workloads.end(pod)
            self._api.send("DELETE", f"{path}?gracePeriodSeconds=0")
        elif pod["spec"].get("nodeName") and status.get("phase", "Pending") == "Pending":
            address = self._addresses.setdefault(meta["uid"], _address(next(self._numbers)))
            if lacks := missing(pod, self._has):
                self._wait_for(path, pod, lacks)
            elif self._workloads.is_ready(pod):
                self._patch(path, status_of(pod, address, now()))
                self.ready[f"{meta['namespace']}/{meta['name']}"] = time.monotonic()

    def _has(self, kind: str, namespace: str, name: str) -> bool:
        plural = {"ConfigMap": "configmaps", "Secret": "secrets"}[kind]
        return bool(self._api.get(f"/api/v1/namespaces/{namespace}/{plural}/{name}"))

    def _wait_for(self, path: str, pod: Mapping[str, Any], lacks: list[str]) -> None:
        message = f"MountVolume.SetUp failed: {', '.join(lacks)}"
        conditions = pod.get("status", {}).get("conditions", ())
        if all(one.get("message") != message for one in conditions):
            said = {"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": message}
            self._patch(path, {"conditions": [said]})

    def _patch(self, path: str, status: Mapping[str, Any]) -> None:
        self._api.send(
            "PATCH", f"{path}/status", {"status": status}, "application/strategic-merge-patch+json"
        )


def status_of(pod: Mapping[str, Any], address: str, now: str) -> dict[str, Any]:
    """A pod's status once it is Ready; once it is done, where it is one that ends."""
    ends = pod["spec"].get("restartPolicy") == "Never" or any(
        owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences", ())
    )
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}}
    running = {"running": {"startedAt": now}}

    def said(container: Mapping[str, Any], *, is_over: bool) -> dict[str, Any]:
        return {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"],
            "containerID": f"rehearsal://{pod['metadata']['uid']}/{container['name']}",
            "ready": not is_over,
            "started": not is_over,
            "restartCount": 0,
            "state": done if is_over else running,
        }

    inits = pod["spec"].get("initContainers", ())
    true = {"PodReadyToStartContainers", "Initialized", "PodScheduled"} | (
        set() if ends else {"ContainersReady", "Ready"}
    )
    return {
        "phase": "Succeeded" if ends else "Running",
        "startTime": now,
        "hostIP": "10.0.0.1",
        "hostIPs": [{"ip": "10.0.0.1"}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [
            {"type": type_, "status": "True", "lastTransitionTime": now} for type_ in sorted(true)
        ],
        # A native sidecar keeps running; any other init container is done, and counts as ready.
        "initContainerStatuses": [
            {**said(one, is_over=one.get("restartPolicy") != "Always"), "ready": True} for one in inits
        ],
        "containerStatuses": [said(one, is_over=ends) for one in pod["spec"]["containers"]],
    }


def _address(number: int) -> str:
    return f"10.244.{number // 250}.{number % 250 + 1}"


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
