"""Reference histograms in a folder, each named by its digest: one that was changed is no reference."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from runtime.loops.contract import Histogram


def text_of(histogram: Histogram) -> str:
    """The histogram as its file holds it; its digest is of this text."""
    said = {"edges": list(histogram.edges), "counts": list(histogram.counts)}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def digest_of(histogram: Histogram) -> str:
    return f"sha256:{hashlib.sha256(text_of(histogram).encode()).hexdigest()}"


@dataclass(frozen=True)
class FolderReferences:
    """``<folder>/<digest>.json``."""

    folder: Path

    def read(self, digest: str) -> Histogram:
        """The reference.

        Raises:
            LookupError: it is missing, or its content has another digest.
        """
        path = self.folder / f"{digest.removeprefix('sha256:')}.json"
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            found = Histogram(
                edges=tuple(float(edge) for edge in said["edges"]),
                counts=tuple(float(count) for count in said["counts"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LookupError(f"{path}: is no reference histogram: {error}") from None
        if digest_of(found) != digest:
            raise LookupError(f"{path}: its content has the digest {digest_of(found)}: it was changed")
        return found
