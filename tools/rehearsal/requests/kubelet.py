"""A kubelet that runs what it has programs for: pods of known images are processes, others are Ready when placed."""

import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.cluster import kubelet as stand_in
from tools.rehearsal.requests.images import Image, name_of
from tools.rehearsal.requests.network import Addresses
from tools.rehearsal.requests.pod import Pod

_SECONDS: Final = 0.3
Object = Mapping[str, Any]


class Kubelet:
    """Works from its making until ``close``."""

    def __init__(
        self,
        api: Api,
        nodes: Callable[[], Iterable[Object]],
        *,
        images: Mapping[str, Image],
        folder: Path,
        trust: Path,
        tell: Callable[[str], None],
    ) -> None:
        self._api, self._images, self._folder, self._trust, self._tell = api, images, folder, trust, tell
        self._nodes = stand_in.Registrar(api, nodes)
        self._addresses, self._numbers = Addresses(), count(1)
        self._pods: dict[str, Pod] = {}
        self._placed: dict[str, str] = {}
        self.unplayed: set[str] = set()
        """Names of images that nothing stands for."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        for pod in self._pods.values():
            pod.stop()
        for pod in self._pods.values():
            pod.join()

    def kill(self, namespace: str, start: str, container: str) -> bool:
        """End a container of the first pod there whose name begins so; whether there was one."""
        return any(
            pod.name.startswith(f"{namespace}/{start}") and not pod.is_over and pod.kill(container)
            for pod in list(self._pods.values())
        )

    def _work(self) -> None:
        while not self._over.wait(_SECONDS):
            try:
                self._nodes.register()
                for pod in self._api.get("/api/v1/pods").get("items", ()):
                    self._keep(pod)
            except ConformanceError:  # the API server is being restarted, or is going
                continue

    def _keep(self, pod: Object) -> None:
        meta, phase = pod["metadata"], pod.get("status", {}).get("phase", "Pending")
        uid = meta["uid"]
        if meta.get("deletionTimestamp"):
            self._let_go(uid, f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}")
        elif pod["spec"].get("nodeName") and uid not in self._pods and phase == "Pending":
            if any(name_of(one["image"]) in self._images for one in pod["spec"]["containers"]):
                self._pods[uid] = self._begun(pod)
            elif uid not in self._placed:
                self._pretend(pod)

    def _begun(self, pod: Object) -> Pod:
        meta = pod["metadata"]
        self._note(pod)
        return Pod(
            self._api,
            pod,
            (self._addresses.next(), next(self._numbers)),
            self._folder / f"{meta['namespace']}_{meta['name']}",
            images=self._images,
            trust=self._trust,
            tell=self._tell,
        )

    def _note(self, pod: Object) -> None:
        containers = (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"])
        self.unplayed |= {name_of(one["image"]) for one in containers} - self._images.keys()

    def _pretend(self, pod: Object) -> None:
        meta = pod["metadata"]
        self._note(pod)
        self._placed[meta["uid"]] = address = self._addresses.next()
        self._api.send(
            "PATCH",
            f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status",
            {"status": stand_in.status_of(pod, address, stand_in.now())},
            "application/strategic-merge-patch+json",
        )

    def _let_go(self, uid: str, path: str) -> None:
        if uid in self._pods:
            self._pods[uid].stop()
            if not self._pods[uid].is_over:
                return
            del self._pods[uid]
        self._api.send("DELETE", f"{path}?gracePeriodSeconds=0")
