"""One alert from a fault to a receiver: the real Prometheus scrapes a model's edge that begins to fail, and the real
Alertmanager calls. Hours are minutes and minutes seconds here; nothing else of the rules is changed.
"""

import json
import subprocess
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest
import yaml

from components.observability.alerting import AlertingSettings, alertmanager_config
from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups
from releases.objectives import Objective, Objectives
from tests.alerts.promtool import program
from tools.local.scale import scaled

CLUSTER = 'envoy_cluster_name="httproute/edge/chat/rule/0",namespace="edge"'


class Edge:
    """What Envoy would say of one model's route: a hundred requests a second, of which a part fails."""

    def __init__(self):
        self.started, self.failing_since = time.monotonic(), None

    def metrics(self):
        now = time.monotonic()
        failed = 0 if self.failing_since is None else 100 * (now - self.failing_since)
        good = 100 * (now - self.started) - failed
        return (
            f"envoy_cluster_membership_total{{{CLUSTER}}} 1\n"
            f'envoy_cluster_upstream_rq_xx{{{CLUSTER},envoy_response_code_class="2"}} {good:.0f}\n'
            f'envoy_cluster_upstream_rq_xx{{{CLUSTER},envoy_response_code_class="5"}} {failed:.0f}\n'
        )


def served(answer):
    """A server on loopback; ``answer`` gets the method and the body."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(self.command, body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _do  # noqa: N815 the standard library's names

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def free_port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    return port


def until(found, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return
        time.sleep(0.2)
    pytest.fail(f"{what} did not happen within {seconds} s")


def started(stack, folder, name, *arguments):
    log = stack.enter_context((folder / f"{name}.log").open("w"))
    process = subprocess.Popen([program(name), *arguments], stdout=log, stderr=log, cwd=folder)  # noqa: S603 ours
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)


def is_ready(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_a_fault_at_the_edge_reaches_who_is_on_call(tmp_path):
    edge, received = Edge(), []

    def receive(_method, body):
        received.extend(json.loads(body)["alerts"])
        return "ok"

    slo = Objectives(objectives=[Objective(indicator="availability", target=0.995)])
    promise = Promise(model="chat", release="chat-v1", owner="support", slo=slo)
    rules = scaled(groups(promise, {"availability": measured("chat", slo.objectives[0])}))
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": rules}, sort_keys=False))
    with ExitStack() as stack:
        source, oncall, other = served(lambda *_: edge.metrics()), served(receive), served(lambda *_: "ok")
        for server in (source, oncall, other):
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        prometheus, alertmanager = free_port(), free_port()
        settings = AlertingSettings.model_validate(
            {
                "receivers": {
                    "oncall": {"kind": "webhook", "secret": "oncall", "key": "url"},
                    "team": {"kind": "webhook", "secret": "team", "key": "url"},
                },
                "default": "team",
                "routes": [{"severity": "critical", "owner": "support", "receiver": "oncall"}],
            }
        )
        config = dict(alertmanager_config(settings))
        config["route"] = {**config["route"], "group_wait": "1s"}
        for receiver, server in (("oncall", oncall), ("team", other)):
            # Debian's Alertmanager is 0.25, which reads no address of a webhook from a file.
            hook = next(r for r in config["receivers"] if r["name"] == receiver)["webhook_configs"][0]
            del hook["url_file"]
            hook["url"] = f"http://127.0.0.1:{server.server_port}/"
        (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(config))
        (tmp_path / "prometheus.yml").write_text(
            yaml.safe_dump(
                {
                    "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                    "rule_files": ["rules.yml"],
                    "alerting": {
                        "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]
                    },
                    "scrape_configs": [
                        {
                            "job_name": "edge",
                            "static_configs": [{"targets": [f"127.0.0.1:{source.server_port}"]}],
                        }
                    ],
                }
            )
        )
        started(
            stack, tmp_path, "prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=am",
            f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=",
        )  # fmt: skip
        started(
            stack, tmp_path, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
            f"--web.listen-address=127.0.0.1:{prometheus}",
        )  # fmt: skip
        until(
            lambda: is_ready(prometheus) and is_ready(alertmanager),
            60,
            "the start of Prometheus and Alertmanager",
        )
        time.sleep(10)  # ten minutes of good answers
        assert received == []
        edge.failing_since = time.monotonic()
        until(lambda: received, 60, "the call")
    (labels,) = {json.dumps(alert["labels"], sort_keys=True) for alert in received}
    assert json.loads(labels) == {
        "alertname": "ErrorBudgetBurnFast", "model": "chat", "objective": "availability", "owner": "support",
        "plane": "data", "release": "chat-v1", "severity": "critical",
    }  # fmt: skip
    assert received[0]["annotations"]["runbook_url"].endswith("docs/runbooks/ErrorBudgetBurnFast.md")
