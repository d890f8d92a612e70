"""Where texts of runs lie: by their digest, a folder a class of data and day, for as many days as its record says."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol


class StorePort(Protocol):
    """Texts by digest. What is put twice stands once."""

    def put(self, content: Any, data_class: str, today: date) -> str:
        """Keep it; its digest."""
        ...

    def get(self, digest: str) -> Any:
        """What has this digest.

        Raises:
            LookupError: nothing does, or what lies there is something else.
        """
        ...


def canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: Any) -> str:
    return f"sha256:{hashlib.sha256(canonical(content)).hexdigest()}"


@dataclass(frozen=True)
class FolderStore:
    """Texts in ``<folder>/<class>/<day>/<digest>.json``."""

    folder: Path

    def put(self, content: Any, data_class: str, today: date) -> str:
        digest = digest_of(content)
        path = self.folder / data_class / today.isoformat() / f"{digest.removeprefix('sha256:')}.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # A name of its own until it is whole: a reader sees all of it or nothing.
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(canonical(content))
            part.replace(path)
        return digest

    def get(self, digest: str) -> Any:
        name = f"{digest.removeprefix('sha256:')}.json"
        for path in self.folder.glob(f"*/*/{name}"):
            content = path.read_bytes()
            if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
                raise LookupError(f"{path.name}: was changed after it was stored")
            return json.loads(content)
        raise LookupError(f"{digest} is not in the store: it was never there, or its days are over")

    def sweep(self, retention_days: Mapping[str, int], today: date) -> int:
        """Take away what is older than its class allows; how many there were. A class nobody names keeps nothing."""
        gone = 0
        for day in sorted(self.folder.glob("*/*")):
            kept = timedelta(days=retention_days.get(day.parent.name, 0))
            if date.fromisoformat(day.name) + kept > today:
                continue
            for path in day.iterdir():
                path.unlink()
                gone += 1
            day.rmdir()
        return gone
