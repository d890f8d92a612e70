"""The platform's own alerts: each has its page, and asks only for what is exported."""

from components.agents.alerts import agents_rules, alerts
from components.loops.alerts import ALERTS as LOOPS_ALERTS
from components.loops.alerts import loops_rules
from components.observability.accepted import ENDS
from components.observability.dashboards.pages import PAGES
from components.observability.platform_alerts import ALERTS, platform_rules
from facts.series import by_name
from policies.analysis.observability.promql import series_of
from releases.agent_load import find_agent, load_agents
from releases.load import load_releases
from tests.conftest import ROOT

AGENT = find_agent(load_agents(load_releases()), "incident-triage", "v3").agent
AGENT_ALERTS = alerts([AGENT])
RULES = [
    rule
    for made in (platform_rules(), loops_rules(), agents_rules([AGENT]))
    for group in made["spec"]["groups"]
    for rule in group["rules"]
]


def test_every_alert_has_a_runbook_with_the_four_questions():
    names = {rule["alert"] for rule in RULES if "alert" in rule}
    assert names == {
        *(alert.name for alert in (*ALERTS, *LOOPS_ALERTS, *AGENT_ALERTS)),
        "ErrorBudgetBurnFast",
        "ErrorBudgetBurnSlow",
        "ModelTrafficMissing",
    }
    pages = {
        path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "runbooks").glob("*.md")
    }
    assert pages.keys() - {"README", "break-glass"} == names
    for name in names:
        for heading in (
            "**Means.**",
            "**What a caller sees.**",
            "## Look",
            "## Stop the bleeding",
            "## Afterwards",
        ):
            assert heading in pages[name], (name, heading)


def test_every_alert_says_who_what_and_where_it_is_drawn():
    pages = {f"/d/slipway-{page.name}" for page in PAGES}
    for rule in RULES:
        if "alert" not in rule:
            continue
        assert {"severity", "owner", "plane"} <= rule["labels"].keys(), rule["alert"]
        assert rule["annotations"]["dashboard"].partition("?")[0] in pages, rule["alert"]


def test_series_are_exported_or_recorded():
    recorded = {rule["record"] for rule in RULES if "record" in rule} | {ENDS}
    asked = frozenset().union(*(series_of(rule["expr"]) for rule in RULES))
    assert asked - recorded - by_name().keys() == set()


def test_names_are_unique_and_words_end_without_a_stop():
    every = (*ALERTS, *LOOPS_ALERTS, *AGENT_ALERTS)
    assert len({alert.name for alert in every}) == len(every)
    assert not any(alert.summary.endswith(".") for alert in every)
