"""Physical names stay within AWS's limits for every platform that settings allow."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from components.foundation.names import MODEL_READER, PUBLISHER, Names
from stacks.platform import PlatformSettings

LONGEST_CAPABILITY = "a" * 38


def _pattern(field: str) -> str:
    [pattern] = [m.pattern for m in PlatformSettings.model_fields[field].metadata if hasattr(m, "pattern")]
    return pattern


PLATFORMS = st.builds(
    Names,
    organisation=st.from_regex(_pattern("organisation"), fullmatch=True),
    environment=st.from_regex(_pattern("environment"), fullmatch=True),
    account=st.just("111122223333"),
    region=st.sampled_from(["eu-central-1", "ap-southeast-1", "us-gov-east-1", "ca-west-1"]),
)


@given(names=PLATFORMS)
def test_every_name_is_one_its_service_takes(names):
    for role in ("models", "payloads", "logs", "flow-logs"):
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", names.bucket(role)), "S3: 3 to 63 characters"
    for capability in (MODEL_READER, PUBLISHER, LONGEST_CAPABILITY):
        assert re.fullmatch(r"[\w+=,.@-]{1,64}", names.role(capability)), "IAM: a role has at most 64"
    assert re.fullmatch(r"[\w+=,.@-]{1,128}", names.boundary), "IAM: a policy has at most 128"
    assert re.fullmatch(r"[0-9A-Za-z][\w-]{0,99}", names.cluster), "EKS: at most 100"
    assert re.fullmatch(r"alias/[a-zA-Z0-9/_-]{1,250}", names.key_alias("models"))
    assert not names.key_alias("models").startswith("alias/aws/"), "KMS keeps that prefix for itself"
    assert re.fullmatch(r"[\w-]{1,80}", names.queue("interruption")), "SQS: at most 80"
    assert re.fullmatch(r"[a-z0-9]+(?:[._/-][a-z0-9]+)*", names.repository("models")), "ECR: lower case"
    assert re.fullmatch(r"[\w./#-]{1,512}", names.log_group("flow-logs"))


@given(names=PLATFORMS, other=PLATFORMS)
def test_two_platforms_never_share_a_bucket(names, other):
    """``ab-c`` and ``a-bc`` would, if parts could hold the separator."""
    if (names.organisation, names.environment, names.region) != (
        other.organisation,
        other.environment,
        other.region,
    ):
        assert {names.bucket(r) for r in ("models", "payloads", "logs")}.isdisjoint(
            {other.bucket(r) for r in ("models", "payloads", "logs")}
        )


def test_names_are_what_documents_say(names):
    assert names.bucket("models") == "example-test-models-111122223333-eu-central-1"
    assert names.bucket_arn("logs") == "arn:aws:s3:::example-test-logs-111122223333-eu-central-1"
    assert names.role_arn(MODEL_READER) == "arn:aws:iam::111122223333:role/example-test-model-reader"
    assert names.boundary_arn == "arn:aws:iam::111122223333:policy/example-test-boundary"
    assert names.cluster_arn == "arn:aws:eks:eu-central-1:111122223333:cluster/example-test"
    assert names.key_alias("trail") == "alias/example-test-trail"
    assert names.queue("interruption") == "example-test-interruption"
    assert names.repository("models") == "example-test/models"
    assert names.log_group("flow-logs") == "/slipway/example-test/flow-logs"
    assert replace(names, partition="aws-cn").bucket_arn("logs").startswith("arn:aws-cn:s3:::")
