"""The programs of a rehearsal with a cluster, built from pinned modules once and found afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tools.conformance.binaries import (
    CACHE,
    Binaries,
    build,
    find_or_build,
    find_or_build_controllers,
    key_of,
)

_TOOLS: Final = Path(__file__).parents[1]
_PROVIDER: Final = _TOOLS / "kubernetes_provider"
_KSERVE: Final = _TOOLS / "kserve_controllers"
_STAMP: Final = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version"
KSERVE: Final = {
    "kserve-controller": "github.com/kserve/kserve/cmd/manager",
    "llmisvc-controller": "github.com/kserve/kserve/cmd/llmisvc",
}
"""By the name of the image that holds each in a cluster."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where each is."""

    servers: Binaries
    controllers: dict[str, Path]
    provider: Path
    kserve: dict[str, Path]


def find_or_build_all(tell: Callable[[str], None]) -> Programs:
    """Every program, from an earlier run with the same pins and the same Go, or built now, one after the other.

    The provider calls itself what the installed SDK does, or the engine would not take it: its module carries no
    version that the proxy knows.

    Raises:
        ConformanceError: there is no Go, or it could not build one.
    """
    stamp = f"-X {_STAMP}={version('pulumi-kubernetes')}"
    provider = _built("provider", _PROVIDER, {"kubernetes-provider": "."}, stamp, tell)
    kserve = _built("kserve", _KSERVE, KSERVE, "", tell)
    return Programs(
        servers=find_or_build(tell),
        controllers=find_or_build_controllers(tell),
        provider=provider / "kubernetes-provider",
        kserve={name: kserve / name for name in KSERVE},
    )


def _built(
    name: str, source: Path, packages: dict[str, str], flags: str, tell: Callable[[str], None]
) -> Path:
    pins = sorted(path for path in source.iterdir() if path.suffix in {".go", ".mod", ".sum"})
    folder = CACHE / f"{name}-{key_of(pins)}"
    build(folder, packages, source, flags, partial(tell, f"building {', '.join(packages)}, once"))
    return folder
