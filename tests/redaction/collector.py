"""The collector's own code, run with the very configuration of the stack; what leaves it is written to files.

Of the configuration only its ends are exchanged: exporters for files, its address for one on loopback, the preset
that reads container logs for the same receiver on a folder of ours. The processor that asks the API server for a
pod's labels is left out: its attributes come with what is sent.
"""

import copy
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import yaml

ROOT = Path(__file__).parents[2]
BINARY = ROOT / ".cache" / "otel_collector" / "otelcol"
_LEFT_OUT = ("k8sattributes", "health_check")
_PRESET = {
    "include": [],
    "start_at": "beginning",
    "include_file_path": True,
    "include_file_name": False,
    "poll_interval": "50ms",
    "operators": [{"type": "container", "id": "container-parser"}],
}
"""The receiver of the chart's preset ``logsCollection``, but for what it reads (from the beginning: ours are new)."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ends(config, folder, port, logs=None):
    """The configuration with its ends in ``folder``, and one receiver on ``port``."""
    made = copy.deepcopy(config)
    # Other receivers of OTLP listen one port on.
    listening = {
        name: {"protocols": {"http": {"endpoint": f"127.0.0.1:{port + number}"}}}
        for number, name in enumerate(made.get("receivers") or {"otlp": {}})
    }
    made["receivers"] = (
        listening if logs is None else {**listening, "filelog": {**_PRESET, "include": [str(logs)]}}
    )
    made["exporters"] = {
        name: {
            "path": str(folder / f"{name.replace('/', '-')}.json"),
            "append": True,
            "flush_interval": "50ms",
        }
        for name in made["exporters"]
    }
    renamed = {name: f"file/{name.replace('/', '-')}" for name in made["exporters"]}
    made["exporters"] = {renamed[name]: value for name, value in made["exporters"].items()}
    for name in _LEFT_OUT:
        made["processors"].pop(name, None)
    made["extensions"] = {}
    if logs is not None:
        (folder / "positions").mkdir(exist_ok=True)
        made["extensions"] = {"file_storage": {"directory": str(folder / "positions")}}
        made["receivers"]["filelog"]["storage"] = "file_storage"
    made["service"]["extensions"] = list(made["extensions"])
    made["service"]["telemetry"] = {"metrics": {"level": "none"}}
    for pipeline in made["service"]["pipelines"].values():
        pipeline["exporters"] = [renamed.get(name, name) for name in pipeline["exporters"]]
        if "filelog" in pipeline["receivers"]:
            pipeline["receivers"] = ["otlp", *(["filelog"] if logs is not None else [])]
    for step in made["processors"]:
        if step == "batch":
            made["processors"][step] = {"timeout": "50ms"}
    if "tail_sampling" in made["processors"]:
        made["processors"]["tail_sampling"]["decision_wait"] = "200ms"
    if "spanmetrics" in made.get("connectors", {}):
        made["connectors"]["spanmetrics"]["metrics_flush_interval"] = "100ms"
    return made


class Collector:
    """One process of it. ``out`` holds what would have left."""

    def __init__(self, config, folder, logs=None):
        self.out, self.port, self.logs, self.config = folder / "out", free_port(), logs, config
        self.out.mkdir(exist_ok=True)
        self.file = folder / "collector.yaml"
        self.file.write_text(yaml.safe_dump(ends(config, self.out, self.port, logs)), encoding="utf-8")
        self.said = (folder / "collector.log").open("a", encoding="utf-8")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(  # noqa: S603 our own build
            [str(BINARY), "--config", str(self.file)],
            stdout=self.said,
            stderr=self.said,
            env={"PATH": os.environ["PATH"], "MY_POD_IP": "127.0.0.1"},
        )
        for _ in range(600):
            assert self.process.poll() is None, Path(self.said.name).read_text(encoding="utf-8")[-3000:]
            try:
                self.send("logs", {"resourceLogs": []})
            except (URLError, OSError):
                time.sleep(0.1)
            else:
                return self
        raise AssertionError("the collector did not listen in a minute")

    def send(self, signal, body, receiver=0):
        request = Request(
            f"http://127.0.0.1:{self.port + receiver}/v1/{signal}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 loopback
            return answer.read()

    def wait_for(self, mark, seconds=60):
        """All that has left, once ``mark`` is in it: it was sent last."""
        for _ in range(seconds * 10):
            text = self.left()
            if mark in text:
                return text
            time.sleep(0.1)
        raise AssertionError(f"{mark} did not come out: {self.left()[-2000:]}")

    def left(self):
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.out.glob("*.json")))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.said.close()
