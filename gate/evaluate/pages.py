"""The pages of one stack, as files below its reports."""

from collections.abc import Mapping

from gate.evaluate import output_folder
from gate.render.json_text import as_json
from gate.render.page.agent_page import agent_page, agent_page_name
from gate.render.page.compliance_page import compliance_page, controls_csv, rules_csv
from gate.render.page.model_page import model_page, page_name, summary
from gate.render.page.page import Beside, as_html
from gate.render.picture.svg import PICTURE, alone
from gate.report.agent_card import agent_cards
from gate.report.compliance import compliance
from gate.report.model_card import model_cards
from gate.report.report import Report
from policies.engine.waiver import Waiver
from stacks.load import Stack


def pages(report: Report, stack: Stack, waivers: Mapping[str, Waiver]) -> dict[str, str]:
    """The report as a page, one for each model and agent, and what the page of all stacks says of this one."""
    cards, controls = model_cards(stack, report), compliance(report)
    agents = agent_cards(stack, report)
    beside = Beside(models=[card.model.model for card in cards], agents=agents, has_compliance=True)
    return {
        "report.html": as_html(report, waivers, beside),
        **{page_name(card.model.model): model_page(card, report) for card in cards},
        **{agent_page_name(card.agent.agent): agent_page(card, report) for card in agents},
        "compliance.html": compliance_page(controls, report),
        "compliance.csv": controls_csv(controls),
        "rules.csv": rules_csv(controls),
        output_folder.SUMMARY: as_json(summary(report, stack.name, cards, agents)),
    }


def drawn(report: Report) -> dict[str, str]:
    """The picture as files of their own, for a page or a slide; none where there is nothing to draw."""
    if not report.picture.shows_something:
        return {}
    return {
        "picture.svg": alone(report.picture, down=False, title=f"{report.subject}: {PICTURE}"),
        "picture-narrow.svg": alone(report.picture, down=True, title=f"{report.subject}: {PICTURE}"),
    }
