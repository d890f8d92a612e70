"""A cluster's control plane: etcd, API server, controller manager and scheduler, as EKS runs them, on loopback."""

import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from tools.conformance.binaries import Binaries
from tools.conformance.client import Api
from tools.conformance.server import etcd_command, free_ports, keeper_of, kill, start, wait_ready
from tools.rehearsal.cluster.authority import Authority, account_key

DEPLOYER: Final = "deployer"
_FIRST_SERVICE: Final = "10.100.0.1"
_PEOPLE: Final = {
    # The access entry of the deploy role: AmazonEKSClusterAdminPolicy is cluster-admin.
    DEPLOYER: "system:masters",
    "rehearsal": "system:masters",
    "system:kube-controller-manager": "system:authenticated",
    "system:kube-scheduler": "system:authenticated",
}
"""Who may call, and in which group; the last two have their rights by their names."""


class Plane(Protocol):
    """The programs of a control plane."""

    @property
    def servers(self) -> Binaries: ...

    @property
    def controllers(self) -> Mapping[str, Path]: ...


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """A running one."""

    api: Api
    endpoint: str
    authority: Authority
    tokens: dict[str, str]
    folder: Path
    keeper: "subprocess.Popen[str]"
    servers: list[list[str]] = field(default_factory=list)
    """How etcd and the API server were started."""

    def kill_api(self) -> None:
        """``kill -9`` of the API server; what etcd holds stays."""
        kill(self.keeper, self.servers[-1])

    def start_api(self) -> None:
        """The API server again, at its old address, once it answers.

        Raises:
            ConformanceError: it does not.
        """
        start(self.keeper, [self.servers[-1]])
        wait_ready(self.api, self.folder)

    def kubeconfig(self, name: str, token: str) -> Path:
        """A file with which a program calls as somebody."""
        path = self.folder / f"{name.replace(':', '-')}.kubeconfig"
        path.write_text(json.dumps(_kubeconfig(self.endpoint, self.authority, token)), encoding="utf-8")
        return path


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the API server reaches Services and is reached: through a socket, or in a network that has pods."""

    tunnel: Path | None = None
    address: str = "127.0.0.1"
    """Where pods find it; Services are dialled as they are where there is no socket."""


@contextmanager
def control_plane(programs: Plane, folder: Path, reach: Reach) -> Iterator[ControlPlane]:
    """A control plane that answers.

    Raises:
        ConformanceError: it cannot be started, or does not answer in time.
    """
    folder.mkdir(parents=True)
    authority = Authority(folder / "certificates")
    tokens = {name: secrets.token_hex(16) for name in _PEOPLE}
    etcd, peer, secure, manager, scheduler = free_ports(5)
    with keeper_of(folder) as keeper:
        api = Api(secure, tokens["rehearsal"], authority.certificate)
        plane = ControlPlane(
            api=api,
            endpoint=f"https://127.0.0.1:{secure}",
            authority=authority,
            tokens=tokens,
            folder=folder,
            keeper=keeper,
        )
        plane.servers.append(etcd_command(programs.servers, folder, etcd, peer))
        plane.servers.append(_apiserver(programs, plane, etcd, secure, reach))
        start(keeper, plane.servers)
        try:
            wait_ready(api, folder)
            start(keeper, [_manager(programs, plane, manager), _scheduler(programs, plane, scheduler)])
            yield plane
        finally:
            api.close()


def _apiserver(programs: Plane, plane: ControlPlane, etcd: int, port: int, reach: Reach) -> list[str]:
    folder, authority = plane.folder, plane.authority
    listed = folder / "tokens.csv"
    lines = [f'{token},{name},{name},"{_PEOPLE[name]}"' for name, token in plane.tokens.items()]
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = ["kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "kubernetes"]
    certificate, key = authority.sign(["127.0.0.1", *names, reach.address, _FIRST_SERVICE])
    signer = account_key(folder / "accounts.key")
    return [
        *(str(folder / "apiserver.log"), str(programs.servers.apiserver)),
        *(f"--etcd-servers=http://127.0.0.1:{etcd}", f"--secure-port={port}"),
        *_reached(folder, reach),
        *(f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}"),
        "--service-account-issuer=https://kubernetes.default.svc",
        *(f"--service-account-key-file={signer}", f"--service-account-signing-key-file={signer}"),
        *(f"--token-auth-file={listed}", "--authorization-mode=Node,RBAC"),
        # As EKS runs it.
        *("--service-cluster-ip-range=10.100.0.0/16", "--allow-privileged=true"),
    ]


def _reached(folder: Path, reach: Reach) -> list[str]:
    if reach.tunnel is None:  # in a namespace of its own: every address there is ours
        return ["--bind-address=0.0.0.0", f"--advertise-address={reach.address}"]
    egress = folder / "egress.json"
    egress.write_text(json.dumps(_egress(reach.tunnel)), encoding="utf-8")
    return [
        *("--bind-address=127.0.0.1", "--endpoint-reconciler-type=none"),
        f"--egress-selector-config-file={egress}",
    ]


def _egress(tunnel: Path) -> dict[str, Any]:
    transport = {"uds": {"udsName": str(tunnel)}}
    return {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [
            {"name": "cluster", "connection": {"proxyProtocol": "HTTPConnect", "transport": transport}}
        ],
    }


def _manager(programs: Plane, plane: ControlPlane, port: int) -> list[str]:
    name = "kube-controller-manager"
    kubeconfig = plane.kubeconfig(name, plane.tokens[f"system:{name}"])
    return [
        *(str(plane.folder / f"{name}.log"), str(programs.controllers[name]), f"--kubeconfig={kubeconfig}"),
        *("--bind-address=127.0.0.1", f"--secure-port={port}", f"--cert-dir={plane.folder}"),
        # Nodes send no heartbeat here, and nobody may take their pods away for it.
        "--controllers=*,-node-lifecycle-controller,-taint-eviction-controller",
        *("--leader-elect=false", "--use-service-account-credentials=true"),
        f"--service-account-private-key-file={plane.folder / 'accounts.key'}",
        f"--root-ca-file={plane.authority.certificate}",
    ]


def _scheduler(programs: Plane, plane: ControlPlane, port: int) -> list[str]:
    name = "kube-scheduler"
    kubeconfig = plane.kubeconfig(name, plane.tokens[f"system:{name}"])
    return [
        *(str(plane.folder / f"{name}.log"), str(programs.controllers[name]), f"--kubeconfig={kubeconfig}"),
        *("--bind-address=127.0.0.1", f"--secure-port={port}", f"--cert-dir={plane.folder}"),
        "--leader-elect=false",
    ]


def _kubeconfig(endpoint: str, authority: Authority, token: str) -> dict[str, Any]:
    cluster = {"server": endpoint, "certificate-authority-data": authority.data}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "rehearsal", "cluster": cluster}],
        "users": [{"name": "caller", "user": {"token": token}}],
        "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": "caller"}}],
        "current-context": "rehearsal",
    }
