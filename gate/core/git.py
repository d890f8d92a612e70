"""What the gate asks of git, and nothing that changes a branch."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from gate.core.errors import GateError


def _git(root: Path, *arguments: str) -> str:
    """Standard output of a git command.

    Raises:
        GateError: git is missing or refuses.
    """
    try:
        done = subprocess.run(  # noqa: S603 git with our own arguments
            ["git", "-C", str(root), *arguments],  # noqa: S607 whichever git the person uses
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise GateError("git cannot be started:", [str(error)]) from None
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise GateError(f"git {arguments[0]} failed:", [said])
    return done.stdout


def base_commit(root: Path, reference: str) -> str:
    """The commit a change started from: where ``reference`` and the checkout's own commit parted.

    Raises:
        GateError: there is no such reference, or the clone is too shallow to tell.
    """
    if not reference.strip():
        raise GateError("--against: should name a branch, a tag or a commit (got nothing)")
    # Whether git works here at all is asked first, or its absence would read as an unknown commit.
    _git(root, "rev-parse", "--git-dir")
    try:
        tip = _git(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"
        ).strip()
    except GateError:
        raise GateError(f"--against: there is no commit {reference!r} here; is it fetched?") from None
    try:
        return _git(root, "merge-base", tip, "HEAD").strip()
    except GateError:
        reason = (
            "this clone is shallow: fetch the whole history" if is_shallow(root) else "they share no history"
        )
        raise GateError(
            f"--against: cannot tell where {reference!r} and this checkout parted:", [reason]
        ) from None


def commit_before(root: Path, commit: str) -> str | None:
    """The first parent of a commit: what a branch was before its last change.

    None for the first commit of all, and where a shallow clone ends.
    """
    return next(iter(_git(root, "rev-list", "--parents", "--max-count=1", commit).split()[1:]), None)


def head(root: Path) -> str:
    """The checkout's own commit."""
    return _git(root, "rev-parse", "HEAD").strip()


def author(root: Path) -> str:
    """The address that git writes into commits here; empty where it knows none."""
    try:
        return _git(root, "config", "user.email").strip()
    except GateError:
        return ""


def changed_files(root: Path, commit: str) -> list[str]:
    """Files that differ between a commit and the working tree, new ones included, sorted."""
    tracked = _git(root, "diff", "--name-only", "--no-renames", "-z", commit)
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return sorted({path for path in (tracked + new).split("\0") if path})


def files_at(root: Path, commit: str, folders: Sequence[str]) -> list[str]:
    """Files of a commit below some folders, sorted."""
    listed = _git(root, "ls-tree", "-r", "--name-only", "-z", commit, "--", *folders)
    return sorted(path for path in listed.split("\0") if path)


def bytes_at(root: Path, commit: str, file: str) -> bytes:
    """What a file held at a commit.

    Raises:
        GateError: git is missing or refuses.
    """
    try:
        done = subprocess.run(  # noqa: S603 git with our own arguments
            ["git", "-C", str(root), "show", f"{commit}:./{file}"],  # noqa: S607 whichever git the person uses
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise GateError(f"git cannot show {file} at {commit[:7]}:", [str(error)]) from None
    return done.stdout


def contents_at(root: Path, commits: Sequence[str], file: str) -> list[bytes]:
    """What a file held at each of some commits, asked at once; nothing where it was not there.

    Raises:
        GateError: git is missing or refuses.
    """
    if not commits:
        return []
    asked = "".join(f"{commit}:./{file}\n" for commit in commits).encode()
    try:
        done = subprocess.run(  # noqa: S603 git with our own arguments
            ["git", "-C", str(root), "cat-file", "--batch"],  # noqa: S607 whichever git the person uses
            input=asked,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise GateError(f"git cannot show what {file} was:", [str(error)]) from None
    found, rest = [], done.stdout
    for _ in commits:
        head, _, rest = rest.partition(b"\n")
        is_there = not head.endswith(b" missing")
        size = int(head.rsplit(b" ", 1)[1]) if is_there else 0
        found.append(rest[:size])
        rest = rest[size + 1 :] if is_there else rest
    return found


def is_shallow(root: Path) -> bool:
    """Whether a clone's history ends before it began."""
    return _git(root, "rev-parse", "--is-shallow-repository").strip() == "true"


def commits_of(root: Path, file: str) -> Iterator[tuple[str, datetime]]:
    """The commits that changed a file, the newest first, with the time each was made.

    Along first parents: what a branch was, not what was worked on beside it.
    """
    listed = _git(
        root,
        "log",
        "--first-parent",
        "--diff-merges=first-parent",
        "--no-patch",
        "--format=%H %cI",
        "--",
        file,
    )
    for line in listed.splitlines():
        commit, _, when = line.partition(" ")
        yield commit, datetime.fromisoformat(when)


def commit_on(root: Path, day: date) -> str | None:
    """What a branch was at the end of a day (UTC), along first parents; None before its first commit."""
    until = f"--before={day}T23:59:59Z"
    return _git(root, "rev-list", "--max-count=1", "--first-parent", until, "HEAD").strip() or None


def author_of(root: Path, commit: str) -> str:
    """The address that a commit names as its author's."""
    return _git(root, "show", "--no-patch", "--format=%ae", commit).strip()


def describe(root: Path) -> str:
    """The checkout's own commit, and whether files differ from it."""
    commit = _git(root, "rev-parse", "--short", "HEAD").strip()
    return f"{commit} with uncommitted changes" if _git(root, "status", "--porcelain").strip() else commit


@contextmanager
def worktree(root: Path, commit: str, folder: Path) -> Iterator[Path]:
    """A second checkout at a commit; gone with the block."""
    _git(root, "worktree", "prune")
    _git(root, "worktree", "add", "--detach", "--force", str(folder), commit)
    try:
        yield folder
    finally:
        _git(root, "worktree", "remove", "--force", str(folder))
