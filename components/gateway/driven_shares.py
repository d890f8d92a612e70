"""What a route says where a controller moves its shares: that it does, and among which backends, up to what.

The weights themselves are the controller's: the stack sets the first and no other. So what the stack still decides
stands in annotations, which nothing ignores; ``runtime/loops/shares/cluster.py`` reads them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

WRITER: Final = "slipway.dev/shares-by"
BACKENDS: Final = "slipway.dev/share-backends"
CONTROLLER: Final = "controller"


@dataclass(frozen=True)
class DrivenBackend:
    """A version behind a route: what it is called there, what it may get at most, its place where places count."""

    version: str
    name: str
    most: int = 100
    slot: str = ""


def notes(backends: Iterable[DrivenBackend]) -> dict[str, str]:
    """The annotations of a route whose shares a controller moves."""
    said = {
        backend.version: {
            "name": backend.name,
            "most": backend.most,
            **({"slot": backend.slot} if backend.slot else {}),
        }
        for backend in backends
    }
    return {WRITER: CONTROLLER, BACKENDS: json.dumps(said, sort_keys=True)}
