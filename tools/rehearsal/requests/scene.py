"""A platform that runs, as steps look at it: its edge, who calls, and how much of a limit is used."""

import socket
import time
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.rehearsal.requests import bring_up
from tools.rehearsal.requests.caller import Answer, Caller
from tools.rehearsal.requests.models import Edge, Model
from tools.rehearsal.requests.plane import Cluster
from tools.rehearsal.requests.prepared import Prepared

MINUTE: Final = 60
MODELS: Final = "models"
_EDGE: Final = ("edge", "edge")
_ENGINES: Final = (8000, 8080)
_SERIES: Final = "vllm:request_success_total"


class Scene:
    """What the steps share."""

    def __init__(self, cluster: Cluster, prepared: Prepared, edge: Edge) -> None:
        self.cluster, self.prepared, self.edge = cluster, prepared, edge
        self.api = cluster.plane.api

    def caller(self) -> Caller:
        """Somebody new at the edge's address."""
        return Caller(self.edge.host, self.address(*_EDGE), self.cluster.plane.authority.certificate)

    def address(self, namespace: str, service: str) -> str:
        """The address of a Service in the cluster."""
        said = self.api.get(f"/api/v1/namespaces/{namespace}/services/{service}")
        return str(said["spec"]["clusterIP"])

    def ask(self, caller: Caller, model: Model, words: int = 2, **more: Any) -> Answer:
        """A request of the model's first caller."""
        token = self.cluster.login.token(model.callers[0])
        return caller.send(model.path, model.body(words, **more), token)

    def pods(self, model: str, version: str = "") -> Sequence[Mapping[str, Any]]:
        """The pods of a model that are ready, of one version or all."""
        wanted = f"slipway.dev/model%3D{model},slipway.dev/workload%3Dmodel"
        wanted += f",slipway.dev/version%3D{version}" if version else ""
        found = self.api.get(f"/api/v1/namespaces/{MODELS}/pods?labelSelector={wanted}").get("items", ())
        return [
            one
            for one in found
            if not one["metadata"].get("deletionTimestamp")
            and any(
                c["type"] == "Ready" and c["status"] == "True" for c in one["status"].get("conditions", ())
            )
        ]

    def answered(self, pod: Mapping[str, Any]) -> int:
        """How many requests a pod's engine says it has answered: vLLM's series, which the stand-in has as well."""
        address = str(pod["status"]["podIP"])
        for port in _ENGINES:
            try:
                with urllib.request.urlopen(f"http://{address}:{port}/metrics", timeout=5) as said:
                    text = said.read().decode()
            except OSError:
                continue
            return int(sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(_SERIES)))
        return 0

    def wake(self, replicas: int = 1) -> list[str]:
        """Give every model that rests its pods, as KEDA would; who still has none."""
        deployments = self.api.get(f"/apis/apps/v1/namespaces/{MODELS}/deployments").get("items", ())
        for one in deployments:
            if one["metadata"]["name"].endswith("-predictor") and one["spec"].get("replicas", 1) < replicas:
                bring_up.scale(self.api, MODELS, one["metadata"]["name"], replicas)
        return bring_up.waited(lambda: bring_up.unavailable(self.api, MODELS))

    def forget_use(self, *, with_time: bool = True) -> None:
        """Empty the store of limits; where time matters, when most of a minute is left: limits count whole minutes."""
        left = MINUTE - time.time() % MINUTE
        if with_time and left < MINUTE / 2:
            time.sleep(left + 0.2)
        with socket.create_connection(
            (self.address("envoy-gateway-system", "rate-limit-store"), 6379), 5
        ) as one:
            one.sendall(b"FLUSHALL\r\n")
            one.recv(64)
