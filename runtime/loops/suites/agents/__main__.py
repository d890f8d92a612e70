"""``python -m runtime.loops.suites.agents``: measures an agent on its held-out tasks.

Prints one JSON object: figures, how many tasks there are, which do not hold and why, the digest of the tasks, and of
the script where one stood in for the model. What was sent and answered is not told.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.testing import WorkflowEnvironment

from runtime.loops.agents.records import FolderAgents
from runtime.loops.agents.thinking import Gateway
from runtime.loops.policy.cedar import CedarPolicies
from runtime.loops.ports import UnavailableError
from runtime.loops.suites.agents.judge import Judged, figures, judged
from runtime.loops.suites.agents.play import Candidate, Stage, play
from runtime.loops.suites.agents.scripted import read_script, scripted
from runtime.loops.suites.agents.tasks import Suite, read_suite
from runtime.loops.suites.cases import CaseError

ERROR: Final = 2
_ENGINE: Final = Path(sys.executable).parent / "temporal-test-server"
_THREADS: Final = 24


def main(words: Sequence[str] | None = None) -> int:
    """Measure; 2 where there is no figure."""
    asked = _parser().parse_args(words)
    try:
        print(json.dumps(measured(asked), sort_keys=True))
    except (CaseError, LookupError, ValueError, UnavailableError, TimeoutError) as error:
        print(error or "a run did not end", file=sys.stderr)
        return ERROR
    return 0


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Play every task; what is printed.

    Raises:
        CaseError, LookupError, ValueError: tasks, record or policies are wrong.
    """
    agents = Candidate(FolderAgents(asked.releases))
    agent, _, version = asked.agent.partition("/")
    known = agents.known(agent, version, datetime.now(UTC).date())
    suite = read_suite(asked.data, known.agent)
    with tempfile.TemporaryDirectory() as folder, _model(asked, known.agent.model.name) as (thinker, script):
        results = asyncio.run(
            _played(
                suite,
                {
                    "agents": agents,
                    "agent": agent,
                    "version": version,
                    "policy": CedarPolicies.load(asked.policies),
                    "thinker": thinker,
                    "folder": Path(folder),
                },
            )
        )
    return {
        "figures": figures(results),
        "tasks": len(results),
        "failed": {each.task.name: list(each.against) for each in results if not each.holds},
        "record": known.record,
        "dataset_digest": suite.digest,
        "script": script,
    }


async def _played(suite: Suite, parts: dict[str, Any]) -> list[Judged]:
    # What the engine logs of calls that fail and are tried again is part of the tasks.
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    engine = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(_ENGINE), runtime=Runtime(telemetry=TelemetryConfig(logging=None))
    )
    try:
        with ThreadPoolExecutor(_THREADS) as executor:
            stage = Stage(engine=engine, executor=executor, **parts)
            return [judged(task, await play(stage, task)) for task in suite.tasks]
    finally:
        await engine.shutdown()


@contextmanager
def _model(asked: argparse.Namespace, name: str) -> Iterator[tuple[Gateway, str | None]]:
    """The model behind its address, and the digest of the script where one stands in for it."""
    token = asked.token
    read = (lambda: token.read_text(encoding="ascii").strip()) if token else (lambda: "none")
    if asked.script is None:
        yield Gateway(asked.endpoint, asked.name or name, read, timeout_seconds=asked.seconds), None
        return
    answer, digest = read_script(asked.script)
    with scripted(answer) as address:
        yield Gateway(address, name, read, timeout_seconds=asked.seconds), digest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runtime.loops.suites.agents", description=__doc__)
    parser.add_argument("--agent", required=True, help="NAME/VERSION")
    parser.add_argument("--releases", type=Path, required=True, help="the folder releases")
    parser.add_argument("--policies", type=Path, required=True, help="the folder policies/actions")
    parser.add_argument("--data", type=Path, required=True, help="the tasks, one JSON object a line")
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--endpoint", help="where the model answers, below which /v1/chat/completions stands")
    model.add_argument("--script", type=Path, help="a Python file that stands in for the model")
    parser.add_argument("--name", default="", help="what the model is called there")
    parser.add_argument("--token", type=Path, help="a file with the token that the address asks for")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long an answer may take")
    return parser


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the SDK's core outlive its client, and an interpreter that ends under them aborts (temporalio 1.35.0).
    os._exit(code)
