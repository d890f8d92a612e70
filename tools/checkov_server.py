"""checkov as a service for the gate: imported once, forked for each question.

Runs in checkov's own environment. Takes the number of a listening Unix socket; a question is one line of
JSON (``{"manifests": PATH, "plan": PATH}``), the answer one line (``checks`` and ``seen`` by framework, ``failed``,
``skipped``, ``errors``). Nothing is fetched: the runners are called directly, without checkov's platform client.
"""

import contextlib
import json
import logging
import os
import socket
import socketserver
import sys
from pathlib import Path
from typing import Any

os.environ["LOG_LEVEL"] = "ERROR"
# What checkov's modules print while they work must not be taken for an answer.
sys.stdout = sys.stderr

from checkov.kubernetes.runner import Runner as KubernetesRunner  # noqa: E402 after the environment is set
from checkov.runner_filter import RunnerFilter  # noqa: E402
from checkov.terraform.plan_runner import Runner as PlanRunner  # noqa: E402


def answer(question: dict[str, str]) -> dict[str, Any]:
    """Run both runners on one stack's files."""
    said: dict[str, Any] = {"checks": {}, "seen": {}, "failed": [], "skipped": [], "errors": []}
    for framework, runner, key in (
        ("kubernetes", KubernetesRunner(), "manifests"),
        ("terraform_plan", PlanRunner(), "plan"),
    ):
        path = question[key]
        if not Path(path).stat().st_size:
            continue
        report = runner.run(root_folder=None, files=[path], runner_filter=RunnerFilter(framework=[framework]))
        reports = report if isinstance(report, list) else [report]
        said["checks"][framework] = 0
        seen: set[str] = set()
        for one in reports:
            said["checks"][framework] += len(one.passed_checks) + len(one.failed_checks)
            # FILE:ADDRESS for what a check looked at, the address alone for what no check is for.
            seen |= {name.removeprefix(f"{path}:") for name in one.resources}
            seen |= {extra.resource.removeprefix(f"{path}:") for extra in one.extra_resources}
            said["failed"] += [_record(framework, r) for r in one.failed_checks]
            said["skipped"] += [_record(framework, r) for r in one.skipped_checks]
            said["errors"] += [str(e) for e in one.parsing_errors]
        said["seen"][framework] = sorted(seen)
    return said


def _record(framework: str, record: Any) -> dict[str, str]:
    return {
        "framework": framework,
        "check": record.check_id,
        "name": record.check_name,
        "resource": record.resource,
    }


class Handler(socketserver.StreamRequestHandler):
    """One question, in a process of its own."""

    def handle(self) -> None:
        line = self.rfile.readline()
        try:
            said = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 the asker must hear of every fault
            said = {"fault": f"{type(error).__name__}: {error}"}
        with contextlib.suppress(OSError):
            self.wfile.write(json.dumps(said).encode() + b"\n")


class Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Listens on a socket somebody else has bound."""

    def __init__(self, number: int) -> None:
        super().__init__("", Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=number)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    Server(int(sys.argv[1])).serve_forever()
