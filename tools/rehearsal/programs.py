"""The programs of a rehearsal with a cluster, built from pinned modules once and found afterwards."""

import shutil
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
from tools.conformance.errors import ConformanceError

_TOOLS: Final = Path(__file__).parents[1]
_PROVIDER: Final = _TOOLS / "kubernetes_provider"
_KSERVE: Final = _TOOLS / "kserve_controllers"
_STAMP: Final = "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version"
KSERVE: Final = {
    "kserve-controller": "github.com/kserve/kserve/cmd/manager",
    "llmisvc-controller": "github.com/kserve/kserve/cmd/llmisvc",
}
"""By the name of the image that holds each in a cluster."""
DATA_PLANE: Final = (
    ("kube_proxy", _TOOLS / "conformance", {"kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy"}),
    (
        "gateway",
        _TOOLS / "gateway_controllers",
        {
            "envoy-gateway": "github.com/envoyproxy/gateway/cmd/envoy-gateway",
            "ai-gateway-controller": "github.com/envoyproxy/ai-gateway/cmd/controller",
            "ai-gateway-extproc": "github.com/envoyproxy/ai-gateway/cmd/extproc",
        },
    ),
    ("rate_limit", _TOOLS / "rate_limit", {"ratelimit": "github.com/envoyproxy/ratelimit/src/service_cmd"}),
    (
        "simulator",
        _TOOLS / "engine_simulator",
        {"llm-d-inference-sim": "github.com/llm-d/llm-d-inference-sim/cmd/llm-d-inference-sim"},
    ),
    (
        "picker",
        _TOOLS / "endpoint_picker",
        {"epp": "sigs.k8s.io/gateway-api-inference-extension/cmd/epp"},
    ),
    ("agent", _KSERVE, {"agent": "github.com/kserve/kserve/cmd/agent"}),
)
"""What carries a request, beside Envoy and Redis: a name, its pins, and packages by program."""

ENVOY: Final = next(
    iter((_TOOLS.parent / ".cache" / "rehearsal").glob("lib/python*/site-packages/envoy/_bin/envoy")), None
)
"""Of the package that ``tools/rehearsal/requirements.txt`` pins."""
_OF_DEBIAN: Final = {"redis-server": "redis-server", "nft": "nftables"}


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


@dataclass(frozen=True, kw_only=True)
class DataPlane:
    """A control plane's programs, and by name those that carry a request."""

    servers: Binaries
    controllers: dict[str, Path]
    programs: dict[str, Path]


def find_or_build_data_plane(tell: Callable[[str], None]) -> DataPlane:
    """Each program, built or installed.

    Raises:
        ConformanceError: one is not installed, there is no Go, or it could not build one.
    """
    installed = {"envoy": ENVOY, **{name: shutil.which(name) for name in _OF_DEBIAN}}
    lacking = [name for name, path in installed.items() if path is None or not Path(path).exists()]
    if lacking:
        raise ConformanceError(
            f"not installed: {', '.join(lacking)} (make rehearse-requests brings Envoy; "
            f"Debian: apt-get install --no-install-recommends {' '.join(_OF_DEBIAN.values())})"
        )
    kserve = _built("kserve", _KSERVE, KSERVE, "", tell)
    built = {
        program: _built(name, source, packages, "", tell) / program
        for name, source, packages in DATA_PLANE
        for program in packages
    }
    return DataPlane(
        servers=find_or_build(tell),
        controllers=find_or_build_controllers(tell),
        programs={
            **built,
            **{name: kserve / name for name in KSERVE},
            **{name: Path(str(path)).resolve() for name, path in installed.items()},
        },
    )


def _built(
    name: str, source: Path, packages: dict[str, str], flags: str, tell: Callable[[str], None]
) -> Path:
    pins = sorted(path for path in source.iterdir() if path.suffix in {".go", ".mod", ".sum"})
    folder = CACHE / f"{name}-{key_of(pins)}"
    build(folder, packages, source, flags, partial(tell, f"building {', '.join(packages)}, once"))
    return folder
