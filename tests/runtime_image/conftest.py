"""The image, unpacked once, and a way to run a program of it: another user, and a root that cannot be written."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.runtime.download import conftest as s3
from tools.runtime_image.build import build
from tools.runtime_image.inputs import LOOPS, ROOT

server, store = s3.server, s3.store
CACHE = ROOT / ".cache" / "runtime-image"
INSIDE = """
set -e
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
mount --bind "$2" "$1/mnt/models"
mount --bind /dev "$1/dev"
root=$1; user=$3; shift 3
exec chroot --userspec="$user" "$root" "$@"
"""


def blob(image, digest):
    return image / "blobs" / "sha256" / digest.removeprefix("sha256:")


def read(image, digest):
    return json.loads(blob(image, digest).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    target = tmp_path_factory.mktemp("image") / "layout"
    build(target, CACHE)
    return target


def read_index(image):
    index = json.loads((image / "index.json").read_text(encoding="utf-8"))
    return index["manifests"][0]["digest"]


@pytest.fixture(scope="session")
def manifest(image):
    return read(image, read_index(image))


@pytest.fixture(scope="session")
def config(image, manifest):
    return read(image, manifest["config"]["digest"])["config"]


def unpacked(image, manifest, folder):
    """All layers of an image in a folder, as a container finds them."""
    folder.chmod(0o755)
    for layer in manifest["layers"]:
        with tarfile.open(blob(image, layer["digest"])) as tar:
            tar.extractall(folder, filter="fully_trusted")  # noqa: S202 our own archive, with absolute links
    return folder


@pytest.fixture(scope="session")
def root(image, manifest, tmp_path_factory):
    return unpacked(image, manifest, tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="session")
def loops(tmp_path_factory):
    """The image of the loops' workers, and what is in it."""
    target = tmp_path_factory.mktemp("loops") / "layout"
    digest = build(target, CACHE, LOOPS)
    index = read_index(target)
    return digest, unpacked(target, read(target, index), tmp_path_factory.mktemp("loops-root"))


@pytest.fixture
def volume(tmp_path):
    """An emptyDir: of root, and anybody writes."""
    folder = tmp_path / "volume"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def run(root, volume, config):
    """A command in the image, as its user, with its environment and what a container's spec adds."""
    return started_in(root, volume, config)


@pytest.fixture
def run_worker(loops, volume, config):
    """The same in the image of the workers."""
    return started_in(loops[1], volume, config)


def started_in(root, volume, config):
    """What starts a command in an unpacked image."""
    assert os.geteuid() == 0, "a mount namespace takes root"
    unshare = shutil.which("unshare")

    def started(*command, **given):
        environment = dict(line.split("=", 1) for line in config["Env"])
        return subprocess.run(  # noqa: S603 the image that was built above
            [unshare, "--mount", "sh", "-c", INSIDE, "sh", str(root), str(volume), config["User"], *command],
            env={**environment, "PATH": environment["PATH"] + ":/usr/sbin:/sbin", **given},
            cwd=Path("/"), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return started
