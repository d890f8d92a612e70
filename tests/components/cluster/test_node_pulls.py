"""What a node may do to a cache."""

from components.cluster.node_pulls import import_statement
from components.foundation.registry import Registry


def test_nodes_fill_the_cache_below_its_prefix_only():
    registry = Registry("r", "prod", "arn:aws:ecr:eu-central-1:111122223333:repository/prod/*")
    statement = import_statement(registry).render()
    assert statement["Action"] == ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    assert statement["Resource"] == ["arn:aws:ecr:eu-central-1:111122223333:repository/prod/*"]
