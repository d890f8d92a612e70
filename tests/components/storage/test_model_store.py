"""Models, payloads and logs apart. Mocks cannot prove that S3, KMS and ECR accept any of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.storage.model_store import (
    ModelStore,
    ModelStoreArgs,
    ModelStoreSettings,
    Retention,
    payload_expiry,
)
from facts.data_classes import DATA_CLASSES

ROOT = {"AWS": ["arn:aws:iam::111122223333:root"]}
NAME = "example-test-{}-111122223333-eu-central-1"


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        return deploy(
            lambda: ModelStore("store", ModelStoreArgs(settings=ModelStoreSettings(**settings), names=names))
        )

    return run


def _statements(key):
    return {s["Sid"]: s for s in json.loads(key.inputs["policy"])["Statement"]}


def _part(made, kind, role):
    class_ = kind[0].upper() + kind[1:]
    bucket = made.named(f"store-{role}-bucket")
    return next(r for r in made.all(f"aws:s3/{kind}:{class_}") if r.inputs["bucket"] == bucket.id)


def _key_of(made, role):
    [rule] = _part(made, "bucketServerSideEncryptionConfiguration", role).inputs["rules"]
    return rule["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId")


def test_models_payloads_and_logs_are_apart(build):
    made = build()

    assert {
        b.name: (b.inputs["bucket"], b.inputs["objectLockEnabled"]) for b in made.all("aws:s3/bucket:Bucket")
    } == {
        "store-models-bucket": (NAME.format("models"), True),
        "store-payloads-bucket": (NAME.format("payloads"), False),
        "store-logs-bucket": (NAME.format("logs"), False),
    }
    assert _key_of(made, "models") == made.named("store-model-key").outputs["arn"]
    assert _key_of(made, "payloads") == made.named("store-payload-key").outputs["arn"]
    assert _key_of(made, "models") != _key_of(made, "payloads")
    assert _key_of(made, "logs") is None


def test_models_are_locked_for_as_long_as_settings_say(build):
    made = build(lock_days=730)
    [rule] = _part(made, "bucketLifecycleConfiguration", "models").inputs["rules"]

    assert _part(made, "bucketObjectLockConfiguration", "models").inputs["rule"] == {
        "defaultRetention": {"mode": "GOVERNANCE", "days": 730}
    }
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 730}
    assert "expiration" not in rule


def test_payloads_are_forgotten_by_their_data_class(build):
    made = build(payload_retention={"public": 60, "internal": 30, "confidential": 7, "restricted": 1})
    rules = _part(made, "bucketLifecycleConfiguration", "payloads").inputs["rules"]

    assert {rule["filter"]["prefix"]: rule["expiration"]["days"] for rule in rules} == {
        "": 60,
        "public/": 60,
        "internal/": 30,
        "confidential/": 7,
        "restricted/": 1,
    }
    assert rules[0]["noncurrentVersionExpiration"] == {"noncurrentDays": 1}
    assert all(rule["status"] == "Enabled" for rule in rules)


def test_retention_names_every_data_class_from_the_most_open_to_the_most_closed():
    assert tuple(Retention.model_fields) == DATA_CLASSES


@given(
    days=st.lists(st.integers(min_value=1, max_value=365), min_size=4, max_size=4).map(
        lambda d: dict(zip(DATA_CLASSES, sorted(d, reverse=True), strict=True))
    )
)
def test_every_ordered_retention_is_compiled_class_by_class(days):
    assert payload_expiry(Retention(**days)) == {f"{data_class}/": n for data_class, n in days.items()}


def test_what_is_more_closed_is_never_kept_longer():
    with pytest.raises(ValidationError, match=r"restricted \(30\) is kept longer than confidential \(14\)"):
        Retention(restricted=30)


@pytest.mark.parametrize("days", [0, 366, True])
def test_a_retention_is_a_number_of_days(days):
    with pytest.raises(ValidationError):
        Retention(public=days)


def test_logs_are_kept_and_are_logged_nowhere_else(build):
    made = build(log_retention_days=500)
    rules = _part(made, "bucketLifecycleConfiguration", "logs").inputs["rules"]

    assert {r["filter"]["prefix"]: r["expiration"]["days"] for r in rules[1:]} == {
        "access/": 500,
        "trail/": 500,
    }
    assert "expiration" not in rules[0]
    assert {r.name: r.inputs["targetBucket"] for r in made.all("aws:s3/bucketLogging:BucketLogging")} == {
        "store-models-access-log": NAME.format("logs"),
        "store-payloads-access-log": NAME.format("logs"),
    }


def test_models_may_be_read_by_their_role_and_written_by_the_publisher(build):
    statements = _statements(build().named("store-model-key"))

    assert set(statements) == {
        "AccountAdministersKey",
        "AccountCreatesGrantsForServices",
        "ReadersDecrypt",
        "WritersDecrypt",
        "PublisherEncrypts",
    }
    assert statements["ReadersDecrypt"] == {
        "Sid": "ReadersDecrypt",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Principal": ROOT,
        "Resource": ["*"],
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-test-model-reader"}
        },
    }
    assert statements["PublisherEncrypts"] == {
        "Sid": "PublisherEncrypts",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Principal": ROOT,
        "Resource": ["*"],
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-test-publisher"}
        },
    }


def test_another_publisher_can_be_named(build):
    publisher = "arn:aws:iam::111122223333:role/ci/models"
    statements = _statements(build(publisher_role_arn=publisher).named("store-model-key"))

    assert statements["PublisherEncrypts"]["Condition"] == {"ArnEquals": {"aws:PrincipalArn": publisher}}


def test_writers_encrypt_payloads_and_nobody_decrypts_them(build):
    made = build()
    statements = _statements(made.named("store-payload-key"))

    assert set(statements) == {"AccountAdministersKey", "AccountCreatesGrantsForServices", "WritersEncrypt"}
    assert statements["WritersEncrypt"]["Action"] == ["kms:GenerateDataKey"]
    assert statements["WritersEncrypt"]["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-test-payload-writer"}
    }
    aliases = {a.inputs["name"]: a.inputs["targetKeyId"] for a in made.all("aws:kms/alias:Alias")}
    assert aliases == {
        "alias/example-test-models": made.named("store-model-key").id,
        "alias/example-test-payloads": made.named("store-payload-key").id,
    }


def test_keys_rotate_and_stay(build):
    for key in build().all("aws:kms/key:Key"):
        assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
        assert key.protect


def test_image_tags_never_move_and_images_are_scanned_under_our_key(build):
    made = build(repositories={"runtime": {"keep_untagged_days": 3}})
    repository = made.only("aws:ecr/repository:Repository")

    assert {k: v for k, v in repository.inputs.items() if k not in {"tags", "tagsAll"}} == {
        "name": "example-test/runtime",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [
            {"encryptionType": "KMS", "kmsKey": made.named("store-model-key").outputs["arn"]}
        ],
        "forceDelete": False,
    }
    assert repository.protect
    assert json.loads(made.only("aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"]) == {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 3,
                },
                "action": {"type": "expire"},
            }
        ]
    }


def test_the_handle_names_the_buckets_and_waits_for_all_three(deploy, names):
    handles = []
    made = deploy(
        lambda: handles.append(
            ModelStore("store", ModelStoreArgs(settings=ModelStoreSettings(), names=names)).handle
        )
    )

    [handle] = handles
    assert [handle.model_bucket, handle.payload_bucket, handle.log_bucket] == [
        made.named(f"store-{role}-bucket").inputs["bucket"] for role in ("models", "payloads", "logs")
    ]
    assert {r._name for r in handle.ready} >= {
        f"store-{role}-policy" for role in ("models", "payloads", "logs")
    }
