"""What a first preview in an empty account decides: nearly everything, and nothing is missed in silence."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from gate.capture.chosen import chosen
from gate.cli.app import app
from gate.evaluate.first_preview import _compared, first_previews
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.packs import ALL
from tests.captured import captured
from tests.policies.cases import OURS, resource

KEYLESS = resource("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30, "name": "a"})


@pytest.fixture(scope="module")
def dev():
    return next(first_previews(chosen(["dev"])))


def test_nearly_every_verdict_needs_no_output(dev):
    assert dev.resources == len(captured("dev").graph.resources)
    assert dev.unknown > 100
    assert dev.verdicts == judge(captured("dev").graph, ALL).decided
    assert dev.decided == dev.verdicts - len(dev.undecided)
    assert len(dev.undecided) < dev.verdicts / 100
    assert dev.missed == ()


def test_identity_and_network_are_decided_without_any_output(dev):
    """What grants, opens or exposes carries names that are known at plan time (ADR 3).

    Of the cluster one object is open: AWS says where a database answers when it has made it.
    """
    labels = {dev.labels[u.urn] for u in dev.undecided}
    types = {label.partition(" ")[0] for label in labels}
    granting = {"aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:s3/bucketPolicy:BucketPolicy"}
    assert types & granting == set()
    assert [label for label in labels if label.startswith("kubernetes:")] == [
        "kubernetes:core/v1:ConfigMap durable-database-address"
    ]


def test_a_finding_that_would_be_lost_is_named():
    whole = Graph([OURS, KEYLESS])
    lost = _compared(
        "x", whole, Graph([OURS, replace(KEYLESS, property_dependencies={"kmsKeyId": frozenset({"u"})})])
    )
    asked = _compared(
        "x", whole, Graph([OURS, replace(KEYLESS, inputs={**KEYLESS.inputs, "kmsKeyId": UNKNOWN})])
    )
    assert "log-groups-use-cmk" in {finding.rule for finding in lost.missed}
    assert "log-groups-use-cmk" not in {finding.rule for finding in asked.missed}
    assert "log-groups-use-cmk" in {undecided.rule for undecided in asked.undecided}


def test_the_command_prints_both_views():
    said = CliRunner().invoke(app, ["preview", "--as-first-preview", "prod-models"])
    assert said.exit_code == 0
    head, *rest = said.output.splitlines()
    assert " ".join(head.split()) == "stack resources values not known verdicts decided undecided missed"
    assert [line.split()[0] for line in rest[:2]] == ["prod", "prod-models"]
    refused = CliRunner().invoke(app, ["preview", "--as-first-preview", "--against", "main"])
    assert "leave out --against" in str(refused.exception)


def test_a_resource_that_waits_for_an_output_is_named():
    other = resource("aws:sqs/queue:Queue", {"name": "b"}, "made-later")
    compared = _compared("x", Graph([KEYLESS, other]), Graph([KEYLESS]))
    assert compared.unseen == ("aws:sqs/queue:Queue made-later",)
