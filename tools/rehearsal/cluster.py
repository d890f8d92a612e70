"""The cluster of a rehearsal: a real API server, controller-manager and scheduler, and what stands in for the rest."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.conformance.binaries import Binaries
from tools.conformance.server import Servers, servers
from tools.rehearsal.kubelets import Kubelets

_FLAGS: Final = ("--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook",)
"""No pod of a chart runs, so its webhooks could not answer, and every object would be refused."""
_WITHOUT: Final = (
    "cloud-node-lifecycle-controller", "node-ipam-controller", "node-lifecycle-controller",
    "persistentvolume-binder-controller", "taint-eviction-controller",
)  # fmt: skip
"""Controllers of what the stand-in plays: nodes that are never heard of again, and volumes."""


@dataclass(frozen=True)
class Cluster:
    """The running cluster."""

    servers: Servers
    kubelets: Kubelets


@contextmanager
def cluster(binaries: Binaries, controllers: Path, account: Path) -> Iterator[Cluster]:
    """A cluster whose nodes are those of the simulated account. It ends with this context, or with this process.

    Raises:
        ConformanceError: a part cannot be started, or does not answer in time.
    """
    with servers(binaries, *_FLAGS) as running:
        config = running.folder / "kubeconfig"
        config.write_text(_kubeconfig(running), encoding="utf-8")
        manager = [
            str(running.folder / "controller-manager.log"),
            str(controllers / "kube-controller-manager"),
            f"--kubeconfig={config}",
            f"--service-account-private-key-file={running.folder / 'key.pem'}",
            f"--root-ca-file={running.certificate}",
            "--leader-elect=false",
            "--secure-port=0",
            # Ten at once and not fifty: the machine is small, and nothing is asked of it at scale.
            "--concurrent-gc-syncs=10",
            f"--controllers=*,{','.join(f'-{name}' for name in _WITHOUT)}",
        ]
        scheduler = [
            str(running.folder / "scheduler.log"),
            str(controllers / "kube-scheduler"),
            f"--kubeconfig={config}",
            "--leader-elect=false",
            "--secure-port=0",
        ]
        running.start([manager, scheduler])
        kubelets = Kubelets(running.api, account)
        kubelets.start()
        try:
            yield Cluster(running, kubelets)
        finally:
            kubelets.stop()


def _kubeconfig(running: Servers) -> str:
    server = {
        "server": f"https://127.0.0.1:{running.port}",
        "certificate-authority": str(running.certificate),
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "rehearsal", "cluster": server}],
            "users": [{"name": "rehearsal", "user": {"token": running.token}}],
            "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": "rehearsal"}}],
            "current-context": "rehearsal",
        }
    )
