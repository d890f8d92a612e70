"""External systems as real servers on loopback: they keep what was done to them, and go wrong when they are told to."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from runtime.loops.suites.agents.tasks import Answer

HOST: Final = "127.0.0.1"
_REFUSED: Final = 422


class UnknownError(Exception):
    """Nothing like that is known here."""


class Systems:
    """What stands behind an agent's tools. Whoever derives from it says what a call answers.

    ``faults`` holds what goes wrong with a tool's next calls, one each.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults: defaultdict[str, deque[str]] = defaultdict(deque)
        self.answers: dict[str, Any] = {}
        self.calls: list[tuple[str, str]] = []
        self.tokens: dict[str, str] = {}
        self.slow_seconds = 1.5
        self.knows_keys = True

    def answer(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        """Do what a call asks.

        Raises:
            UnknownError: it asks for what is not there.
        """
        raise NotImplementedError

    def foreign(self, answer: Any) -> Any:
        """An answer in which somebody from outside gives orders (the fault ``hostile``)."""
        return answer

    def handle(self, tool: str, key: str, arguments: Mapping[str, Any]) -> tuple[int, Any]:
        """Status and answer of one call."""
        with self.lock:
            self.calls.append((tool, key))
            fault = self.faults[tool].popleft() if self.faults[tool] else ""
        if fault == "slow":
            time.sleep(self.slow_seconds)
        if fault == "500":
            return 500, {}
        if fault == "refused":
            return _REFUSED, {}
        try:
            with self.lock:
                answer = self._once(tool, key, arguments)
                if fault == "duplicate":  # the network delivers it again
                    answer = self._once(tool, key, arguments)
        except UnknownError:
            return _REFUSED, {}
        return self._spoilt(fault, answer)

    def _spoilt(self, fault: str, answer: Any) -> tuple[int, Any]:
        match fault:
            case "half-done":
                return 502, {}
            case "wrong-schema":
                return 200, {"surprise": True}
            case "no-json":
                return 200, None
            case "hostile":
                return 200, self.foreign(answer)
            case _:
                return 200, answer

    def _once(self, tool: str, key: str, arguments: Mapping[str, Any]) -> Any:
        if self.knows_keys and key in self.answers:
            return self.answers[key]
        answer = self.answer(tool, arguments)
        self.answers[key] = answer
        return answer


class TaskSystems(Systems):
    """The world of one task: it answers what the task says, and keeps every call that it answered, by its key."""

    def __init__(self, world: Mapping[str, Sequence[Answer]], faults: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._world = world
        for tool, said in faults.items():
            self.faults[tool].extend(said)
        self.done: dict[str, tuple[str, dict[str, Any]]] = {}
        """What was done, by the key of its call: the tool and its arguments."""

    def answer(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        for each in self._world.get(tool, ()):
            if all(arguments.get(name) == value for name, value in each.when.items()):
                return each.answer
        raise UnknownError(tool)

    def _once(self, tool: str, key: str, arguments: Mapping[str, Any]) -> Any:
        answer = super()._once(tool, key, arguments)
        self.done.setdefault(key, (tool, dict(arguments)))
        return answer


def serve(systems: Systems, port: int = 0) -> tuple[str, ThreadingHTTPServer]:
    """A server of everything on a free port; its address, and what ends it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            arguments = json.loads(self.rfile.read(length))
            tool = self.path.removeprefix("/")
            systems.tokens[tool] = self.headers.get("Authorization", "")
            status, answer = systems.handle(tool, self.headers.get("Idempotency-Key", ""), arguments)
            content = b"<html>" if answer is None else json.dumps(answer).encode()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_words: Any) -> None:
            """Nothing: texts belong into no log."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
    return f"http://{HOST}:{server.server_port}", server
