"""Stands for KServe's model server in a rehearsal: ready at once, and every text's vector is made of its length.

A program of its own, on the standard library. ``usage`` says as many tokens as the text has words, or as many as the
field ``user`` says where it is a number: so a test may spend a limit of tokens with one request.
"""

import argparse
import json
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answers(BaseHTTPRequestHandler):
    """Of the model's server."""

    protocol_version = "HTTP/1.1"

    answered = 0

    def do_GET(self) -> None:
        """Health and readiness, in both protocols; and how many requests were answered."""
        if self.path == "/metrics":
            self._send(200, "text/plain", f"vllm:request_success_total {Answers.answered}\n".encode())
            return
        self._answer(200, {"ready": True, "live": True, "status": "alive"})

    def do_POST(self) -> None:
        """Embeddings."""
        length = int(self.headers.get("content-length", 0))
        asked = json.loads(self.rfile.read(length) or b"{}")
        if not self.path.endswith("/embeddings"):
            self._answer(404, {"error": {"message": self.path}})
            return
        texts = asked["input"] if isinstance(asked.get("input"), list) else [str(asked.get("input", ""))]
        user = str(asked.get("user", ""))
        tokens = int(user) if user.isdigit() else sum(len(text.split()) for text in texts)
        data = [
            {"object": "embedding", "index": number, "embedding": [float(len(text)), 1.0]}
            for number, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        seen = {"caller": self.headers.get("x-caller"), "authorization": self.headers.get("authorization")}
        Answers.answered += 1
        self._answer(
            200, {"object": "list", "model": asked.get("model"), "data": data, "usage": usage, "seen": seen}
        )

    def _answer(self, status: int, body: object) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, form: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", form)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the base class's name
        """Nothing: what was asked is not kept."""


class Server(ThreadingHTTPServer):
    """Without asking DNS for its own name."""

    def server_bind(self) -> None:
        """Bind, and no more."""
        socketserver.TCPServer.server_bind(self)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model_name")
    parser.add_argument("--port", type=int, default=8080)
    Server(("0.0.0.0", parser.parse_args().port), Answers).serve_forever()  # noqa: S104 a pod's own
