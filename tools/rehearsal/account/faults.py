"""Where the provider stops for ever, so that whoever rehearses can end the engine at exactly that point."""

import json
import time
from pathlib import Path
from typing import Literal

When = Literal["before", "after"]
"""``before`` the account has made the resource; ``after``: it has, and the engine has not been told."""


class Faults:
    """Reads ``fault.json`` in its folder at each call; writes ``reached`` when the point is reached, once."""

    def __init__(self, folder: Path) -> None:
        self._wanted, self._reached = folder / "fault.json", folder / "reached"

    def set(self, when: When, type_: str, name: str) -> None:
        """The next making of this resource stops there."""
        self._reached.unlink(missing_ok=True)
        said = json.dumps({"when": when, "type": type_, "name": name})
        self._wanted.write_text(said, encoding="utf-8")

    def clear(self) -> None:
        self._wanted.unlink(missing_ok=True)
        self._reached.unlink(missing_ok=True)

    def is_reached(self) -> bool:
        return self._reached.exists()

    def before(self, type_: str, urn: str) -> None:
        self._stop("before", type_, urn)

    def after(self, type_: str, urn: str) -> None:
        self._stop("after", type_, urn)

    def _stop(self, when: When, type_: str, urn: str) -> None:
        if not self._wanted.exists():
            return
        wanted = json.loads(self._wanted.read_text(encoding="utf-8"))
        if wanted != {"when": when, "type": type_, "name": urn.rpartition("::")[2]}:
            return
        self._reached.touch()
        while self._wanted.exists():
            time.sleep(0.05)
