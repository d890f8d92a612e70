"""What is built from pinned modules: Kubernetes' own programs by ``go.mod`` beside this file, validators by theirs."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.conformance.errors import ConformanceError

HERE = Path(__file__).parent
VALIDATORS = HERE.parent / "validators"
CACHE = HERE.parents[1] / ".cache" / "conformance"
PACKAGES = {"etcd": "go.etcd.io/etcd/server/v3", "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver"}
CONTROLLERS = {
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
}
"""What acts on objects; the rehearsal runs them beside the API server."""
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
    folder = CACHE / f"bin-{key_of(_pins())}"
    tell_once = partial(tell, "building kube-apiserver and etcd: about 4 minutes on two cores, once")
    build(folder, PACKAGES, HERE, _stamped(), tell_once)
    return Binaries(etcd=folder / "etcd", apiserver=folder / "kube-apiserver")


def find_or_build_controllers(tell: Callable[[str], None]) -> dict[str, Path]:
    """kube-controller-manager and kube-scheduler, from an earlier run or built now; the API server's pins serve.

    Raises:
        ConformanceError: there is no Go, or it could not build them.
    """
    folder = CACHE / f"controllers-{key_of(_pins())}"
    tell_once = partial(tell, "building kube-controller-manager and kube-scheduler, once")
    build(folder, CONTROLLERS, HERE, _stamped(), tell_once)
    return {name: folder / name for name in CONTROLLERS}


def _pins() -> list[Path]:
    return [HERE / name for name in ("go.mod", "go.sum")]


def _stamped() -> str:
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    stamps = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    return " ".join(f"-X {_VERSION}.{name}={value}" for name, value in stamps.items())


def find_or_build_validators(names: Iterable[str], tell: Callable[[str], None]) -> dict[str, Path]:
    """The programs of ``tools/validators``, from an earlier run with the same sources and Go, or built now.

    Raises:
        ConformanceError: there is no Go, or it could not build one.
    """
    found = {}
    for name in names:
        source = VALIDATORS / name
        files = sorted([*source.iterdir(), *(VALIDATORS / "protocol").iterdir()])
        folder = CACHE / f"validator-{name}-{key_of(files)}"
        build(folder, {name: "."}, source, "", partial(tell, f"building the validators of {name}, once"))
        found[name] = folder / name
    return found


def key_of(files: Iterable[Path]) -> str:
    """What a build depends on: its sources and pins, and Go's version."""
    pins = b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(pins + go("version").encode()).hexdigest()[:16]


def build(
    folder: Path, packages: Mapping[str, str], source: Path, flags: str, tell: Callable[[], None]
) -> None:
    """Built elsewhere and moved when whole: an interrupted build must not be taken for a finished one."""
    if folder.is_dir():
        return
    tell()
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as unfinished:
        for name, package in packages.items():
            # -mod=readonly stands in the command, so that no GOFLAGS of a developer makes it write to go.mod.
            target = str(Path(unfinished) / name)
            go("build", "-mod=readonly", "-ldflags", f"-s -w {flags}", "-o", target, package, source=source)
        Path(unfinished).rename(folder)
        Path(unfinished).mkdir()  # for the context manager to remove


def go(*arguments: str, source: Path = HERE) -> str:
    """What the Go command prints, run beside a ``go.mod`` of ours and behind whatever else the machine does.

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
        cwd=source,
        env={**os.environ, "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise ConformanceError(f"go {' '.join(arguments)} failed:\n{last}")
    return done.stdout
