"""A script in a model's place, behind the same address and words as a model: a chat completion server on loopback.

A script is a Python file with ``answer(messages)``: what it says to a system's message and the notes of a run, as data.
Figures that were measured with one say so, with its digest.
"""

import hashlib
import json
import runpy
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from runtime.loops.suites.agents.systems import HOST
from runtime.loops.suites.cases import CaseError

Script = Callable[[Sequence[str]], Mapping[str, Any]]


def read_script(path: Path) -> tuple[Script, str]:
    """The script of a file, and the file's digest.

    Raises:
        CaseError: it cannot be read, or says nothing.
    """
    try:
        content = path.read_bytes()
        answer: Script = runpy.run_path(str(path))["answer"]
    except (OSError, ImportError, SyntaxError, KeyError) as error:
        raise CaseError(f"{path}: should be a Python file with answer(messages): {error}") from None
    return answer, f"sha256:{hashlib.sha256(content).hexdigest()}"


def script_server(answer: Script, port: int = 0) -> ThreadingHTTPServer:
    """A server that answers with a script; it does not serve yet."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({"status": "scripted"})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = [message["content"] for message in asked["messages"]]
            said = json.dumps(answer(texts))
            # Four letters a token, as a rule of thumb has it.
            prompt, completion = sum(map(len, texts)) // 4, len(said) // 4
            total = prompt + completion
            used = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}
            self._say({"choices": [{"message": {"role": "assistant", "content": said}}], "usage": used})

        def _say(self, body: Mapping[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: Any) -> None:
            """Nothing: texts belong into no log."""

    return ThreadingHTTPServer((HOST, port), Handler)


@contextmanager
def scripted(answer: Script) -> Iterator[str]:
    """The address of a script, as long as it is asked."""
    with script_server(answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
