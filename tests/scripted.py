"""A git repository made from this checkout, with a main branch and a change on top: what a pull request is made of."""

import json
import os
import shutil
import subprocess
import sys

from gate.core.checkout import ROOT

IDENTITY = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
LEFT_OUT = ("tests/", "docs/", "gate/schema/definitions/")


def git(folder, *arguments):
    done = subprocess.run(  # noqa: S603 our own arguments
        ["git", *IDENTITY, *arguments],  # noqa: S607 the machine's git
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def slipway(folder, *arguments):
    command = [sys.executable, "-c", "from gate.cli import main; main()", *arguments]
    return subprocess.run(  # noqa: S603 our own command
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def against(folder, reference="main"):
    return slipway(folder, "preview", "--against", reference, "--no-checkov", "--today=2026-11-28")


def comment(folder):
    return (folder / "build" / "preview" / "difference.md").read_text(encoding="utf-8")


def difference(folder):
    data = json.loads((folder / "build" / "preview" / "difference.json").read_text(encoding="utf-8"))
    return {stack["stack"]: stack for stack in data["stacks"]}, data["notes"]


def edit(folder, path, old, new):
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def checkout(folder, prepare=lambda _folder: None):
    """A copy of this checkout with one commit on main, and a branch on top of it.

    Schemas are linked, and part of the copy's commits as a link: they are megabytes that no change here touches.
    """
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).exists() and not name.startswith(LEFT_OUT):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    (folder / "gate" / "schema" / "definitions").symlink_to(ROOT / "gate" / "schema" / "definitions")
    prepare(folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    git(folder, "checkout", "-qb", "change")
    return folder
