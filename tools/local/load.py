"""Callers of the gateway: a steady rate, bounded, and only to loopback; what they got is counted by version.

`python -m tools.local.load --gateway PORT --port PORT --traffic FILE` goes on until it is ended. The file says how
many requests a second and which sentences; it is read again each second.
"""

import argparse
import json
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from tools.local.layout import HOST, MODEL
from tools.local.web import post

MOST_A_SECOND: Final = 50
"""A model on two cores answers no more."""
WINDOW_SECONDS: Final = 15
_CALLERS: Final = 8
SENTENCES: Final = {
    "usual": (
        "where is my parcel",
        "how do I return a pair of shoes",
        "the invoice has the wrong address",
        "can I change my delivery date",
        "my voucher is not accepted",
        "the jacket is too small",
    ),
    "shifted": (
        "Weshalb liegt meine Lieferung mit vier Positionen seit drei Wochen unverändert im Zentrallager in Hamburg",
        "Je voudrais modifier l'adresse de facturation de toutes mes commandes des douze derniers mois",
        "select * from orders where customer_id = 4711 and created_at > now() - interval '30 days' limit 50",
        "Quisiera saber por qué el reembolso de mi último pedido todavía no aparece en mi cuenta bancaria",
    ),
}
"""What callers ask: of a shop's search, and what comes when another product's callers are sent to the same model."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What is sent."""

    rate: float = 12.0
    sentences: str = "usual"

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= MOST_A_SECOND:
            raise ValueError(f"rate should be from 0 to {MOST_A_SECOND} a second (got {self.rate})")
        if self.sentences not in SENTENCES:
            raise ValueError(f"sentences should be one of {', '.join(SENTENCES)} (got {self.sentences})")


def read_traffic(path: Path) -> Traffic:
    """What the file says.

    Raises:
        ValueError: it says something else.
    """
    try:
        return Traffic(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Traffic()
    except TypeError as error:
        raise ValueError(str(error)) from None


def write_traffic(path: Path, traffic: Traffic) -> None:
    """Callers send this within a second."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(traffic)) + "\n", encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 the same call on every system


class Counted:
    """Answers of the last seconds and of all time, by version and by good or bad."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._recent: deque[tuple[float, str, bool]] = deque()
        self._all: Counter[tuple[str, bool]] = Counter()
        self._missed = 0

    def add(self, version: str, *, good: bool) -> None:
        with self._lock:
            self._recent.append((self._clock(), version, good))
            self._all[version, good] += 1

    def miss(self) -> None:
        """All callers were waiting for answers when the next request was due."""
        with self._lock:
            self._missed += 1

    def said(self) -> dict[str, Any]:
        """As JSON: ``versions`` of the window, ``total`` since the start."""
        with self._lock:
            while self._recent and self._recent[0][0] < self._clock() - WINDOW_SECONDS:
                self._recent.popleft()
            recent = Counter((version, good) for _, version, good in self._recent)
            return {
                "window_seconds": WINDOW_SECONDS,
                "versions": _by_version(recent),
                "total": _by_version(self._all),
                "missed": self._missed,
            }


def _by_version(counted: Counter[tuple[str, bool]]) -> dict[str, dict[str, int]]:
    return {
        version: {"good": counted[version, True], "bad": counted[version, False]}
        for version in sorted({version for version, _ in counted})
    }


def call(gateway: int, sentence: str, counted: Counted) -> None:
    """One request; the gateway says which version answered."""
    status, headers, _ = post(gateway, f"/v1/models/{MODEL}:predict", {"instances": [sentence]})
    version = next((v for k, v in headers.items() if k.lower() == "x-slipway-version"), "none")
    counted.add(version, good=status == 200)  # noqa: PLR2004 HTTP


def send(gateway: int, path: Path, counted: Counted, ended: threading.Event) -> None:
    """Until it is ended: one request each time that one is due; none is made up for later."""
    traffic, read_at, number, due = Traffic(), 0.0, 0, time.monotonic()
    free = threading.Semaphore(_CALLERS)

    def one(sentence: str) -> None:
        try:
            call(gateway, sentence, counted)
        finally:
            free.release()

    while not ended.is_set():
        now = time.monotonic()
        if now - read_at >= 1:
            try:
                traffic, read_at = read_traffic(path), now
            except (OSError, ValueError):
                read_at = now
        if traffic.rate == 0:
            ended.wait(0.2)
            continue
        due = max(due + 1 / traffic.rate, now - 1)
        ended.wait(max(0, due - now))
        sentences = SENTENCES[traffic.sentences]
        if free.acquire(blocking=False):
            threading.Thread(target=one, args=(sentences[number % len(sentences)],), daemon=True).start()
            number += 1
        else:
            counted.miss()


def served(port: int, counted: Counted) -> ThreadingHTTPServer:
    """A server on loopback that says what was counted."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = json.dumps(counted.said()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_arguments: Any) -> None:
            """Nothing: it is asked each second."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--gateway", "--port"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--traffic", type=Path, required=True)
    asked = parser.parse_args()
    counted = Counted()
    served(asked.port, counted)
    send(asked.gateway, asked.traffic, counted, threading.Event())


if __name__ == "__main__":
    main()
