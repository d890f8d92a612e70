"""The record of flows. Mocks cannot prove that a flow is delivered."""

import json

import pytest

from components.network.network import Network, NetworkArgs, NetworkSettings


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        return deploy(
            lambda: Network("network", NetworkArgs(settings=NetworkSettings(**settings), names=names))
        )

    return run


def test_every_flow_is_logged_and_forgotten_in_time(build):
    made = build(flow_logs="cloudwatch", flow_log_retention_days=90)
    log = made.only("aws:ec2/flowLog:FlowLog")
    group = made.only("aws:cloudwatch/logGroup:LogGroup")
    policy = made.only("aws:iam/rolePolicy:RolePolicy")

    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["vpcId"] == made.only("aws:ec2/vpc:Vpc").id
    assert log.inputs["logDestination"] == group.outputs["arn"]
    assert (group.inputs["name"], group.inputs["retentionInDays"]) == ("/slipway/example-test/flow-logs", 90)
    assert group.inputs["kmsKeyId"] == made.only("aws:kms/key:Key").outputs["arn"]
    assert policy.urn in log.dependencies
    assert json.loads(policy.inputs["policy"])["Statement"] == [
        {
            "Sid": "WriteFlowLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [
                "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/example-test/flow-logs:*"
            ],
        }
    ]
    role = made.only("aws:iam/role:Role").inputs
    assert role["permissionsBoundary"] == "arn:aws:iam::111122223333:policy/example-test-boundary"
    assert json.loads(role["assumeRolePolicy"])["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"}
    }


def test_by_default_flows_go_to_a_bucket_as_parquet(build):
    made = build(flow_log_retention_days=90)
    log = made.only("aws:ec2/flowLog:FlowLog")
    bucket = made.only("aws:s3/bucket:Bucket")

    assert bucket.inputs["bucket"] == "example-test-flow-logs-111122223333-eu-central-1"
    assert {
        k: log.inputs[k]
        for k in ("trafficType", "logDestinationType", "logDestination", "destinationOptions")
    } == {
        "trafficType": "ALL",
        "logDestinationType": "s3",
        "logDestination": "arn:aws:s3:::example-test-flow-logs-111122223333-eu-central-1",
        "destinationOptions": {
            "fileFormat": "parquet",
            "hiveCompatiblePartitions": True,
            "perHourPartition": True,
        },
    }
    policy = made.only("aws:s3/bucketPolicy:BucketPolicy")
    assert policy.urn in log.dependencies
    statements = {s["Sid"]: s for s in json.loads(policy.inputs["policy"])["Statement"]}
    assert statements["DeliverFlowLogs"]["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statements["DeliverFlowLogs"]["Resource"] == [
        "arn:aws:s3:::example-test-flow-logs-111122223333-eu-central-1/AWSLogs/*"
    ]
    assert statements["DeliverFlowLogs"]["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-central-1:111122223333:*"},
        "StringEquals": {
            "aws:SourceAccount": "111122223333",
            "s3:x-amz-acl": "bucket-owner-full-control",
        },
    }
    rules = made.only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert rules[0]["expiration"] == {"days": 90}
    assert made.all("aws:cloudwatch/logGroup:LogGroup") == made.all("aws:kms/key:Key") == []
