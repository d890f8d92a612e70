"""The platform's own alerts: each has its page, and asks only for what is exported."""

from components.observability.platform_alerts import ALERTS, platform_rules
from facts.series import by_name
from policies.analysis.observability.promql import series_of
from tests.conftest import ROOT

RULES = [rule for group in platform_rules()["spec"]["groups"] for rule in group["rules"]]


def test_every_alert_has_a_runbook_with_the_four_questions():
    names = {rule["alert"] for rule in RULES if "alert" in rule}
    assert names == {
        *(alert.name for alert in ALERTS),
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


def test_series_are_exported_or_recorded():
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    asked = frozenset().union(*(series_of(rule["expr"]) for rule in RULES))
    assert asked - recorded - by_name().keys() == set()


def test_names_are_unique_and_words_end_without_a_stop():
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)
    assert not any(alert.summary.endswith(".") for alert in ALERTS)
