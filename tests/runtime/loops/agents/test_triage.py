"""The triage agent on the fault of a canary: it reads, proposes, asks, and the remedy's own workflow acts."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from temporalio.client import Client

from runtime.loops import names
from runtime.loops.agents.begin import alerted_request
from runtime.loops.agents.contract import Alerted
from runtime.loops.agents.desk import Desk, desk_server
from runtime.loops.agents.loop_tools import LoopTools
from runtime.loops.agents.tools import HttpTools, Tools
from runtime.loops.agents.worker import acting_worker, thinking_worker
from runtime.loops.contract import Statement
from runtime.loops.settings import load_settings
from runtime.loops.steps import Outcome
from runtime.loops.worker import worker
from tests.runtime.loops import folders
from tests.runtime.loops.agents.conftest import waited
from tests.runtime.loops.agents.parts import ROOT, Agents, Script, steps, today
from tests.runtime.loops.agents.parts import Parts as AgentParts
from tests.runtime.loops.memory import Parts, figures

RECORD = ROOT / "releases" / "agents" / "incident-triage" / "v1" / "agent.yaml"
READ = [
    ("read-alerts", {"model": "minilm"}),
    ("read-figures", {"model": "minilm", "version": "v2", "minutes": 5}),
    ("read-events", {"model": "minilm"}),
]
AWAY = ("take-away", {"model": "minilm", "version": "v2", "alert": "ErrorBudgetBurnFast"})
VERIFIED = {"then": {"field": "verified", "equals": True}}


class Alertmanager(BaseHTTPRequestHandler):
    def do_GET(self):
        labels = {
            "alertname": "ErrorBudgetBurnFast",
            "severity": "critical",
            "model": "minilm",
            "version": "v2",
        }
        content = json.dumps([{"labels": labels, "startsAt": "2026-11-29T10:00:00Z"}]).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def served(server):
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def world():
    """A canary that fails, in memory, as the remedy's own tests have it."""
    parts = Parts(v1=80, v2=20)
    parts.figures.by_version["v2"] = figures(errors=310)
    return parts


@pytest.fixture
def desk(world, tmp_path):
    settings = load_settings(folders.make(tmp_path / "checkout"))
    with (
        served(ThreadingHTTPServer(("127.0.0.1", 0), Alertmanager)) as alertmanager,
        served(
            desk_server(
                Desk(
                    figures=world.figures,
                    shares=world.shares,
                    releases=tmp_path / "checkout" / "releases" / "models",
                    alertmanager=alertmanager,
                ),
                "127.0.0.1",
                0,
            )
        ) as address,
    ):
        yield address, settings


@pytest.fixture
def triage(loop, skipping, desk, world, tmp_path):
    address, settings = desk

    def run(plans, thoughts, answer):
        made = AgentParts(tmp_path, address, Script(plans, thoughts))
        data = yaml.safe_load(RECORD.read_text())
        for tool in data["tools"].values():
            tool["reaches"] = tool["reaches"] if tool["reaches"].startswith("run://") else address
            (made.identities / tool["identity"]).write_text("token")
        made.agents = Agents(data)
        made.agents.approvers = {"on-call": ["oncall@example.com"]}

        async def whole():
            with ThreadPoolExecutor(24) as executor:
                async with AsyncExitStack() as stack:
                    for part in ("reason", "plan"):
                        mind = made.mind()
                        await stack.enter_async_context(
                            thinking_worker(skipping.client, "incident-triage", part, mind, executor)
                        )
                    # Whoever waits by the other client lets the clock go, under the step that waits here too.
                    client = await Client.connect(skipping.client.service_client.config.target_host)
                    loops = LoopTools(client, asyncio.get_running_loop(), settings)
                    gate = made.gate()
                    tools = Tools(made.journal, {"http": HttpTools(made.identities), "run": loops})
                    gate = type(gate)(**{**vars(gate), "tools": tools})
                    await stack.enter_async_context(
                        acting_worker(skipping.client, "incident-triage", gate, executor)
                    )
                    await stack.enter_async_context(
                        worker(skipping.client, "remedy", world.world(), executor)
                    )
                    request = alerted_request(
                        made.agents.known("incident-triage", "v1", today()),
                        Alerted(
                            model="minilm", version="v2", alert="ErrorBudgetBurnFast", severity="critical"
                        ),
                        environment="dev",
                        begun_by=names.door("dev"),
                    )
                    made.run = f"agent-incident-triage-{tmp_path.name}"
                    handle = await skipping.client.start_workflow(
                        "agent", request, id=made.run, task_queue="incident-triage-act", result_type=Outcome
                    )
                    made.asked = await waited(handle, 1)
                    if answer and made.asked:
                        now = (await skipping.get_current_time()).astimezone(UTC).isoformat()
                        said = Statement(
                            run=made.run,
                            question=1,
                            decision=answer,
                            who="oncall@example.com",
                            at=now,
                            signature="good",
                        )
                        await handle.signal("decide", said)
                    return await handle.result()

        return made, loop.run(asyncio.wait_for(whole(), 120))

    return run


DIAGNOSIS = [
    {"done": False, "summary": "An alert burns; nothing is read yet."},
    {"done": False, "summary": "v2 answers 31 per cent with errors and has 20 per cent of the traffic."},
    {"done": True, "answer": "v2 failed since its step; its traffic is away, and figures show it."},
]


def test_it_reads_proposes_asks_and_the_remedy_acts_and_verifies(triage, world):
    made, outcome = triage([steps(*READ), steps((*AWAY, VERIFIED))], DIAGNOSIS, "approved")

    assert (outcome.result, outcome.reason) == ("done", "")
    assert world.shares.written == [{"v1": 100, "v2": 0}]
    assert world.events.told() == [("rollout", "take-away"), ("incident", "high")]
    assert made.script.seen[0].endswith(
        'task: {"alert": "ErrorBudgetBurnFast", "model": "minilm", "severity": "critical", "version": "v2"}'
    )
    shown = made.script.seen[-1]
    for evidence in ('"error_rate": 0.31', '"share": 20', "ErrorBudgetBurnFast", '"kind": "approval"'):
        assert evidence in shown
    answer = made.store.get(made.ended(made.run)["answer"])
    assert answer == DIAGNOSIS[2]["answer"]
    assert made.asked.text.startswith("step 2.0: take-away (irreversible)")


@pytest.mark.parametrize("answer", ["refused", ""])
def test_without_a_yes_traffic_stays(triage, world, answer):
    made, outcome = triage([steps(*READ), steps(AWAY)], DIAGNOSIS, answer)

    assert outcome.result == "refused"
    assert world.shares.written == []
    assert world.events.told() == []
    assert made.ended(made.run)["hand_over_to"] == "on-call"


def test_the_desk_says_what_is_not_there(world, desk, tmp_path):
    address, _ = desk
    asked = Desk(figures=world.figures, shares=world.shares, releases=tmp_path / "none", alertmanager=address)

    for tool, arguments, problem in [
        ("burn", {}, "no tool 'burn'"),
        ("read-figures", {"model": "minilm", "version": "v9", "minutes": 1}, "minilm has no version v9"),
    ]:
        with pytest.raises(LookupError, match=problem):
            asked.answer(tool, arguments)
    for tool in ("read-events", "read-alerts"):
        with pytest.raises(Exception, match=r"cannot be read|does not answer"):
            asked.answer(tool, {"model": "minilm"})
