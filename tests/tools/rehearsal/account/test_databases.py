"""A database is called as was asked for, stands on what is there, and nothing goes from under it."""

import pytest

from tests.tools.rehearsal.account.test_account import refusal
from tools.rehearsal.account.account import immutable
from tools.rehearsal.account.records import KEY, VPC

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
ARN = "arn:aws:rds:eu-central-1:111122223333"


@pytest.fixture
def below(account, subnets):
    """What a database names: its groups, by the names of the settings."""
    group = account.create(GROUP, {"vpcId": subnets[0].settings["vpcId"], "name": "g"})
    account.create(SUBNETS, {"name": "d-subnets", "subnetIds": [one.id for one in subnets]})
    account.create(PARAMETERS, {"name": "d-parameters", "family": "aurora-postgresql16"})
    return {
        "clusterIdentifier": "d",
        "engineVersion": "16.8",
        "dbSubnetGroupName": "d-subnets",
        "dbClusterParameterGroupName": "d-parameters",
        "vpcSecurityGroupIds": [group.id],
    }


def test_a_database_and_its_parts_have_the_names_that_were_asked_for(account, below):
    key = account.create(KEY, {}).outputs["arn"]
    asked = below | {"manageMasterUserPassword": True, "masterUserSecretKmsKeyId": key}
    made = account.create(CLUSTER, asked)
    one = account.create(INSTANCE, {"identifier": "d-1", "clusterIdentifier": made.id})
    part = made.outputs["endpoint"].removeprefix("d.cluster-")
    assert (made.id, made.outputs["arn"]) == ("d", f"{ARN}:cluster:d")
    assert part.endswith(".eu-central-1.rds.amazonaws.com")
    assert made.outputs["readerEndpoint"] == f"d.cluster-ro-{part}"
    assert (one.id, one.outputs["arn"], one.outputs["endpoint"]) == ("d-1", f"{ARN}:db:d-1", f"d-1.{part}")
    (secret,) = made.outputs["masterUserSecrets"]
    assert secret["secretArn"].startswith(
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!cluster-"
    )
    assert secret["kmsKeyId"] == key
    found = account.read(SUBNETS, "d-subnets"), account.read(PARAMETERS, "d-parameters")
    assert [each.outputs["arn"] for each in found] == [
        f"{ARN}:subgrp:d-subnets",
        f"{ARN}:cluster-pg:d-parameters",
    ]


def test_without_a_password_of_rds_there_is_no_secret(account, below):
    assert "masterUserSecrets" not in account.create(CLUSTER, below).outputs


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("dbSubnetGroupName", "x", "DBSubnetGroupNotFoundFault: dbSubnetGroupName: x does not exist"),
        (
            "dbClusterParameterGroupName",
            "x",
            "DBClusterParameterGroupNotFound: dbClusterParameterGroupName: x does not exist",
        ),
        ("vpcSecurityGroupIds", ["sg-1"], "InvalidGroup.NotFound: vpcSecurityGroupIds: sg-1 does not exist"),
        (
            "masterUserSecretKmsKeyId",
            "arn:aws:kms:eu-central-1::key/x",
            "KMS.NotFoundException: masterUserSecretKmsKeyId: arn:aws:kms:eu-central-1::key/x does not exist",
        ),
    ],
)
def test_what_a_database_names_has_to_be_there(account, below, name, value, said):
    assert refusal(account.create, CLUSTER, below | {name: value}) == said


def test_an_instance_needs_its_database(account):
    said = refusal(account.create, INSTANCE, {"identifier": "d-1", "clusterIdentifier": "d"})
    assert said == "DBClusterNotFoundFault: clusterIdentifier: d does not exist"


def test_nothing_goes_from_under_a_database(account, below):
    account.create(CLUSTER, below)
    account.create(INSTANCE, {"identifier": "d-1", "clusterIdentifier": "d"})
    (group,) = below["vpcSecurityGroupIds"]
    assert [
        refusal(account.delete, *one)
        for one in ((CLUSTER, "d"), (SUBNETS, "d-subnets"), (PARAMETERS, "d-parameters"), (GROUP, group))
    ] == [
        f"InvalidDBClusterStateFault: d is used: {INSTANCE} d-1, clusterIdentifier",
        f"InvalidDBSubnetGroupStateFault: d-subnets is used: {CLUSTER} d, dbSubnetGroupName",
        f"InvalidDBParameterGroupState: d-parameters is used: {CLUSTER} d, dbClusterParameterGroupName",
        f"DependencyViolation: {group} is used: {CLUSTER} d, vpcSecurityGroupIds",
    ]
    for one in (
        (INSTANCE, "d-1"),
        (CLUSTER, "d"),
        (SUBNETS, "d-subnets"),
        (PARAMETERS, "d-parameters"),
        (GROUP, group),
    ):
        account.delete(*one)
    assert not [one for one in account.records if one.type not in {VPC, "aws:ec2/subnet:Subnet"}]


@pytest.mark.parametrize("type_", [CLUSTER, INSTANCE, PARAMETERS, SUBNETS])
def test_every_part_has_something_that_cannot_change(type_):
    assert immutable(type_)
