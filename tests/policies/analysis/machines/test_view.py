"""A stack sees the machines it stands on, where it has none itself."""

from policies.analysis.machines.view import with_machines_above
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import pods, pool
from tests.policies.cases import resource


def test_pools_above_bring_what_stands_beside_them():
    beside = pods("beside")
    seen = with_machines_above(Graph([pods("own")], [pool(), beside]))
    assert [r.name for r in seen] == ["own", "gpu", "beside"]


def test_without_pools_above_the_graph_is_itself():
    graph = Graph([pods("own")], [resource("aws:iam/policy:Policy", {}, name="boundary")])
    assert with_machines_above(graph) is graph


def test_what_stands_on_both_sides_is_seen_once():
    assert len(with_machines_above(Graph([pool()], [pool()])).resources) == 1
