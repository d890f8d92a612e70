"""A stack's cost in words: what is unknown is said, and is never zero."""

from gate.report.cost import cost, of_line, usd
from policies.analysis.cost.line import Line
from policies.engine.graph import Graph
from tests.policies.analysis.cost.test_bill import NAT, model
from tests.policies.analysis.machines.examples import pool


def test_the_headline_says_floor_and_ceiling():
    found = cost(Graph([NAT, pool(), model()]), "eu-central-1")
    assert found.headline == "$930 to $930 a month"
    assert found.at_least == ""


def test_with_something_unknown_it_is_at_least_that():
    kms = NAT.__class__(urn="k", type="aws:kms/key:Key", name="k", inputs={})
    assert cost(Graph([kms, NAT]), "sa-east-1").headline == "at least $1 to $1 a month, and 1 unknown"


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
    assert known["spot"] == [{"machine": "g6.2xlarge", "on_demand": 892.42, "spot": 284.77}]


def test_dollars_and_units_in_words():
    assert (usd(1234.5), usd(0.0), usd(None)) == ("$1,234", "$0", "unknown")
    line = Line(what="x", plane="data", least=0, most=2, usd_a_month=1)
    assert of_line(line) == "0 to 2"
