"""The page of one model, and the page of all stacks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gate.render.page.agent_page import agent_page_name
from gate.render.page.environment import environment
from gate.report.agent_card import AgentCard
from gate.report.model_card import ModelCard, said_of
from gate.report.report import Report

FOLDER: Final = "models"
"""Where a stack's pages of models stand, below its reports."""


def model_page(card: ModelCard, report: Report) -> str:
    """A model's page: it asks nobody for anything, and its request is ready to be copied."""
    return environment().get_template("model.html.j2").render(card=card, report=report, said_of=said_of)


def page_name(model: str) -> str:
    """Where a model's page stands, as its stack's report links to it."""
    return f"{FOLDER}/{model}.html"


def summary(
    report: Report, stack: str, cards: Sequence[ModelCard], agents: Sequence[AgentCard] = ()
) -> dict[str, Any]:
    """What the page of all stacks says of one; small, so that it can be read again without the report."""
    return {
        "subject": report.subject,
        "stack": stack,
        "judged_on": report.judged_on,
        "verdict": report.verdict,
        "summary": dict(report.summary),
        "cost": report.cost.headline if report.cost else "nothing that has a price",
        "models": [
            {
                "model": card.model.model,
                "page": page_name(card.model.model),
                "owner": card.promised.release.owner,
                "versions": [
                    {"version": v.served.version, "share": v.served.share, "state": v.state}
                    for v in card.versions
                ],
            }
            for card in cards
        ],
        "agents": [
            {
                "agent": card.agent.agent,
                "page": agent_page_name(card.agent.agent),
                "owner": card.agent.owner,
                "version": card.agent.version,
                "state": card.state,
            }
            for card in agents
        ],
    }


def index_page(stacks: Sequence[Mapping[str, Any]]) -> str:
    """All stacks whose reports stand beside the page, by name."""
    shown = sorted(stacks, key=lambda one: str(one["stack"]))
    return environment().get_template("index.html.j2").render(stacks=shown)
