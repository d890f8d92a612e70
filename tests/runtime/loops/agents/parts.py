"""The parts of an agent's world for tests: a record over loopback servers, a scripted model, the engine's clock."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from temporalio import activity

from releases.agent import Agent
from releases.record_file import record_digest
from runtime.loops.agents.database import Database
from runtime.loops.agents.gate import Gate
from runtime.loops.agents.guard import Rules
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.ledger import Ledger
from runtime.loops.agents.records import Known
from runtime.loops.agents.store import FolderStore
from runtime.loops.agents.thinking import Mind, Said
from runtime.loops.agents.tools import HttpTools, Tools
from runtime.loops.agents.traces import OFF
from runtime.loops.events.signing import KeyFile
from runtime.loops.policy.cedar import CedarPolicies

ROOT = Path(__file__).parents[4]
POLICIES = CedarPolicies.load(ROOT / "policies" / "actions")
RECORD = ROOT / "examples" / "releases" / "agents" / "support-mail" / "v1" / "agent.yaml"
LEADS = ["lea@example.com", "tom@example.com"]


def record(address, **changes):
    """The support agent over loopback; ``a__b=value`` changes ``a.b``."""
    data = yaml.safe_load(RECORD.read_text())
    for tool in data["tools"].values():
        tool["reaches"] = address
        tool["timeout_seconds"] = 1
        tool["calls_per_minute"] = 6000
    for path, value in changes.items():
        *above, last = path.split("__")
        section = data
        for step in above:
            section = section[step.replace("_", "-") if step.replace("_", "-") in section else step]
        section[last.replace("_", "-") if last.replace("_", "-") in section else last] = value
    return data


class Agents:
    """One agent, whose state tests may change while it runs."""

    def __init__(self, data):
        self.data, self.word, self.approvers = data, "approved", {"support-leads": LEADS}

    def known(self, agent, version, _today):
        if (agent, version) != (self.data["agent"], self.data["version"]):
            raise LookupError(f"no agent {agent} {version}")
        return Known(
            agent=Agent.model_validate(self.data),
            record=record_digest(self.data),
            word=self.word,
            approvers=self.approvers,
        )


class People:
    def verify(self, statement):
        if statement.signature != "good":
            raise PermissionError("the signature is not the front door's")
        return statement.who


class Script:
    """A model that answers what a test wrote; thoughts and plans apart. The last of each is said again."""

    def __init__(self, plans, thoughts=(), tokens=10):
        self.plans, self.thoughts, self.tokens = list(plans), list(thoughts), tokens
        self.seen = []

    def chat(self, messages, most_tokens):  # noqa: ARG002 as a model takes it
        self.seen.append("\n".join(message["content"] for message in messages))
        planning = "Plan the next steps" in messages[0]["content"]
        rounds = sum(planning == ("Plan the next steps" in seen) for seen in self.seen) - 1
        if planning:
            said = self.plans[min(rounds, len(self.plans) - 1)]
        else:
            default = {"done": rounds >= len(self.plans), "summary": "goes on", "answer": "Done."}
            said = self.thoughts[rounds] if rounds < len(self.thoughts) else default
        return Said(text=said if isinstance(said, str) else json.dumps(said), tokens=self.tokens)


def steps(*calls):
    """A plan: each call is ``(tool, arguments)`` or ``(tool, arguments, more)``."""
    return {
        "steps": [
            {"tool": tool, "arguments": arguments, "expected": f"{tool} did it", **(more[0] if more else {})}
            for tool, arguments, *more in calls
        ]
    }


READ = ("read-mail", {"mail": "m1"})
OPEN = ("open-ticket", {"subject": "Broken lamp"})
MAIL = (
    "send-mail",
    {"to": "kim@example.net", "subject": "Re: Broken lamp", "text": "A new one is on its way."},
)


def refund(cents):
    return ("refund", {"order": "o1", "amount_cents": cents})


def server_time():
    """The engine's time where an activity runs: a server that skips time takes everybody along."""
    return activity.info().started_time.timestamp() if activity.in_activity() else time.time()


class Parts:
    """Everything two minds and a gate need, in one folder."""

    def __init__(self, folder, address, script, now=server_time, **changes):
        self.folder, self.script = folder, script
        self.agents = Agents(record(address, **changes))
        self.store = FolderStore(folder / "store")
        self.key = KeyFile(Ed25519PrivateKey.generate())
        self.database = Database(folder / "agent.db")
        self.journal = Journal(self.database, self.key)
        self.people, self.policy = People(), POLICIES
        identities = folder / "identities"
        identities.mkdir(exist_ok=True)
        for tool in self.agents.data["tools"].values():
            (identities / tool["identity"]).write_text(f"token-of-{tool['identity']}")
        self.now, self.traces = now, OFF
        self.identities = identities

    def gate(self):
        return Gate(
            agents=self.agents,
            policy=self.policy,
            people=self.people,
            store=self.store,
            database=self.database,
            journal=self.journal,
            ledger=Ledger(self.database),
            tools=Tools(self.journal, {"http": HttpTools(self.identities)}),
            guard=Rules(),
            now=self.now,
            traces=self.traces,
        )

    def mind(self):
        return Mind(
            agents=self.agents, store=self.store, thinker=self.script, now=self.now, traces=self.traces
        )

    def keys(self):
        der = self.key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {self.key.key: der}

    def told(self, run):
        """The journal in short."""
        return [
            (e.kind, e.key, e.body.get("answer") if e.kind == "decision" else "")
            for e in self.journal.entries(run)
        ]

    def ended(self, run):
        return next(e.body for e in self.journal.entries(run) if e.kind == "outcome")


def today():
    return datetime.now(UTC).date()
