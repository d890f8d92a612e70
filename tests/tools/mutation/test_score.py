import pytest

from policies.engine.graph import Graph
from tests.policies.cases import resource
from tools.mutation import __main__ as command
from tools.mutation.relevance import EXPLAINED, RUNNING, RUNNING_EXPLAINED, TABLE, Table
from tools.mutation.score import chosen, outcomes

OPEN = resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"blockPublicAcls": True}, "open")
CLUSTER = resource(
    "aws:eks/cluster:Cluster",
    {"deletionProtection": True},
    urn="urn:pulumi:dev::slipway::slipway:cluster:Cluster$aws:eks/cluster:Cluster::cluster-control-plane",
)
STACK = {"dev": Graph([OPEN])}


def test_the_same_defect_of_two_stacks_is_one_mutant():
    relevant, places = chosen({**STACK, "prod": Graph([OPEN])}, Table(TABLE))
    assert places == 6
    assert [(heading, m.stack, m.path, m.change) for heading, m in relevant] == [
        ("data is encrypted, kept and private", "dev", "", "left out"),
        ("data is encrypted, kept and private", "dev", "blockPublicAcls", "taken out"),
        ("data is encrypted, kept and private", "dev", "blockPublicAcls", "turned round"),
    ]


def test_a_mutant_is_killed_by_rules_and_a_good_stack_by_none():
    relevant, _ = chosen(
        {"dev": Graph([CLUSTER])},
        Table(TABLE),
    )
    graphs = {"dev": Graph([CLUSTER])}
    found = [
        (o.mutant.change, "cluster-is-protected-from-deletion" in o.rules) for o in outcomes(graphs, relevant)
    ]
    assert found == [("taken out", True), ("turned round", True)]


@pytest.mark.parametrize(
    "table",
    [TABLE, EXPLAINED, RUNNING, RUNNING_EXPLAINED],
    ids=["relevant", "explained", "running", "running-explained"],
)
def test_tables_can_be_read(table):
    assert len(Table(table).headings) >= 6


def test_a_stack_that_is_red_before_proves_nothing(monkeypatch, capsys):
    monkeypatch.setattr(command, "graphs", lambda _: {"dev": Graph([resource("aws:s3/bucket:Bucket", {})])})
    assert command.main([]) == 1
    assert capsys.readouterr().out.startswith("dev is not green before anything is taken out: ")


def test_survivors_without_a_reason_and_reasons_without_a_survivor_fail(monkeypatch, tmp_path, capsys):
    bucket = resource("aws:ec2/routeTableAssociation:RouteTableAssociation", {"tags": {"a": "b"}})
    relevant = tmp_path / "relevant.yaml"
    relevant.write_text('tags:\n  - types: ["aws:ec2/*"]\n    paths: ["tags.a"]\n')
    explained = tmp_path / "explained.yaml"
    explained.write_text('Nobody reads it:\n  - types: ["aws:s3/*"]\n    paths: ["*"]\n')
    monkeypatch.setattr(command, "TABLE", relevant)
    monkeypatch.setattr(command, "EXPLAINED", explained)
    monkeypatch.setattr(command, "graphs", lambda _: {"dev": Graph([bucket])})
    monkeypatch.setattr(command, "stack_names", lambda: ["dev"])
    assert command.main([]) == 1
    said = capsys.readouterr().out
    assert "NOT EXPLAINED\n  RouteTableAssociation x tags.a: taken out\n" in said
    assert "explains nothing any more: Nobody reads it" in said
    assert "mutation score of what keeps a stack running: 0.0 % (0 of 1; at least 95 %)" in said
