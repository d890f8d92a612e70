"""The repository with records, events and stack files, as a checkout of the worker's own."""

import subprocess
from pathlib import Path
from typing import Final

from runtime.loops.settings import LoopsError, RepositorySettings

_SECONDS: Final = 120
_WHO: Final = ("-c", "user.name=slipway", "-c", "user.email=slipway@loops.invalid")


def fetch(settings: RepositorySettings, events: str = "") -> None:
    """Bring the checkout up to its branch, and make it where there is none.

    ``events`` is the branch that takes what this worker appends: it is continued where the repository has it, and
    holds all of the other one. What was committed and not pushed is kept.

    Raises:
        LoopsError: git is not there, or the repository refuses.
    """
    folder, branch = Path(settings.folder), settings.branch
    if not (folder / ".git").is_dir():
        _git("clone", "--quiet", "--branch", branch, "--", settings.url, str(folder))
    inside = ("-C", str(folder))
    _git(*inside, "fetch", "--quiet", "origin")
    if not events:
        _git(*inside, "merge", "--quiet", "--ff-only", f"origin/{branch}")
        return
    _git(*inside, "switch", "--quiet", *(() if _has(inside, events) else ("--create",)), events)
    for above in (f"origin/{events}", f"origin/{branch}"):
        if _has(inside, above):
            _git(*inside, *_WHO, "merge", "--quiet", "--no-edit", above)


def _has(inside: tuple[str, ...], name: str) -> bool:
    """Whether a branch is there, here or at the repository; one that is only there is switched to all the same."""
    listed = _git(*inside, "branch", "--all", "--format=%(refname:short)").split()
    return name in listed or f"origin/{name}" in listed


def _git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 words are ours, and what settings name stands after --
            ["git", *words],  # noqa: S607 of the image
            check=False,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LoopsError("repository: cannot be fetched:", [f"git: {error}"]) from None
    if done.returncode:
        raise LoopsError("repository: cannot be fetched:", done.stderr.strip().splitlines())
    return done.stdout
