"""Draws a sample of what KServe's agent has recorded of a model's requests and answers, before it is stored.

It runs beside one model and listens on the loopback address. The agent posts each batch here and stores what it gets
back; it stores nothing where the answer is no success. So what is not drawn never leaves the pod.
"""

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

PORT: Final = 9084
LARGEST_BATCH: Final = 64 * 2**20
LARGEST_OBJECT: Final = 4 * 2**20
"""Below 5 MiB: more is uploaded in parts, which takes the right to decrypt, and a writer shall not read."""
_KEPT: Final = (
    "id",
    "reqType",
    "occurrenceTime",
    "namespace",
    "inferenceService",
    "component",
    "contentType",
    "bytes",
)
_NOTHING_DRAWN: Final = 422


def is_drawn(identity: str, percent: int, salt: bytes) -> bool:
    """Whether a request belongs to the sample: the same for its answer, and for nobody to foresee.

    A caller may name the identity in a header, so the salt is what keeps them from choosing.
    """
    drawn = hashlib.sha256(salt + identity.encode()).digest()
    return int.from_bytes(drawn[:8], "big") * 100 < percent * 2**64


def sample(batch: Sequence[dict[str, Any]], percent: int, salt: bytes) -> bytes:
    """The drawn records, one a line; a payload that would not fit is told by its length."""
    return b"".join(_lines([r for r in batch if is_drawn(str(r.get("id")), percent, salt)]))


def _lines(records: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    room = LARGEST_OBJECT
    for record in records:
        kept: dict[str, Any] = {key: record[key] for key in _KEPT if key in record}
        line = json.dumps(kept).encode() + b"\n"
        if len(line) > room:
            kept["leftOut"] = len(str(kept.pop("bytes", "")))
            line = json.dumps(kept).encode() + b"\n"
        room -= len(line)
        yield line


class Marshaller(BaseHTTPRequestHandler):
    """What the agent posts to (``marshallerUrl``, KServe v0.20.0)."""

    percent = 0
    salt = b""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BATCH:
            self._answer(413, b"")
            return
        try:
            batch = json.loads(self.rfile.read(length))
            drawn = sample(batch, self.percent, self.salt)
        except (ValueError, AttributeError, TypeError):
            self._answer(400, b"not a list of records\n")
            return
        self._answer(200 if drawn else _NOTHING_DRAWN, drawn or b"nothing drawn\n")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("X-Log-Marshal-Extension", "jsonl")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the agent logs what it stored."""


def server(percent: int, port: int = PORT) -> ThreadingHTTPServer:
    """A sampler that is ready to serve.

    Raises:
        ValueError: the share is not 1 to 100.
    """
    if not 1 <= percent <= 100:  # noqa: PLR2004 per cent
        raise ValueError(f"PERCENT is 1 to 100 (got {percent})")
    handler = type("Sampler", (Marshaller,), {"percent": percent, "salt": secrets.token_bytes(16)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    try:
        server(int(os.environ.get("PERCENT", ""))).serve_forever()
    except ValueError as problem:
        sys.exit(f"payload sampler: {problem}")
