"""Which commits changed a file, as git tells it. Nothing that the repository's settings say can run a program here."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SECONDS: Final = 120
_PINNED: Final = (
    "--no-pager",
    "--no-replace-objects",  # or a commit could be read as another one
    "--literal-pathspecs",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.commitGraph=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "gpg.program=false"),
    *("-c", "gpg.ssh.program=false"),
    *("-c", "gpg.x509.program=false"),
    *(
        "-c",
        "protocol.allow=never",
    ),  # a clone that lacks objects would fetch them by a command of its settings
)
"""Signatures are checked here, not by git; none of these commands needs a program, and none may be named for it."""


class HistoryError(ValueError):
    """There is no history to ask; the message says why."""


@dataclass(frozen=True)
class Change:
    """A commit that changed a file: a merge only where it made something that none of its parents has."""

    commit: str
    raw: bytes
    """The commit as git stores it."""
    parents: tuple[str, ...]
    is_last_here: bool
    """Whether a parent is missing: a shallow clone ends here, and calls everything there is added."""
    is_new: bool
    """Whether no parent that is here has the file."""
    content: bytes | None
    """Of the file then; None where it was taken away."""

    @property
    def short(self) -> str:
        return self.commit[:10]


def changes(folder: Path, files: Sequence[str]) -> Mapping[str, Sequence[Change]]:
    """The changes of each file below a folder up to what is checked out, the newest first.

    Git is asked three times, however many files there are.

    Raises:
        HistoryError: the folder is in no checkout, or git is missing or refuses.
    """
    top = _top(folder)
    ask = _Git(top)
    above = folder.relative_to(top).as_posix()
    paths = {file: file if above == "." else f"{above}/{file}" for file in files if file.isprintable()}
    listed = ask("rev-list", "--full-history", "HEAD", "--", *paths.values()).decode().split()
    touched = _touched(ask, listed, set(paths.values()))
    commits = list(dict.fromkeys(commit for ones in touched.values() for commit in ones))
    raw = _objects(ask, commits)
    parents = {commit: _parents(raw[commit] or b"") for commit in commits}
    wanted = [
        f"{each}:{path}"
        for path, ones in touched.items()
        for commit in ones
        for each in (commit, *parents[commit])
    ]
    above_them = [parent for ones in parents.values() for parent in ones]
    there = _objects(ask, list(dict.fromkeys([*above_them, *wanted])))
    return {
        file: [
            Change(
                commit=commit,
                raw=raw[commit] or b"",
                parents=parents[commit],
                is_last_here=any(there[parent] is None for parent in parents[commit]),
                is_new=all(there[f"{parent}:{path}"] is None for parent in parents[commit]),
                content=there[f"{commit}:{path}"],
            )
            for commit in touched.get(path, ())
        ]
        for file, path in paths.items()
    }


class _Git:
    """Git for one checkout, which is named: it looks for none, and finds none that somebody committed as files."""

    def __init__(self, top: Path) -> None:
        self._top = top

    def __call__(self, *words: str, said: str = "") -> bytes:
        where = ("--git-dir", str(self._top / ".git"), "--work-tree", str(self._top))
        try:
            done = subprocess.run(  # noqa: S603 git with our own arguments
                ["git", *_PINNED, *where, *words],  # noqa: S607 whichever git the person uses
                cwd=self._top,
                input=said.encode(),
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise HistoryError(f"git cannot be asked: {error}") from None
        if done.returncode:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"])[-1]
            raise HistoryError(f"git {words[0]} failed: {last}")
        return done.stdout


def _top(folder: Path) -> Path:
    found = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), None)
    if found is None:
        raise HistoryError("this is no checkout of git, where commits could be asked")
    return found


def _touched(ask: _Git, commits: Sequence[str], paths: set[str]) -> dict[str, list[str]]:
    """The commits that changed each path; of a merge, what differs from all of its parents."""
    words = ("diff-tree", "--stdin", "-r", "-c", "--root", "--no-renames", "--name-only", "-z", "--", *paths)
    told = ask(*words, said="".join(f"{commit}\n" for commit in commits)) if commits else b""
    found: dict[str, list[str]] = {}
    commit, known = "", set(commits)
    for word in told.decode("utf-8", "surrogateescape").split("\0"):
        if word in known:
            commit = word
        elif word in paths:
            found.setdefault(word, []).append(commit)
    return found


def _objects(ask: _Git, names: Sequence[str]) -> dict[str, bytes | None]:
    """What git has under some names; None for what it does not have."""
    rest = ask("cat-file", "--batch", said="".join(f"{name}\n" for name in names)) if names else b""
    found: dict[str, bytes | None] = {}
    for name in names:
        head, _, rest = rest.partition(b"\n")
        if head.endswith(b" missing"):
            found[name] = None
            continue
        size = int(head.rsplit(b" ", 1)[1])
        found[name], rest = rest[:size], rest[size + 1 :]
    return found


def _parents(raw: bytes) -> tuple[str, ...]:
    return tuple(_parent_lines(raw.partition(b"\n\n")[0].split(b"\n")))


def _parent_lines(lines: Sequence[bytes]) -> Iterator[str]:
    for line in lines:
        name, _, value = line.partition(b" ")
        if name == b"parent":
            yield value.decode("ascii", "replace")
