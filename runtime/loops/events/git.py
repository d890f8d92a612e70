"""Events as signed files in commits on a branch of their own, which people merge as a pull request."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.loops.contract import Appendix
from runtime.loops.events.folder import FolderEvents
from runtime.loops.ports import UnavailableError

_SECONDS: Final = 60


@dataclass(frozen=True)
class GitEvents:
    """A checkout whose branch takes what workflows say. ``remote`` is pushed to; without one commits stay here."""

    folder: FolderEvents
    checkout: Path
    branch: str
    author: str
    remote: str = ""

    def append(self, appendix: Appendix) -> str:
        """Append and commit; a commit that failed is made by the next attempt, since the file is there already.

        Raises:
            UnavailableError: git or the remote refused.
        """
        self._git("switch", "--quiet", self.branch)
        name = self.folder.append(appendix)
        release = appendix.release
        path = self.folder.models / release.model / release.version / "events" / name
        self._git("add", "--", str(path))
        if self._git("status", "--porcelain", "--", str(path)):
            said = f"{release.identity}: {appendix.event.get('kind')}, by {appendix.run}"
            self._git(
                "-c",
                f"user.name={self.author}",
                "-c",
                f"user.email={self.author}",
                "commit",
                "-q",
                "-m",
                said,
            )
        if self.remote:
            self._git("push", "--quiet", self.remote, self.branch)
        return name

    def _git(self, *words: str) -> str:
        command = ["git", "-C", str(self.checkout), *words]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603 words are ours
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"git {words[0]}: {error}") from error
        if done.returncode:
            raise UnavailableError(f"git {words[0]}: {done.stderr.strip()}")
        return done.stdout
