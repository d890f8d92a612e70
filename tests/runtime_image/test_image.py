"""Built twice it is the same, and what is in it is what containers of ours call."""

import ast
import hashlib
import json
import stat

from facts.pins import images
from tests.runtime_image.conftest import CACHE
from tools.runtime_image.build import build
from tools.runtime_image.inputs import ROOT


def _files(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_builds_are_the_same_bytes_and_the_pin_names_them(image, tmp_path):
    digest = build(tmp_path / "again", CACHE)
    assert _files(tmp_path / "again") == _files(image)
    assert digest == images()["slipway-runtime"].digest


def test_nothing_in_it_belongs_to_its_user_or_makes_him_another(root):
    for path in root.rglob("*"):
        found = path.lstat()
        assert (found.st_uid, found.st_gid) == (0, 0), path
        assert not found.st_mode & (stat.S_ISUID | stat.S_ISGID), path
        if stat.S_ISREG(found.st_mode):
            assert not found.st_mode & stat.S_IWOTH, path


def test_scanners_find_distribution_and_packages(root):
    assert "ID=debian" in (root / "etc/os-release").read_text(encoding="utf-8")
    assert "Package: libssl3" in (root / "var/lib/dpkg/status.d/libssl3").read_text(encoding="utf-8")


def test_no_shell_and_no_package_manager_is_in_it(root):
    found = {
        path.name for folder in ("bin", "sbin", "usr/bin", "usr/sbin") for path in root.glob(f"{folder}/*")
    }
    assert not found & {"sh", "bash", "dash", "busybox", "apt", "dpkg", "pip", "curl"}


def test_every_library_that_a_program_of_ours_imports_is_there(run):
    tree = ast.parse((ROOT / "runtime" / "payload_sampler.py").read_text(encoding="utf-8"))
    names = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    done = run("python", "-c", f"import ssl, botocore.session, {', '.join(sorted(names))}")
    assert (done.returncode, done.stderr) == (0, "")


def test_it_runs_as_its_user_and_can_write_to_the_volume_alone(run, volume):
    program = (
        "import json, os\n"
        "def can(path):\n"
        "    try:\n"
        "        open(path, 'w').close()\n"
        "    except OSError as error:\n"
        "        return error.strerror\n"
        "    return 'written'\n"
        "print(json.dumps([os.getuid(), os.getgid(), can('/mnt/models/x'), can('/tmp/x'), can('/etc/passwd')]))"
    )
    done = run("python", "-c", program)
    refused = "Read-only file system"
    assert json.loads(done.stdout or "null") == [65532, 65532, "written", refused, refused], done.stderr
    assert [path.name for path in volume.iterdir()] == ["x"]
