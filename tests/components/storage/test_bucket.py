"""A bucket and everything S3 keeps apart from it. Mocks cannot prove that S3 accepts the documents."""

import json

import pytest

from components.storage.bucket import Bucket, BucketArgs, BucketHandle, bucket_document, lifecycle_rules
from components.storage.bucket_policy import log_delivery_statements

KEY = "arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555"
MODELS = "example-test-models-111122223333-eu-central-1"
LOGS = "example-test-logs-111122223333-eu-central-1"


@pytest.fixture
def build(deploy, names):
    def run(**given):
        return deploy(lambda: Bucket("models", BucketArgs(names=names, role="models", **given)))

    return run


def _by_sid(text):
    document = json.loads(text)
    assert document["Version"] == "2012-10-17"
    return {s.pop("Sid"): s for s in document["Statement"]}


def test_a_bucket_is_private_versioned_and_cannot_be_deleted(build):
    made = build(key_arn=KEY)
    bucket = made.only("aws:s3/bucket:Bucket")

    assert {k: v for k, v in bucket.inputs.items() if k not in {"tags", "tagsAll"}} == {
        "bucket": MODELS,
        "forceDestroy": False,
        "objectLockEnabled": False,
    }
    assert bucket.inputs["tags"] == {"Name": "models-bucket", "component": "Bucket"}
    assert bucket.protect
    assert made.only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs == {
        "bucket": bucket.id,
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    assert made.only("aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs == {
        "bucket": bucket.id,
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    }
    assert made.only("aws:s3/bucketVersioning:BucketVersioning").inputs == {
        "bucket": bucket.id,
        "versioningConfiguration": {"status": "Enabled"},
    }


@pytest.mark.parametrize(
    ("key", "by_default", "is_cheap"),
    [
        (KEY, {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}, True),
        (None, {"sseAlgorithm": "AES256"}, False),
    ],
)
def test_objects_are_under_the_given_key_or_under_keys_of_s3(build, key, by_default, is_cheap):
    encryption = build(key_arn=key).only(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )

    assert encryption.inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": by_default, "bucketKeyEnabled": is_cheap}
    ]


def test_a_lock_waits_for_versions_and_an_unlocked_bucket_has_none(build):
    made = build(lock_days=400)
    lock = made.only("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")

    assert made.only("aws:s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 400}}
    assert made.only("aws:s3/bucketVersioning:BucketVersioning").urn in lock.dependencies
    assert build().all("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration") == []


def test_access_is_logged_once_the_log_bucket_takes_logs(deploy, names):
    def program():
        logs = Bucket("logs", BucketArgs(names=names, role="logs"))
        Bucket("models", BucketArgs(names=names, role="models", access_log_to=logs.handle))

    made = deploy(program)
    logging = made.only("aws:s3/bucketLogging:BucketLogging")

    assert logging.name == "models-access-log"
    assert (logging.inputs["targetBucket"], logging.inputs["targetPrefix"]) == (LOGS, "access/models/")
    assert made.named("logs-policy").urn in made.graph.waits_for(logging.urn)


def test_whoever_waits_for_a_bucket_waits_for_its_policy_key_and_versions(deploy, names):
    handles = []
    made = deploy(lambda: handles.append(Bucket("models", BucketArgs(names=names, role="models")).handle))

    [handle] = handles
    assert handle == BucketHandle(name=MODELS, ready=handle.ready)
    assert [resource._name for resource in handle.ready] == [
        "models-policy",
        "models-encryption",
        "models-versions",
    ]
    assert made.named("models-private").urn in made.named("models-policy").dependencies


def test_a_bucket_refuses_plain_http_old_tls_strangers_and_other_keys(names):
    both = [f"arn:aws:s3:::{MODELS}", f"arn:aws:s3:::{MODELS}/*"]
    refusal = {"Effect": "Deny", "Action": ["s3:*"], "Principal": {"AWS": ["*"]}, "Resource": both}
    upload = {**refusal, "Action": ["s3:PutObject"], "Resource": both[1:]}

    assert _by_sid(bucket_document(BucketArgs(names=names, role="models", key_arn=KEY))) == {
        "DenyInsecureTransport": {**refusal, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        "DenyOldTls": {**refusal, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
        "DenyOtherAccounts": {
            **refusal,
            "Condition": {
                "Bool": {"aws:PrincipalIsAWSService": "false"},
                "StringNotEquals": {"aws:PrincipalAccount": "111122223333"},
            },
        },
        "DenyOtherEncryption": {
            **upload,
            "Condition": {"Null": {"s3:x-amz-server-side-encryption": "false"}},
        },
        "DenyCustomerProvidedKeys": {
            **upload,
            "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}},
        },
    }


def test_a_bucket_under_keys_of_s3_lets_the_trail_bring_its_own(names):
    assert "DenyOtherEncryption" not in _by_sid(bucket_document(BucketArgs(names=names, role="logs")))


def test_the_log_bucket_takes_deliveries_of_this_platform_and_lets_nobody_read(names):
    logs = f"arn:aws:s3:::{LOGS}"
    trail = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/example-test"

    assert [s.render() for s in log_delivery_statements(names)] == [
        {
            "Sid": "DeliverAccessLogs",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Principal": {"Service": ["logging.s3.amazonaws.com"]},
            "Resource": [f"{logs}/access/*"],
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": [
                        "arn:aws:s3:::example-test-agents-111122223333-eu-central-1",
                        f"arn:aws:s3:::{MODELS}",
                        "arn:aws:s3:::example-test-payloads-111122223333-eu-central-1",
                    ]
                },
                "StringEquals": {"aws:SourceAccount": "111122223333"},
            },
        },
        {
            "Sid": "CheckTrailBucket",
            "Effect": "Allow",
            "Action": ["s3:GetBucketAcl"],
            "Principal": {"Service": ["cloudtrail.amazonaws.com"]},
            "Resource": [logs],
            "Condition": {"StringEquals": {"aws:SourceArn": trail}},
        },
        {
            "Sid": "DeliverTrail",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Principal": {"Service": ["cloudtrail.amazonaws.com"]},
            "Resource": [f"{logs}/trail/AWSLogs/111122223333/*"],
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
    ]


def test_lifecycle_rules_are_ordered_by_prefix(names):
    args = BucketArgs(
        names=names,
        role="payloads",
        expire_after_days=90,
        expire_prefix_after_days={"restricted/": 3, "public/": 90},
        noncurrent_days=1,
    )

    assert lifecycle_rules(args) == [
        {
            "id": "tidy",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            "noncurrent_version_expiration": {"noncurrent_days": 1},
            "expiration": {"days": 90},
        },
        {
            "id": "expire-public",
            "status": "Enabled",
            "filter": {"prefix": "public/"},
            "expiration": {"days": 90},
        },
        {
            "id": "expire-restricted",
            "status": "Enabled",
            "filter": {"prefix": "restricted/"},
            "expiration": {"days": 3},
        },
    ]


def test_without_an_age_only_old_versions_and_half_uploads_go(names):
    [only] = lifecycle_rules(BucketArgs(names=names, role="models", noncurrent_days=365))

    assert "expiration" not in only
    assert only["noncurrent_version_expiration"] == {"noncurrent_days": 365}


def test_the_rules_reach_the_bucket_after_versions_exist(build):
    made = build(noncurrent_days=7)
    lifecycle = made.only("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")

    assert [rule["id"] for rule in lifecycle.inputs["rules"]] == ["tidy"]
    assert made.only("aws:s3/bucketVersioning:BucketVersioning").urn in lifecycle.dependencies
