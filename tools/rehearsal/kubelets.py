"""What stands in for everything that runs outside the control plane: kubelets, a load balancer, KServe's controllers.

It writes what they would write once all is well, and nothing else: no container starts. Nodes come from the node groups
of the simulated account, with what their instance type leaves for pods.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from facts.node_capacity import node_capacity
from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.account.records import NODE_GROUP, SUBNET

PLAYED: Final = (
    "kubelets: a pod that is bound to a node is said to run and to be ready at once; a Job's pod, to have succeeded",
    "the load balancer controller: a Service of type LoadBalancer gets an address",
    "KServe's controllers: what the program waits for of an InferenceService or LLMInferenceService is written",
    "managed node groups: nodes join with their labels and taints, and the size of their instance type",
)
_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}
_WAITED: Final[Mapping[str, Mapping[str, Any]]] = {
    "/apis/serving.kserve.io/v1beta1/inferenceservices": {"components": {"predictor": {}}},
    "/apis/serving.kserve.io/v1alpha2/llminferenceservices": {
        "conditions": [{"type": "WorkloadsReady", "status": "True"}]
    },
}
_PAUSE_SECONDS: Final = 0.3
_READY: Final = ("PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready")


class Kubelets(threading.Thread):
    """Runs until ``stop``; ``problems`` holds what the API server said against it, each once."""

    def __init__(self, api: Api, account: Path) -> None:
        super().__init__(daemon=True, name="kubelets")
        self._api, self._account = api, account / "account.json"
        self._ended = threading.Event()
        self._nodes: set[str] = set()
        self.problems: dict[str, None] = {}

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            try:
                self._once()
            except (ConformanceError, OSError, ValueError) as error:
                self.problems[str(error)] = None

    def _once(self) -> None:
        wanted = (
            dict(nodes(json.loads(self._account.read_text(encoding="utf-8"))))
            if self._account.exists()
            else {}
        )
        for name, node in wanted.items():
            if name not in self._nodes:
                self._join(name, node)
        for name in self._nodes - wanted.keys():
            self._api.remove(f"/api/v1/nodes/{name}")
        self._nodes = set(wanted)
        for pod in self._api.items("/api/v1/pods"):
            self._pod(pod)
        for service in self._api.items("/api/v1/services"):
            if service["spec"].get("type") == "LoadBalancer" and not service["status"]["loadBalancer"]:
                address = {"loadBalancer": {"ingress": [{"hostname": "load-balancer.example.com"}]}}
                self._say(_path("services", service), address)
        for path, status in _WAITED.items():
            for one in self._api.items(path):
                if not one.get("status"):
                    plural = path.rpartition("/")[2]
                    place = f"{path.rpartition('/')[0]}/namespaces/{one['metadata']['namespace']}/{plural}"
                    self._say(f"{place}/{one['metadata']['name']}", _dated(status))

    def _join(self, name: str, node: Mapping[str, Any]) -> None:
        self._api.apply(node["object"])
        # Admission taints a new node until the node lifecycle controller, which does not run, has seen it ready.
        self._api.merge(f"/api/v1/nodes/{name}", {"spec": {"taints": node["taints"]}})
        self._say(f"/api/v1/nodes/{name}", node["status"])

    def _pod(self, pod: Mapping[str, Any]) -> None:
        meta, place = pod["metadata"], _path("pods", pod)
        if "deletionTimestamp" in meta:
            self._api.remove(f"{place}?gracePeriodSeconds=0")
        elif pod["spec"].get("nodeName") and pod["status"].get("phase", "Pending") == "Pending":
            self._say(place, _running(pod))

    def _say(self, place: str, status: Mapping[str, Any]) -> None:
        refused = self._api.merge(f"{place}/status", {"status": status})
        if refused and "not found" not in refused:
            self.problems[f"{place}: {refused}"] = None


def nodes(account: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The nodes of every node group: the object, its taints, its status."""
    records = account.get("records", ())
    zones = {one["id"]: one["settings"]["availabilityZone"] for one in records if one["type"] == SUBNET}
    for one in records:
        if one["type"] != NODE_GROUP:
            continue
        group = one["settings"]
        for number in range(int(group["scalingConfig"]["desiredSize"])):
            name = f"{group['nodeGroupName']}-{number}"
            yield name, _node(name, group, zones.get(group["subnetIds"][0], ""))


def _node(name: str, group: Mapping[str, Any], zone: str) -> dict[str, Any]:
    machine = group["instanceTypes"][0]
    labels = {
        **(group.get("labels") or {}),
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": machine,
        "topology.kubernetes.io/zone": zone,
    }
    found = node_capacity(machine)
    size = {"cpu": "0", "memory": "0", "pods": "0"}
    if found is not None:
        size = {"cpu": f"{found.cpu_m}m", "memory": f"{found.memory_mib}Mi", "pods": str(found.pods)}
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "played by the rehearsal",
    }
    return {
        "object": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}},
        "taints": [{**taint, "effect": _EFFECTS[taint["effect"]]} for taint in group.get("taints") or ()],
        "status": _dated({"capacity": size, "allocatable": size, "conditions": [ready]}),
    }


def _running(pod: Mapping[str, Any]) -> dict[str, Any]:
    owners = pod["metadata"].get("ownerReferences", ())
    ends = any(owner["kind"] == "Job" for owner in owners)
    state = (
        {"terminated": {"exitCode": 0, "reason": "Completed"}} if ends else {"running": {"startedAt": _now()}}
    )
    told = [
        {
            "name": one["name"], "image": one["image"], "imageID": "", "ready": not ends, "started": True,
            "restartCount": 0, "state": state,
        }
        for one in pod["spec"]["containers"]
    ]  # fmt: skip
    return _dated(
        {
            "phase": "Succeeded" if ends else "Running",
            "startTime": _now(),
            "podIP": "10.0.0.9",
            "podIPs": [{"ip": "10.0.0.9"}],
            "conditions": [{"type": type_, "status": "True"} for type_ in _READY],
            "containerStatuses": told,
        }
    )


def _dated(status: Mapping[str, Any]) -> dict[str, Any]:
    conditions = status.get("conditions")
    if conditions is None:
        return dict(status)
    return {**status, "conditions": [{**one, "lastTransitionTime": _now()} for one in conditions]}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _path(plural: str, object_: Mapping[str, Any]) -> str:
    meta = object_["metadata"]
    return f"/api/v1/namespaces/{meta['namespace']}/{plural}/{meta['name']}"
