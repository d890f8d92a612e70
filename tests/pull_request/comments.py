"""What the comment of each of the twelve changes says: ``python -m tests.pull_request.comments`` writes them again.

Read the difference before it is committed: these files are what a reviewer would see.
"""

import re
import shutil
import tempfile
from pathlib import Path

from tests.pull_request.changes import CHANGES, base
from tests.scripted import against, checkout, comment, git

GOLDEN = Path(__file__).parent.parent / "golden" / "pull_request"
_COMMIT = re.compile(r"`[0-9a-f]{7,} with uncommitted changes` against `[0-9a-f]{10} \(main\)`")
_LINE = re.compile(r"(`[a-z_/]+\.py):\d+`")


def repository(folder):
    """The repository that every change is made in; its base is built once and kept."""
    return checkout(folder, base)


def said(folder, change):
    """The exit code and the comment of one change."""
    git(folder, "checkout", "-q", ".")
    git(folder, "clean", "-qfd")
    shutil.rmtree(folder / "build", ignore_errors=True)
    change(folder)
    done = against(folder)
    assert "Traceback" not in done.stderr
    return done.returncode, comment(folder)


def lasting(text):
    """A comment without what every commit changes: its own name, and lines of source."""
    named = _COMMIT.sub("`this change` against `its base`", text)
    assert named != text
    return _LINE.sub(r"\1`", named)


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        scripted = repository(Path(made))
        for change in CHANGES:
            _, text = said(scripted, change)
            (GOLDEN / f"{change.__name__}.md").write_text(lasting(text), encoding="utf-8")
