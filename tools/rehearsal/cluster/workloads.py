"""The controllers that a rehearsal runs for real: as processes on loopback, with the rights of their service accounts.

Of several replicas one runs; the others are Ready, as those that wait for a lease are.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from tools.conformance.errors import ConformanceError
from tools.conformance.server import free_ports
from tools.rehearsal.cluster.control_plane import ControlPlane

_GRACE_SECONDS: Final = 10
_READY_SECONDS: Final = 120
_DAY: Final = 24 * 3600
_HTTPS: Final = 443
_CERTIFICATES: Final = Path("k8s-webhook-server") / "serving-certs"
"""Below the temporary folder, where controller-runtime looks for what its webhooks serve with."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """One controller as it runs: its process, and the port of its webhooks."""

    owner: str
    """Namespace and ReplicaSet of the pod it stands for."""
    pod: str
    run: "Callable[[], subprocess.Popen[bytes]]"
    process: "subprocess.Popen[bytes]"
    webhooks: int
    service: tuple[str, str]


class Workloads:
    """``programs`` by the name of the image that each stands for."""

    def __init__(self, plane: ControlPlane, programs: Mapping[str, Path]) -> None:
        self._plane, self._programs = plane, programs
        self._players: dict[str, Player] = {}

    def close(self) -> None:
        for player in self._players.values():
            _stop(player)

    @property
    def playing(self) -> list[str]:
        return sorted(self._players)

    def where(self, namespace: str, service: str) -> int | None:
        """The port of the webhooks behind a Service; none if they are not played."""
        for player in self._players.values():
            if player.service == (namespace, service):
                return player.webhooks
        return None

    def kill(self) -> None:
        """``kill -9`` of every controller; nothing starts them again before ``start_again``."""
        for player in self._players.values():
            player.process.kill()
            player.process.wait()

    def start_again(self) -> None:
        """As a kubelet starts containers that ended; once their webhooks answer."""
        for image, player in list(self._players.items()):
            self._players[image] = replace(player, process=player.run())
        until = time.monotonic() + _READY_SECONDS
        while not all(_answers(player.webhooks) for player in self._players.values()):
            if time.monotonic() > until:
                raise ConformanceError(
                    f"{', '.join(self.playing)}: do not answer after they were started again"
                )
            time.sleep(0.2)

    def end(self, pod: Mapping[str, Any]) -> None:
        """A pod goes, and its process with it."""
        for image, player in list(self._players.items()):
            if player.pod == pod["metadata"]["uid"]:
                _stop(player)
                del self._players[image]

    def is_ready(self, pod: Mapping[str, Any]) -> bool:
        """Whether what a pod runs is ready; started at the first question. What is not played is."""
        for container in pod["spec"]["containers"]:
            image = container["image"].rpartition("/")[2].partition(":")[0].partition("@")[0]
            if image not in self._programs:
                continue
            if image not in self._players:
                self._players[image] = self._start(image, pod, container)
            player = self._players[image]
            if player.pod == pod["metadata"]["uid"] and player.process.poll() is not None:
                return False
            return _answers(player.webhooks)
        return True

    def _start(self, image: str, pod: Mapping[str, Any], container: Mapping[str, Any]) -> Player:
        meta, account = pod["metadata"], pod["spec"].get("serviceAccountName", "default")
        namespace = meta["namespace"]
        webhooks, metrics, probes = free_ports(3)
        folder = self._plane.folder / image
        folder.mkdir(exist_ok=True)
        service = self._service(namespace, meta.get("labels", {}), container)
        self._certify(folder, *service)
        asked = {"spec": {"expirationSeconds": _DAY}}
        _, answer = self._plane.api.send(
            "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", asked
        )
        kubeconfig = self._plane.kubeconfig(image, answer["status"]["token"])
        command = [
            *(str(self._programs[image]), f"--kubeconfig={kubeconfig}"),
            *(f"--webhook-port={webhooks}", f"--health-probe-addr=127.0.0.1:{probes}"),
            f"--metrics-addr=127.0.0.1:{metrics}",
        ]
        variables = {
            **environment(pod, container),
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "TMPDIR": str(folder),
        }
        run = partial(_run, command, variables, self._plane.folder / f"{image}.log")
        return Player(
            owner=f"{namespace}/{meta['name']}",
            pod=meta["uid"],
            run=run,
            process=run(),
            webhooks=webhooks,
            service=service,
        )

    def _service(
        self, namespace: str, labels: Mapping[str, str], container: Mapping[str, Any]
    ) -> tuple[str, str]:
        """The Service through which the API server reaches the webhooks of a pod with these labels."""
        ports = {one.get("name") for one in container.get("ports", ())} | {
            one["containerPort"] for one in container.get("ports", ())
        }
        for one in self._plane.api.get(f"/api/v1/namespaces/{namespace}/services").get("items", ()):
            selector = one["spec"].get("selector") or {}
            serves = any(
                port["port"] == _HTTPS and port.get("targetPort") in ports for port in one["spec"]["ports"]
            )
            if selector and serves and selector.items() <= labels.items():
                return namespace, str(one["metadata"]["name"])
        return namespace, ""

    def _certify(self, folder: Path, namespace: str, service: str) -> None:
        target = folder / _CERTIFICATES
        target.mkdir(parents=True, exist_ok=True)
        certificate, key = self._plane.authority.sign([f"{service}.{namespace}.svc"])
        (target / "tls.crt").write_bytes(certificate.read_bytes())
        (target / "tls.key").write_bytes(key.read_bytes())


def environment(pod: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, str]:
    """A container's variables, as far as they are written out or are the pod's own name and namespace."""
    own = {"metadata.namespace": pod["metadata"]["namespace"], "metadata.name": pod["metadata"]["name"]}
    found = {}
    for one in container.get("env", ()):
        field = one.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
        if "value" in one or field in own:
            found[one["name"]] = str(one.get("value", own.get(field, "")))
    return found


def _run(command: list[str], variables: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 built from the pinned module
            command, env=dict(variables), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )


def _answers(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def _stop(player: Player) -> None:
    player.process.terminate()
    try:
        player.process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        player.process.kill()
        player.process.wait()
