"""kube-apiserver and etcd, built from the modules that ``go.mod`` beside this file pins."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.conformance.errors import ConformanceError

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "conformance"
PACKAGES = {"etcd": "go.etcd.io/etcd/server/v3", "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver"}
KUBERNETES = "v1.35.4"
"""As in ``go.mod``; a test compares the two. Built from a module, the server does not know its own version."""
_VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Binaries:
    """Where the two programs are."""

    etcd: Path
    apiserver: Path


def find_or_build(tell: Callable[[str], None]) -> Binaries:
    """The programs from an earlier run with the same pins and the same Go, or built now: about 4 minutes.

    Raises:
        ConformanceError: there is no Go, or it could not build them.
    """
    folder = CACHE / f"bin-{_key()}"
    if not folder.is_dir():
        tell("building kube-apiserver and etcd: about 4 minutes on two cores, once")
        CACHE.mkdir(parents=True, exist_ok=True)
        # Built elsewhere and moved when whole: an interrupted build must not be taken for a finished one.
        with tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
            for name, package in PACKAGES.items():
                _build(Path(unfinished) / name, package)
            Path(unfinished).rename(folder)
            Path(unfinished).mkdir()  # for the context manager to remove
    return Binaries(etcd=folder / "etcd", apiserver=folder / "kube-apiserver")


def _key() -> str:
    pins = b"".join((HERE / name).read_bytes() for name in ("go.mod", "go.sum"))
    return hashlib.sha256(pins + go("version").encode()).hexdigest()[:16]


def _build(target: Path, package: str) -> None:
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    stamps = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    flags = " ".join(["-s", "-w", *(f"-X {_VERSION}.{name}={value}" for name, value in stamps.items())])
    # -mod=readonly stands in the command, so that no GOFLAGS of a developer makes it write to go.mod.
    go("build", "-mod=readonly", "-ldflags", flags, "-o", str(target), package)


def go(*arguments: str) -> str:
    """What the Go command prints, run beside our ``go.mod`` and behind whatever else the machine does.

    Raises:
        ConformanceError: it is not installed, or failed.
    """
    found = shutil.which("go")
    if found is None:
        raise ConformanceError(
            "Go is not installed; it builds the API server and fetches the modules that carry the CRDs"
        )
    nice = shutil.which("nice")
    done = subprocess.run(  # noqa: S603 the arguments are ours
        [*([nice] if nice else []), found, *arguments],
        cwd=HERE,
        env={**os.environ, "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise ConformanceError(f"go {' '.join(arguments)} failed:\n{last}")
    return done.stdout
