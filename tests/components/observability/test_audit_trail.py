"""The record of who did what. Mocks cannot prove that CloudTrail may write, only that it waits until it may."""

import json

import pytest

from components.observability.audit_trail import (
    AuditTrail,
    AuditTrailArgs,
    AuditTrailSettings,
    trail_key_policy,
)
from components.storage.model_store import ModelStore, ModelStoreArgs, ModelStoreSettings

TRAIL = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/example-test"
OBJECTS = [
    "arn:aws:s3:::example-test-models-111122223333-eu-central-1/",
    "arn:aws:s3:::example-test-payloads-111122223333-eu-central-1/",
]


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        def program():
            store = ModelStore("store", ModelStoreArgs(settings=ModelStoreSettings(), names=names))
            AuditTrail(
                "audit",
                AuditTrailArgs(
                    settings=AuditTrailSettings(**settings), names=names, model_store=store.handle
                ),
            )

        return deploy(program)

    return run


def test_the_trail_is_everywhere_sealed_and_stays(build):
    made = build()
    trail = made.only("aws:cloudtrail/trail:Trail")
    written_elsewhere = {"tags", "tagsAll", "advancedEventSelectors"}

    assert {k: v for k, v in trail.inputs.items() if k not in written_elsewhere} == {
        "name": "example-test",
        "s3BucketName": "example-test-logs-111122223333-eu-central-1",
        "s3KeyPrefix": "trail",
        "kmsKeyId": made.named("audit-key").outputs["arn"],
        "enableLogging": True,
        "enableLogFileValidation": True,
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": True,
    }
    assert trail.protect
    assert made.named("store-logs-policy").urn in made.graph.waits_for(trail.urn)


def test_it_sees_management_and_every_touch_of_a_model_or_payload(build):
    assert build().only("aws:cloudtrail/trail:Trail").inputs["advancedEventSelectors"] == [
        {
            "name": "models and payloads",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "startsWiths": OBJECTS},
            ],
        },
        {"name": "management", "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]},
    ]


def test_writes_alone_leave_out_reads_of_objects_and_nothing_else(build):
    objects, management = (
        build(data_events="writes").only("aws:cloudtrail/trail:Trail").inputs["advancedEventSelectors"]
    )

    assert objects["fieldSelectors"][-1] == {"field": "readOnly", "equals": ["false"]}
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]


def test_where_another_trail_records_management_it_is_left_out_and_nothing_else(build):
    (objects,) = (
        build(management_events=False).only("aws:cloudtrail/trail:Trail").inputs["advancedEventSelectors"]
    )

    assert objects["name"] == "models and payloads"
    assert {"field": "resources.ARN", "startsWiths": OBJECTS} in objects["fieldSelectors"]


def test_its_key_rotates_stays_and_has_an_alias(build):
    made = build()
    key = made.named("audit-key")

    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"], key.protect) == (
        True,
        30,
        True,
    )
    assert made.named("audit-key-alias").inputs == {"name": "alias/example-test-trail", "targetKeyId": key.id}


def test_cloudtrail_encrypts_for_this_trail_and_auditors_decrypt_through_s3(names):
    statements = {s["Sid"]: s for s in json.loads(trail_key_policy(names))["Statement"]}
    cloudtrail = {"Service": ["cloudtrail.amazonaws.com"]}

    assert set(statements) == {
        "AccountAdministersKey",
        "AccountCreatesGrantsForServices",
        "CloudTrailEncrypts",
        "CloudTrailDescribesKey",
        "AuditorsDecrypt",
    }
    assert statements["CloudTrailEncrypts"] == {
        "Sid": "CloudTrailEncrypts",
        "Effect": "Allow",
        "Action": ["kms:GenerateDataKey*"],
        "Principal": cloudtrail,
        "Resource": ["*"],
        "Condition": {
            "StringEquals": {"aws:SourceArn": TRAIL, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}
        },
    }
    assert statements["CloudTrailDescribesKey"] == {
        "Sid": "CloudTrailDescribesKey",
        "Effect": "Allow",
        "Action": ["kms:DescribeKey"],
        "Principal": cloudtrail,
        "Resource": ["*"],
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
    }
    assert statements["AuditorsDecrypt"] == {
        "Sid": "AuditorsDecrypt",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
        "Resource": ["*"],
        "Condition": {
            "StringEquals": {
                "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL,
                "kms:ViaService": "s3.eu-central-1.amazonaws.com",
            }
        },
    }
