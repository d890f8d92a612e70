"""A ceiling above its budget is a finding; what has no price keeps the answer open."""

from gate.evaluate.budget_findings import budget_findings, budget_undecided
from gate.report.cost import cost
from policies.engine.graph import Graph
from tests.policies.analysis.cost.test_bill import NAT, model
from tests.policies.analysis.machines.examples import pool

GRAPH = Graph([NAT, pool(), model()])


def _cost(budget, region="eu-central-1"):
    return cost(GRAPH, region, budget=budget)


def test_a_ceiling_above_the_budget_is_a_finding():
    (found,) = budget_findings(_cost(900))
    assert (found.rule, found.level, found.severity) == ("ceiling-stays-within-budget", "mandatory", "medium")
    assert found.message == "budget.usd_a_month: 900, and the ceiling is $930 a month: $30 more"


def test_within_the_budget_and_without_one_nothing_is_found():
    assert budget_findings(_cost(931)) == []
    assert budget_findings(_cost(None)) == []
    assert budget_findings(None) == []
    assert budget_undecided(_cost(931)) == []
    assert budget_undecided(None) == []


def test_what_has_no_price_keeps_it_open():
    (open_,) = budget_undecided(_cost(931, "sa-east-1"))
    assert open_.message == (
        "budget.usd_a_month: 931, and no price is known for NAT gateways; g6.2xlarge on demand of NodePool gpu"
    )
