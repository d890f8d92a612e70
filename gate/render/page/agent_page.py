"""The page of one agent: what it may do, who is asked, and a drawing of what reaches what."""

from collections.abc import Iterator
from typing import Final

from gate.render.page.diagram import Diagram, Edge, Node, draw
from gate.render.page.environment import environment
from gate.report.agent_card import AgentCard
from gate.report.report import Report

FOLDER: Final = "agents"
"""Where a stack's pages of agents stand, below its reports."""
_LOOKS: Final = {"read": "plain", "reversible": "outside", "irreversible": "found"}
"""How a tool's box looks, by its effect: the redder, the harder to undo."""


def agent_page(card: AgentCard, report: Report) -> str:
    """An agent's page; it asks nobody for anything."""
    return environment().get_template("agent.html.j2").render(card=card, report=report, drawn=drawing(card))


def agent_page_name(agent: str) -> str:
    """Where an agent's page stands, as its stack's report links to it."""
    return f"{FOLDER}/{agent}.html"


def drawing(card: AgentCard) -> Diagram:
    """A task's way: reason and plan ask the model, act asks policy and people and then calls tools."""
    return draw(list(_nodes(card)), list(_edges(card)))


def _nodes(card: AgentCard) -> Iterator[Node]:
    agent = card.agent
    yield Node(id="task", title="a task", note="somebody begins a run", kind="identity")
    yield Node(id="reason", title="reason", note="no tools", link="#parts")
    yield Node(id="plan", title="plan", note="writes steps, no tools", link="#parts")
    yield Node(
        id="model",
        title=agent.model.name,
        note="by the gateway, limited",
        link=f"../models/{agent.model.name}.html",
    )
    yield Node(id="act", title="act", note="has no model", link="#parts")
    yield Node(id="policy", title="policy (Cedar)", note="decides each step", link="#tools")
    for group in card.groups:
        yield Node(
            id=f"people {group.name}",
            title=group.name,
            note=f"asked, {group.within} to answer",
            link="#people",
            kind="identity",
        )
    for name, (kind, _, _) in _boxes(card).items():
        note = "only read" if name.endswith(" tools") else kind
        yield Node(id=f"tool {name}", title=name, note=note, link="#tools", kind=_LOOKS[kind])


def _boxes(card: AgentCard) -> dict[str, tuple[str, str, str]]:
    """What stands for its tools: effect, who is asked, as whom; those that read for nobody share a box."""
    asked = {kind: f"people {group.name}" for group in card.groups for kind in group.effects}
    found = {t.name: (t.kind, asked.get(t.kind, "policy"), t.tool.identity) for t in card.tools}
    reading = [name for name, (kind, by, _) in found.items() if kind == "read" and by == "policy"]
    if len(reading) < 2:  # noqa: PLR2004 one tool has its own name
        return found
    whoever = ", ".join(sorted({found[name][2] for name in reading}))
    others = {name: box for name, box in found.items() if name not in reading}
    return {f"{len(reading)} tools": ("read", "policy", whoever), **others}


def _edges(card: AgentCard) -> Iterator[Edge]:
    yield Edge(source="task", target="reason", label="by whoever began the run")
    yield Edge(source="reason", target="plan", label="what is known")
    yield Edge(source="reason", target="model", label=card.limits["reason"])
    yield Edge(source="plan", target="model", label=card.limits["plan"])
    yield Edge(source="plan", target="act", label="steps, by their digest")
    yield Edge(source="act", target="policy", label="each step, before it")
    for group in sorted({group.name for group in card.groups}):
        yield Edge(source="policy", target=f"people {group}", label="asks where the record says so")
    for name, (_, by, identity) in _boxes(card).items():
        yield Edge(source=by, target=f"tool {name}", label=f"as {identity}")
