"""An objective's rules: how many, under which names, keyed by what."""

from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups
from releases.objectives import Objective, Objectives

OBJECTIVES = [
    Objective(indicator="availability", target=0.99),
    Objective(indicator="latency", target=0.95, value_ms=500),
    Objective(indicator="time-to-first-token", target=0.95, value_ms=750),
    Objective(indicator="inter-token-latency", target=0.95, value_ms=100),
]
PROMISE = Promise(model="chat", release="chat-v1", owner="support", slo=Objectives(objectives=OBJECTIVES))
GROUPS = groups(PROMISE, {o.name: measured("chat", o) for o in OBJECTIVES})


def test_a_release_has_at_most_forty_recording_rules():
    assert [group["name"] for group in GROUPS] == [
        "slo-chat-availability", "slo-chat-latency-500ms", "slo-chat-time-to-first-token-750ms",
        "slo-chat-inter-token-latency-100ms",
    ]  # fmt: skip
    assert sum("record" in rule for group in GROUPS for rule in group["rules"]) == 40


def test_a_budget_is_the_models_and_survives_a_promotion():
    for group in GROUPS:
        for rule in group["rules"]:
            if "record" in rule:
                assert set(rule["labels"]) == {"model", "objective"}


def test_alerts_name_who_acts():
    fast = next(rule for rule in GROUPS[1]["rules"] if rule.get("alert") == "ErrorBudgetBurnFast")
    assert fast["labels"] == {
        "model": "chat", "objective": "latency-500ms", "release": "chat-v1", "owner": "support", "plane": "data",
        "severity": "critical",
    }  # fmt: skip
    assert fast["annotations"]["summary"] == (
        "chat spends its error budget too fast: 95% of requests are answered within 500 ms"
    )
    assert [sum("alert" in rule for rule in group["rules"]) for group in GROUPS] == [3, 2, 2, 2]


def test_a_time_is_counted_by_the_bucket_of_its_bound():
    errors = measured("chat", OBJECTIVES[2]).errors
    assert 'gen_ai_original_model="chat",le=~"0\\\\.75(\\\\.0)?"' in errors
    assert 'le=~"500(\\\\.0)?"' in measured("chat", OBJECTIVES[1]).errors
