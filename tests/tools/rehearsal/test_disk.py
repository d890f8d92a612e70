"""A disk that can be filled, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.rehearsal import disk

ROOT = Path(__file__).parents[3]
FILLED = """
import errno, sys
from pathlib import Path
from tools.rehearsal.disk import small_disk
folder = Path(sys.argv[1])
with small_disk(folder) as disk:
    if disk is None:
        sys.exit("no mount")
    print((folder / "kept").read_text())
    disk.fill()
    try:
        (folder / "more").write_text("x" * 4096)
    except OSError as error:
        print(errno.errorcode[error.errno])
    disk.empty()
    (folder / "more").write_text("more")
print(sorted(path.name for path in folder.parent.rglob("*")))
"""


def test_who_may_not_mount_gets_no_disk_and_keeps_the_folder(tmp_path, monkeypatch):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "kept").write_text("kept")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with disk.small_disk(tmp_path / "state") as made:
        assert made is None
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["kept", "state"]


def test_it_is_full_empty_again_and_gone(tmp_path):
    """Where the machine lets no process mount anything, that alone is said."""
    assert shutil.which("mount")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "kept").write_text("kept")
    done = subprocess.run(  # noqa: S603 the program above
        [sys.executable, "-c", FILLED, str(tmp_path / "state")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.stderr == "no mount\n":
        pytest.skip("this machine lets no process mount anything")
    assert done.stdout.splitlines() == ["kept", "ENOSPC", "['kept', 'more', 'state']"]
    assert (tmp_path / "state" / "more").read_text() == "more"
