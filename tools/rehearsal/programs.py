"""The programs a rehearsal runs, built from pinned modules once, and found again later."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from gate.core.errors import GateError
from tools.conformance.binaries import HERE as CONFORMANCE
from tools.conformance.binaries import Binaries, build, find_or_build, key_of, stamped
from tools.rehearsal.engine import PULUMI
from tools.rehearsal.home import ROOT

CACHE: Final = ROOT / ".cache" / "rehearsal"
_PROVIDER: Final = ROOT / "tools" / "kubernetes_provider"
_CONTROLLERS: Final = {
    name: f"k8s.io/kubernetes/cmd/{name}" for name in ("kube-controller-manager", "kube-scheduler")
}
_STAMP: Final = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version"


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where they are; ``built`` says how many seconds each took, if it was built now."""

    servers: Binaries
    controllers: Path
    kubernetes_provider: Path
    built: dict[str, float]


def programs(tell: Callable[[str], None]) -> Programs:
    """All of them.

    Raises:
        ConformanceError: there is no Go, or it could not build one.
        GateError: Pulumi's command line is not there.
    """
    if shutil.which("go") is None:
        raise GateError("rehearse: Go is not installed; it builds the engine, its provider and the cluster")
    if not PULUMI.exists():
        raise GateError(
            "rehearse: .cache/pulumi/pulumi is not there: `make rehearse` builds it (`make .cache/pulumi/pulumi`)"
        )
    built: dict[str, float] = {}

    def timed(name: str, make: Callable[[Callable[[], None]], None]) -> None:
        started: list[float] = []

        def begins() -> None:
            tell(f"building {name}, once")
            started.append(time.monotonic())

        make(begins)
        if started:
            built[name] = time.monotonic() - started[0]

    servers = find_or_build(tell)
    pins = [CONFORMANCE / "go.mod", CONFORMANCE / "go.sum"]
    controllers = CACHE / f"controllers-{key_of(pins)}"
    timed(
        "kube-controller-manager and kube-scheduler",
        lambda begins: build(controllers, _CONTROLLERS, CONFORMANCE, stamped(), begins),
    )
    sources = sorted(path for path in _PROVIDER.iterdir() if path.is_file())
    provider = CACHE / f"provider-{key_of(sources)}"
    flags = f"-X {_STAMP}={version('pulumi-kubernetes')}"
    timed(
        "Pulumi's Kubernetes provider",
        lambda begins: build(provider, {"pulumi-resource-kubernetes": "."}, _PROVIDER, flags, begins),
    )
    return Programs(
        servers=servers,
        controllers=controllers,
        kubernetes_provider=provider / "pulumi-resource-kubernetes",
        built=built,
    )
