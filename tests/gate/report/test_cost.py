"""A stack's cost in words: what is unknown is said, and is never zero."""

from datetime import date

from gate.report.cost import cost, of_line, usd
from policies.analysis.cost.line import Line
from policies.engine.graph import Graph
from releases.throughput import Throughput
from tests.policies.analysis.cost.test_bill import NAT, model
from tests.policies.analysis.machines.examples import pool


def test_the_headline_says_floor_and_ceiling():
    found = cost(Graph([NAT, pool(), model()]), "eu-central-1")
    assert found.headline == "$930 to $930 a month"
    assert found.at_least == ""


def test_with_something_unknown_it_is_at_least_that():
    kms = NAT.__class__(urn="k", type="aws:kms/key:Key", name="k", inputs={})
    assert (
        cost(Graph([kms, NAT]), "sa-east-1").headline == "at least $1 to $1 a month (1 without a known price)"
    )


def test_nothing_that_is_billed_has_no_cost():
    assert cost(Graph([]), "eu-central-1") is None


def test_the_data_holds_cents_and_unknown_is_null():
    data = cost(Graph([NAT]), "sa-east-1", profile="lean", budget=10).as_data()
    assert (data["profile"], data["budget"], data["floor"]) == ("lean", 10, 0.0)
    assert (data["lines"][0]["usd_a_month"], data["lines"][0]["floor"]) == (None, None)
    known = cost(Graph([NAT, pool(), model()]), "eu-central-1").as_data()
    assert (known["floor"], known["planes"]) == (
        930.38,
        {"platform": [37.96, 37.96], "data": [892.42, 892.42]},
    )
    assert known["ways_to_pay"] == [
        {"machine": "g6.2xlarge", "on_demand": 892.42, "spot": 284.77, "reserved": None}
    ]


def test_a_million_tokens_cost_what_a_stated_throughput_says_and_are_unknown_without_a_price():
    stated = Throughput(
        tokens_per_second=1850, machine="g6.2xlarge", source="bench", measured=date(2026, 11, 29)
    )
    (known,) = cost(Graph([NAT]), "eu-central-1", throughputs={"chat/v1": stated}).per_million
    assert known.words == "$0.18 (1,850 tokens a second of a g6.2xlarge, measured 2026-11-29)"
    other = cost(Graph([NAT]), "sa-east-1", throughputs={"chat/v1": stated})
    assert other.as_data()["million_tokens"] == [
        {
            "whom": "chat/v1",
            "machine": "g6.2xlarge",
            "tokens_per_second": 1850.0,
            "measured": "2026-11-29",
            "usd": None,
        }
    ]
    assert other.per_million[0].words.startswith("unknown: the machine has no price here")


def test_dollars_and_units_in_words():
    assert (usd(1234.5), usd(0.0), usd(None)) == ("$1,234", "$0", "unknown")
    line = Line(what="x", plane="data", least=0, most=2, usd_a_month=1)
    assert of_line(line) == "0 to 2"
