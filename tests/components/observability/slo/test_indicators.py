"""How each indicator is counted; quality counts time, by what the loops' worker of drift exports."""

import pytest
from pydantic import ValidationError

from components.observability.slo.indicators import measured
from facts.series import by_name
from policies.analysis.observability.promql import series_of
from releases.objectives import Objective, Objectives

QUALITY = Objective(indicator="quality", target=0.95, signal="prompt-tokens")


def test_quality_counts_each_evaluation_of_a_version_once():
    made = measured("chat", QUALITY)
    statistic, threshold = (
        f'max by (version) (slipway_drift_{what}{{model="chat",signal="prompt-tokens"}})'
        for what in ("statistic", "threshold")
    )
    assert made.requests == f"count({threshold}) / 30"
    assert made.errors == f"sum({statistic} > bool {threshold}) / 30"
    assert series_of(made.errors) <= by_name().keys()


def test_its_name_and_words():
    assert QUALITY.name == "quality-prompt-tokens"
    assert QUALITY.words == "95% of the time prompt-tokens is as it was"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"indicator": "quality"}, "indicator quality needs signal, one of drift.signals (got None)"),
        ({"indicator": "availability", "signal": "x"}, "indicator availability has no signal (got x)"),
        (
            {"indicator": "quality", "signal": "x", "value_ms": 5},
            "indicator quality has no value_ms (got 5)",
        ),
    ],
)
def test_a_signal_belongs_to_quality_alone(given, said):
    with pytest.raises(ValidationError, match=said.replace("(", r"\(").replace(")", r"\)")):
        Objective(target=0.95, **given)


def test_two_promises_about_one_signal_are_one_too_many():
    with pytest.raises(ValidationError, match="quality-prompt-tokens stands twice"):
        Objectives(objectives=[QUALITY, QUALITY])
