"""Changes of stack files as data: what a pull request has to hold, one file a run and change."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from runtime.loops.ports import UnavailableError


@dataclass(frozen=True)
class FolderProposals:
    """A folder that a pipeline makes pull requests of."""

    folder: Path

    def propose(self, run: str, title: str, change: Mapping[str, Any]) -> str:
        """Write the change, whole; the same run and title again is the same file."""
        name = f"{run}-{title.partition(': ')[2] or 'change'}.yaml"
        path = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_text(
                yaml.safe_dump({"title": title, "run": run, "change": dict(change)}, sort_keys=False)
            )
            draft.replace(path)
        except OSError as error:
            raise UnavailableError(f"{path}: cannot be written: {error}") from error
        return str(path)
