"""Generated rules with time running faster: nothing but durations is changed."""

import re

from components.observability.slo.rules import Measured, Promise, groups
from releases.objectives import Objective, Objectives
from tools.local.scale import FACTOR, scaled

PROMISE = Promise(
    model="minilm",
    release="minilm-v1",
    owner="search",
    slo=Objectives(objectives=[Objective(indicator="availability", target=0.995)]),
)
GROUPS = groups(PROMISE, {"availability": Measured(requests="rate(a[5m])", errors="rate(b[5m])")})


def test_an_hour_is_a_minute():
    assert scaled("sum_over_time(a[1h]) * 30") == "sum_over_time(a[60s]) * 1"
    assert scaled("sum_over_time(a[28d:1h])") == "sum_over_time(a[40320s:60s])"
    assert scaled({"interval": "30s", "for": "15m"}) == {"interval": "1s", "for": "15s"}
    assert FACTOR == 60


def test_no_duration_of_the_rules_is_left_as_it_was():
    before, after = repr(GROUPS), repr(scaled(GROUPS))
    assert re.findall(r"\[(\d+[mhd])", before)
    assert not re.findall(r"\[\d+[mhd]|'\d+m'", after)
    assert " * 30" not in after


def test_names_thresholds_and_labels_stay():
    def kept(made):
        return [
            (
                rule.get("record"),
                rule.get("alert"),
                rule["labels"],
                re.findall(r"[<>=]=? [\d.]+", rule["expr"]),
            )
            for group in made
            for rule in group["rules"]
        ]

    assert kept(scaled(GROUPS)) == kept(GROUPS)
