"""An agent as it runs: three workers as processes with their own settings, a model behind HTTP, tools on loopback."""

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

from releases.record_file import record_digest
from runtime.loops.events.signing import make_key
from runtime.loops.suites.agents.systems import serve
from tests.runtime.loops.agents.outside import Outside
from tests.runtime.loops.agents.parts import ROOT, record
from tests.runtime.loops.processes.stack import until

PARTS = ("reason", "plan", "act")


class Model:
    """A chat completion server that answers a script. What it answers depends on what it reads, not on how often."""

    def __init__(self, plans):
        self.plans, self.asked = plans, []
        self.before = lambda _what: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                content = json.dumps(outer.answer([m["content"] for m in body["messages"]])).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, messages):
        planning = "Plan the next steps" in messages[0]
        number = sum("goes on" in text for text in messages[1:]) - planning
        self.asked.append(("plan" if planning else "reason", number))
        self.before(("plan" if planning else "reason", number))
        if planning:
            said = self.plans[min(number, len(self.plans) - 1)]
        else:
            said = {"done": number >= len(self.plans), "summary": f"goes on {number}", "answer": "Done."}
        return {"choices": [{"message": {"content": json.dumps(said)}}], "usage": {"total_tokens": 10}}


class AgentStack:
    """Everything of one agent in a folder."""

    def __init__(self, root, server, *plans, tools=None, **changes):
        """``tools`` is a process with the servers of tools, where they do not run in this one."""
        self.root, self.server = root, server
        self.outside, self.model = Outside(), Model(plans)
        self.address, self.tools = (tools.address, tools) if tools else serve(self.outside)
        self.data = record(self.address, **changes)
        self._releases()
        for name in ("journal", "lea@example.com", "ana@example.com"):
            make_key(root / f"{name}.pem", root / "people" / f"{name}.pub")
        (root / "identities").mkdir()
        for tool in self.data["tools"].values():
            (root / "identities" / tool["identity"]).write_text("token")
        (root / "gateway-token").write_text("token")
        for part in PARTS:
            self._settings(part)
        self.workers = {}

    def _releases(self):
        folder = self.root / "releases"
        examples = ROOT / "examples" / "releases"
        subprocess.run(["cp", "-r", str(examples), str(folder)], check=True)  # noqa: S607 a copy of a folder
        agent = folder / "agents" / "support-mail" / "v1"
        (agent / "agent.yaml").write_text(yaml.safe_dump(self.data, sort_keys=False))
        event = agent / "events" / "2026-11-29-approval.yaml"
        data = yaml.safe_load(event.read_text()) | {"record": record_digest(self.data)}
        event.write_text(yaml.safe_dump(data))

    def _settings(self, part):
        data = {
            "environment": "dev",
            "agent": "support-mail",
            "version": "v1",
            "part": part,
            "temporal": {"address": self.server.address},
            "releases": str(self.root / "releases"),
            "store": str(self.root / "store"),
        }
        if part == "act":
            data["acting"] = {
                "policies": str(ROOT / "policies" / "actions"),
                "keys": str(self.root / "people"),
                "database": str(self.root / "agent.db"),
                "key": str(self.root / "journal.pem"),
                "identities": str(self.root / "identities"),
            }
        else:
            data["gateway"] = {"address": self.model.url, "token": str(self.root / "gateway-token")}
        self.path(part).write_text(yaml.safe_dump(data))

    def path(self, part):
        return self.root / f"{part}.yaml"

    def start(self, *parts):
        for part in parts or PARTS:
            log = self.root / f"{part}.log"
            before = log.read_text().count("works on") if log.exists() else 0
            with log.open("ab") as out:
                words = [
                    sys.executable,
                    "-m",
                    "runtime.loops.agents",
                    "worker",
                    "--settings",
                    str(self.path(part)),
                ]
                self.workers[part] = subprocess.Popen(words, cwd=ROOT, stdout=out, stderr=out)
            until(
                lambda log=log, before=before: log.read_text().count("works on") > before,
                f"the worker that {part}s",
            )

    def kill(self, part):
        """As the system would, without a word."""
        os.kill(self.workers[part].pid, signal.SIGKILL)
        self.workers[part].wait(10)

    def command(self, *words, part="act", module="runtime.loops.agents", ok=0):
        done = subprocess.run(
            [sys.executable, "-m", module, *words, "--settings", str(self.path(part))],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begin(self, name):
        task = self.root / "task.json"
        task.write_text(json.dumps({"mail": "m1"}))
        self.command("begin", name, str(task), "--key", str(self.root / "ana@example.com.pem"))
        return f"agent-support-mail-{name}"

    def end(self):
        for part, worker in self.workers.items():
            if worker.poll() is None:
                self.kill(part)
        for each in (self.tools, self.model.server):
            each.shutdown()
            each.server_close()
