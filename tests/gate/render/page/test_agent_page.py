"""An agent's page shows its tools, its people and a drawing in which nothing acts without policy."""

from dataclasses import replace

import pytest

from gate.render.page.agent_page import agent_page, agent_page_name, drawing
from gate.render.page.model_page import index_page, summary
from gate.render.page.page import Beside, as_html
from gate.report.agent_card import agent_cards
from tests.gate.render.page.test_page import text
from tests.gate.report.test_agent_card import judged  # noqa: F401 the same report, built once a module


@pytest.fixture
def card(judged):  # noqa: F811 the fixture it names
    return agent_cards(*judged)[0]


def test_it_says_what_may_happen_and_after_whose_yes(judged, card):  # noqa: F811
    page = agent_page(card, judged[1])
    said = text(page)

    assert "agent v3, approved, of platform" in page
    assert "take-away" in said
    assert "nothing undoes it" in said
    assert "on-call within 30 min" in said
    assert "asked before what is irreversible" in said
    assert "A task costs at most 0.03" in said
    assert "forbidden-effects calls with an effect that a task forbids 0 holds at most 0" in said


def test_an_irreversible_tool_is_reached_through_people_alone(card):
    ways = {(edge.source, edge.target) for edge, _ in drawing(card).lines}

    assert {source for source, target in ways if target == "tool take-away"} == {"people on-call"}
    assert {source for source, target in ways if target == "tool 3 tools"} == {"policy"}
    assert ("act", "policy") in ways
    # Parts that think reach no tool, and the part that acts reaches no model.
    assert not {way for way in ways if way[0] in {"reason", "plan"} and way[1].startswith("tool ")}
    assert ("act", "model") not in ways


def test_a_page_asks_nobody_for_anything(judged, card):  # noqa: F811
    page = agent_page(card, judged[1])

    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://triage-desk", "")


def test_report_and_index_lead_to_it(judged, card):  # noqa: F811
    _, report = judged

    assert f'href="{agent_page_name(card.agent.agent)}"' in as_html(report, {}, Beside(agents=[card]))
    assert 'id="agents"' not in as_html(report, {})
    index = index_page([summary(report, "dev", [], [card])])
    assert 'href="dev/agents/incident-triage.html"' in index
    # What an older release left in the folder of reports knows no agents.
    older = {name: said for name, said in summary(report, "dev", []).items() if name != "agents"}
    assert "Agents of dev" not in index_page([older])


def test_foreign_text_of_a_record_is_escaped(judged, card):  # noqa: F811
    loaded = card.loaded
    hostile = type(loaded)(
        loaded.agent.model_copy(update={"purpose": "<script>alert(1)</script>"}), loaded.record_digest
    )

    assert "<script>alert" not in agent_page(replace(card, loaded=hostile), judged[1])
