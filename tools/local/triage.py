"""The triage agent on this machine: its record, its settings, and a script in place of the model it thinks with."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from tools.local import loops, organisation
from tools.local.layout import ENVIRONMENT, HOST, ROOT, Layout, Ports

AGENT: Final = "incident-triage"
VERSION: Final = "v2"
PARTS: Final = ("reason", "plan", "act")
COMMITTED: Final = ROOT / "releases" / "agents" / AGENT / VERSION / "agent.yaml"
# Minutes are seconds here (tools/local/scale.py), and people at a terminal take as long as anywhere.
ANSWER_MINUTES: Final = 600
WALL_MINUTES: Final = 1200


def record(ports: Ports) -> dict[str, Any]:
    """The committed record, whose desk is on loopback and whose questions wait for a person at a terminal."""
    data = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    for tool in data["tools"].values():
        if not tool["reaches"].startswith("run://"):
            tool["reaches"] = f"http://{HOST}:{ports.desk}"
    for approval in data["approvals"]:
        approval["within_minutes"] = ANSWER_MINUTES
    data["budgets"]["wall_minutes"] = WALL_MINUTES
    return dict(data)


def settings(layout: Layout, ports: Ports, part: str) -> dict[str, Any]:
    """A part's file (runtime/loops/agents/settings.py)."""
    told: dict[str, Any] = {
        "environment": ENVIRONMENT,
        "agent": AGENT,
        "version": VERSION,
        "part": part,
        "temporal": {"address": f"{HOST}:{ports.temporal}"},
        "releases": str(layout.models.parent),
        "store": str(layout.agent / "texts"),
        "minute_seconds": 1,
    }
    if part != "act":
        return {
            **told,
            "gateway": {"address": f"http://{HOST}:{ports.chat}", "token": str(layout.agent / "token")},
        }
    acting = {
        "policies": str(ROOT / "policies" / "actions"),
        "keys": str(layout.people),
        "database": str(layout.agent / "agent.db"),
        "key": str(layout.agent / "journal.pem"),
        "identities": str(layout.agent / "identities"),
        "loops": str(layout.loops),
    }
    return {**told, "acting": acting}


def loops_settings(layout: Layout, ports: Ports) -> dict[str, Any]:
    """The loops' file, by which alerts begin the agent, and no remedy beside it."""
    triage = {"agent": AGENT, "version": VERSION, "alone": True}
    return {**loops.settings(layout, ports), "triage": triage}


def make(layout: Layout, ports: Ports, today: date) -> None:
    """Record, settings, journal's key and identities stand in the run's folder."""
    from runtime.loops.events.signing import make_key  # noqa: PLC0415 cryptography is in the loops' environment alone

    wanted = record(ports)
    organisation.make_agent(layout, wanted, today)
    (layout.agent / "identities").mkdir(parents=True, exist_ok=True)
    if not (layout.agent / "journal.pem").exists():
        make_key(layout.agent / "journal.pem", layout.agent / "journal.pub")
    # Servers here ask for no token; the agent has one a tool's identity, as everywhere.
    for identity in {tool["identity"] for tool in wanted["tools"].values()}:
        (layout.agent / "identities" / identity).write_text("local\n", encoding="ascii")
    (layout.agent / "token").write_text("local\n", encoding="ascii")
    for part in PARTS:
        _yaml(part_file(layout, part), settings(layout, ports, part))
    _yaml(layout.loops, loops_settings(layout, ports))


def part_file(layout: Layout, part: str) -> Path:
    return layout.agent / f"{part}.yaml"


def journal(layout: Layout, run: str) -> list[str]:
    """The words that print a run's journal."""
    return ["-m", "runtime.loops.agents", "show", run, "--settings", str(part_file(layout, "act"))]


def _yaml(path: Path, body: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(body), sort_keys=False), encoding="utf-8")
