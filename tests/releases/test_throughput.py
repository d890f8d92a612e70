"""A throughput that a record states: what it must say, and what a million tokens then cost."""

from datetime import date

import pytest
from pydantic import ValidationError

from releases.release import Release
from releases.throughput import Throughput
from tests.releases.records import record

STATED = {
    "tokens_per_second": 1850,
    "machine": "g6.2xlarge",
    "source": "vllm bench serve",
    "measured": date(2026, 11, 29),
}


def test_a_million_tokens_cost_what_the_machine_does_in_the_time_they_take():
    stated = Throughput(**STATED)
    assert stated.replicas == 1
    assert stated.usd_per_million(1.2225) == pytest.approx(1.2225 / 3600 / 1850 * 1_000_000)
    assert round(stated.usd_per_million(1.2225), 4) == 0.1836


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"tokens_per_second": 0}, "greater than 0"),
        ({"machine": "l4"}, "should match pattern"),
        (
            {"machine": "g99.huge"},
            r"should be an instance type of facts/ec2_instances.json \(got 'g99.huge'\)",
        ),
        ({"replicas": 0}, "greater than or equal to 1"),
        ({"source": " "}, "should say something"),
        ({"measured": None}, "valid date"),
    ],
)
def test_a_figure_without_its_circumstances_is_refused(changed, says):
    with pytest.raises(ValidationError, match=says):
        Throughput.model_validate({**STATED, **changed})


def test_a_record_of_tables_states_none():
    change = {"throughput": STATED}
    assert Release.model_validate(record("chat-on-gpu", change)).throughput == Throughput(**STATED)
    with pytest.raises(ValidationError, match="throughput: no engine counts tokens of tabular; leave it out"):
        Release.model_validate(record("trees-on-cpu", change))
