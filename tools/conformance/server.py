"""A real API server with its own etcd, on loopback, in a folder of its own; gone when this process is."""

import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.conformance.binaries import KUBERNETES, Binaries, go
from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError

_READY_SECONDS = 120


@contextmanager
def api_server(binaries: Binaries) -> Iterator[Api]:
    """An API server that answers. It ends with this context, and with this process however that ends.

    Raises:
        ConformanceError: it cannot be started, or does not answer in time.
    """
    folder = Path(tempfile.mkdtemp(prefix="slipway-conformance-"))
    with keeper_of(folder) as keeper:
        token = secrets.token_hex(16)
        certificate = _certificate(folder)
        etcd, peer, secure = free_ports(3)
        commands = [
            etcd_command(binaries, folder, etcd, peer),
            _kube_apiserver(binaries, folder, etcd, secure, token),
        ]
        start(keeper, commands)
        api = Api(secure, token, certificate)
        try:
            wait_ready(api, folder)
            yield api
        finally:
            api.close()


@contextmanager
def keeper_of(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that runs servers for this one, ends them with it, and then removes the folder."""
    keeper = subprocess.Popen(  # noqa: S603 our own program
        [sys.executable, "-I", str(Path(__file__).with_name("keeper.py")), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us; the keeper sees us go
    )
    with keeper:  # closes its input at the end, which is its sign to clean up, and waits for it
        yield keeper


def _certificate(folder: Path) -> Path:
    """By the program that Go brings for this. The key signs service account tokens too, which nobody asks for."""
    source = Path(go("env", "GOROOT").strip()) / "src" / "crypto" / "tls" / "generate_cert.go"
    program = folder / "generate_cert"
    go("build", "-o", str(program), str(source))
    subprocess.run(  # noqa: S603 built above
        [str(program), "-ecdsa-curve", "P256", "-ca", "-host", "127.0.0.1"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return folder / "cert.pem"


def etcd_command(binaries: Binaries, folder: Path, client: int, peer: int) -> list[str]:
    """Etcd without a care for its disk: what it holds ends with it. The log file comes first."""
    client_url, peer_url = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    return [
        *(
            str(folder / "etcd.log"),
            str(binaries.etcd),
            "--name=conformance",
            f"--data-dir={folder / 'etcd'}",
        ),
        *(f"--listen-client-urls={client_url}", f"--advertise-client-urls={client_url}"),
        *(f"--listen-peer-urls={peer_url}", f"--initial-advertise-peer-urls={peer_url}"),
        *(f"--initial-cluster=conformance={peer_url}", "--unsafe-no-fsync", "--log-level=error"),
    ]


def _kube_apiserver(binaries: Binaries, folder: Path, etcd: int, port: int, token: str) -> list[str]:
    tokens, certificate, key = folder / "tokens.csv", folder / "cert.pem", folder / "key.pem"
    tokens.write_text(f'{token},conformance,conformance,"system:masters"\n', encoding="utf-8")
    return [
        *(str(folder / "apiserver.log"), str(binaries.apiserver), f"--etcd-servers=http://127.0.0.1:{etcd}"),
        *("--bind-address=127.0.0.1", f"--secure-port={port}", "--endpoint-reconciler-type=none"),
        *(f"--tls-cert-file={certificate}", f"--tls-private-key-file={key}"),
        "--service-account-issuer=https://kubernetes.default.svc",
        *(f"--service-account-key-file={certificate}", f"--service-account-signing-key-file={key}"),
        *(f"--token-auth-file={tokens}", "--authorization-mode=RBAC"),
        # As EKS runs it.
        *("--service-cluster-ip-range=10.100.0.0/16", "--allow-privileged=true"),
    ]


def start(keeper: "subprocess.Popen[str]", commands: Sequence[Sequence[str]]) -> None:
    """Start servers, each given as its log file and its command.

    Raises:
        ConformanceError: one of them cannot be started.
    """
    said = _told(keeper, commands)
    if said != "ok":
        raise ConformanceError(f"the servers could not be started: {said or 'their keeper is gone'}")


def kill(keeper: "subprocess.Popen[str]", command: Sequence[str]) -> None:
    """``kill -9`` of a server that was started with this command.

    Raises:
        ConformanceError: it does not run.
    """
    said = _told(keeper, command[0])
    if said != "ok":
        raise ConformanceError(f"the server could not be killed: {said or 'its keeper is gone'}")


def _told(keeper: "subprocess.Popen[str]", asked: object) -> str:
    if keeper.stdin is None or keeper.stdout is None:
        raise ConformanceError("the keeper of the servers has no pipes")
    try:
        keeper.stdin.write(json.dumps(asked) + "\n")
        keeper.stdin.flush()
        return keeper.stdout.readline().strip()
    except OSError as error:
        raise ConformanceError(f"the keeper of the servers is gone: {error}") from None


def wait_ready(api: Api, folder: Path) -> None:
    """Until the API server answers, and is the one that is pinned.

    Raises:
        ConformanceError: it does not in time, or is another; with the last lines of the logs in the folder.
    """
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        # The namespace is made by the server itself, a little after it says that it is ready.
        if api.answers("/readyz") and api.answers("/api/v1/namespaces/kube-system"):
            version = api.get("/version").get("gitVersion")
            if version != KUBERNETES:
                raise ConformanceError(f"the API server should be {KUBERNETES} (it says {version!r})")
            return
        time.sleep(0.1)
    logs = [folder / "etcd.log", folder / "apiserver.log"]
    last = [line for p in logs if p.exists() for line in p.read_text(errors="replace").splitlines()[-3:]]
    raise ConformanceError(
        "\n".join([f"the API server did not answer within {_READY_SECONDS} seconds:", *last])
    )


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody holds now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
