"""Real processes on loopback: Temporal, workers that can be killed, the receiver, and a Prometheus that obeys."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import yaml

from releases.load import load_releases
from runtime.loops.settings import load_settings
from runtime.loops.shares.envoy_file import EnvoyFileShares
from tests.runtime.loops import folders

SERVER = Path(sys.executable).parent / "temporal"
SECONDS = 90


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} seconds"
        time.sleep(0.05)


class Prometheus:
    """Answers the queries of ``folders``. ``errors`` is a rate by version; ``slow`` makes every answer wait."""

    def __init__(self) -> None:
        self.errors: dict[str, float] = {}
        self.slow, self.away = 0.0, False
        self.asked = 0
        self.shares: Callable[[], dict[str, int]] = dict
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                time.sleep(outer.slow)
                if outer.away:
                    self.send_error(503)
                    return
                query = parse_qs(urlsplit(self.path).query)["query"][0]
                body = json.dumps({"status": "success", "data": {"result": outer.answer(query)}}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, query):
        what, *words = query.split()
        if what.startswith("slo:"):
            value = 0.99 if "target" in what else 0.5
            return [{"metric": {"objective": "availability"}, "value": [0, str(value)]}]
        version = words[1]
        requests = 1000.0 if self.shares().get(version) else 0.0
        if what == "histogram":
            below = {"1.0": 100, "2.0": 300, "+Inf": 1500}
            return [{"metric": {"le": le}, "value": [0, str(n)]} for le, n in below.items()]
        if what == "latency":
            return [{"metric": {}, "value": [0, "100" if requests else "NaN"]}]
        value = requests if what == "requests" else requests * self.errors.get(version, 0.001)
        return [{"metric": {}, "value": [0, str(value)]}]


class Server:
    """Temporal's development server, its runs in a file, or in memory where nobody kills it."""

    def __init__(self, folder: Path, port: int = 0, *, in_memory: bool = False) -> None:
        self.port, self.folder = port or free_port(), folder
        self.address = f"127.0.0.1:{self.port}"
        self.words = [
            str(SERVER),
            "server",
            "start-dev",
            "--headless",
            "--ip",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        self.words += ["--log-level", "error"]
        self.words += [] if in_memory else ["--db-filename", str(folder / "runs.db")]
        self.start()

    def start(self) -> None:
        """Start it, or start it again: it goes on with what stands in its file."""
        self.process = subprocess.Popen(self.words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, "Temporal's server")

    def kill(self) -> None:
        """As the system would, without a word."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def _answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


class Receiving:
    """The receiver's address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str) -> tuple[int, dict]:
        return self._ask(Request(self.url + path))

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, dict]:
        return self._ask(Request(self.url + path, data=body, headers=headers, method="POST"))

    def alert(self, name: str, **labels: str) -> tuple[int, dict]:
        said = {"alertname": name, "model": "minilm", "severity": "critical", **labels}
        body = {"version": "4", "status": "firing", "alerts": [{"status": "firing", "labels": said}]}
        return self.post("/alerts", json.dumps(body).encode())

    def _ask(self, request: Request) -> tuple[int, dict]:
        try:
            with urlopen(request, timeout=40) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
        except URLError:
            return 0, {}


class Stack:
    """A checkout, the server and workers."""

    def __init__(self, root: Path, server: Server, **changes) -> None:
        self.root, self.prometheus = root, Prometheus()
        self.path = folders.make(root, temporal=server.address, prometheus=self.prometheus.url, **changes)
        self.settings = load_settings(self.path)
        self.routes = EnvoyFileShares(root / "edge" / "routes.json")
        self.prometheus.shares = lambda: self.routes.read("minilm")
        self.workers: list[subprocess.Popen[bytes]] = []

    def command(self, *words: str, ok: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "runtime.loops", *words, "--settings", str(self.path)],
            cwd=folders.ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *kinds: str, **environment: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "runtime.loops", "worker", "--settings", str(self.path)]
        words += [word for kind in kinds for word in ("--kind", kind)]
        with (self.root / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                words, cwd=folders.ROOT, stdout=log, stderr=log, env={**os.environ, **environment}
            )
        self.workers.append(worker)
        until(lambda: self._working() == len(self.workers), "a worker that works")
        return worker

    def _working(self) -> int:
        """How many workers ever said that they work, the receiver among them."""
        logs = [path.read_text() for path in self.root.glob("*.log")]
        return sum(text.count("works on ") + text.count("receives on ") for text in logs)

    def receive(self) -> "Receiving":
        """The receiver as a process, and what Alertmanager would send it."""
        port = free_port()
        words = [
            sys.executable,
            "-m",
            "runtime.loops",
            "receive",
            "--settings",
            str(self.path),
            "--port",
            str(port),
        ]
        with (self.root / "receiver.log").open("ab") as log:
            started = subprocess.Popen(words, cwd=folders.ROOT, stdout=log, stderr=log)
        self.workers.append(started)
        receiving = Receiving(f"http://127.0.0.1:{port}")
        until(lambda: receiving.get("/healthz")[0] == 200, "the receiver")
        return receiving

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """As the system would, without a word."""
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)

    def end(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                self.kill(worker)
        self.prometheus.server.shutdown()
        self.prometheus.server.server_close()

    def share(self, version: str = "v2") -> int:
        return self.routes.read("minilm").get(version, 0)

    def events(self, version: str = "v2") -> list[dict]:
        """Those of runs, in the order of their steps; each was verified by the loader."""
        found = load_releases(self.root / "releases" / "models")["minilm"][version]
        said = [event.model_dump() for event in found.events if event.signature is not None]
        return sorted(said, key=lambda event: (event.get("run") or "~", event.get("step", 0)))

    def told(self, version: str = "v2") -> list[tuple[str, str]]:
        return [
            (e["kind"], e.get("action") or e.get("decision") or e.get("severity"))
            for e in self.events(version)
        ]

    def status(self, run: str) -> dict:
        return json.loads(self.command("runs", run, "--format", "json"))

    def change(self, **changes) -> None:
        data = yaml.safe_load(self.path.read_text())
        self.path.write_text(yaml.safe_dump({**data, **changes}, sort_keys=False))
