"""What the account is asked, against moto; what moto does not know is stubbed in AWS's own shapes."""

import boto3
import pytest
from botocore.stub import Stubber

from gate.live.ask.account import caller, linked_roles, offerings, quotas
from gate.live.ask.aws import Aws
from tests.gate.live.conftest import REGION, SECRET


def said(checks):
    return [(one.subject, one.verdict, one.says) for one in checks]


def test_credentials_of_this_account_are_who_they_are(aws, plan):
    found = caller(aws, plan)
    assert (found.verdict, found.says) == ("ok", "arn:aws:sts::111122223333:user/moto")


def test_credentials_of_another_account_are_bad(aws, plan):
    found = caller(aws, {**plan, "account": "444455556666"})
    assert found.verdict == "bad"
    assert found.says == "these are credentials of account 111122223333; the stack stands in 444455556666"


def test_no_credentials_are_no_answer(monkeypatch, plan, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    found = caller(Aws(REGION), plan)
    assert (found.verdict, found.says) == (
        "could not ask",
        "sts:get_caller_identity was not asked: there are no credentials of AWS here",
    )


def test_aws_own_sentence_is_not_repeated(aws, plan):
    """It quotes what was signed, the key's id among it."""
    with Stubber(aws.client("sts")) as stub:
        stub.add_client_error(
            "get_caller_identity", "SignatureDoesNotMatch", f"Credential=AKIDEXAMPLE {SECRET}"
        )
        found = caller(aws, plan)
    assert (found.verdict, found.says) == (
        "could not ask", "sts:get_caller_identity answered SignatureDoesNotMatch",
    )  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        (64.0, "ok", "it is 64 vCPUs; gpu-l4 may come to 64"),
        (
            32.0,
            "bad",
            (
                "it is 32 vCPUs; gpu-l4 may come to 64: scaling stops before the pools' own limits; ask AWS for "
                "more, or lower them"
            ),
        ),
        (
            4.0,
            "bad",
            "it is 4 vCPUs; gpu-l4 may come to 64, and the smallest machine needs 8: nothing starts; ask AWS for more",
        ),
    ],
)
def test_a_quota_is_compared_with_what_the_pools_may_come_to(aws, plan, quotas_of, case):
    value, *answer = case
    quotas_of["L-DB2E81BA"] = value
    assert said(quotas(aws, plan)) == [("G and VT (L-DB2E81BA)", *answer)]


def test_an_account_without_a_value_of_its_own_has_aws_default(aws, plan, quotas_of):
    del quotas_of["L-DB2E81BA"]
    with Stubber(aws.client("service-quotas")) as stub:
        stub.add_client_error("get_service_quota", "NoSuchResourceException")
        stub.add_response("get_aws_default_service_quota", {"Quota": {"Value": 0.0}})
        [(_, verdict, says)] = said(quotas(aws, plan))
    assert verdict == "bad"
    assert says.startswith("it is AWS's default, 0 vCPUs;")


def test_what_may_not_be_asked_and_what_no_quota_names_is_no_pass(aws, plan):
    with Stubber(aws.client("service-quotas")) as stub:
        stub.add_client_error("get_service_quota", "AccessDeniedException", "secret words")
        found = said(quotas(aws, {**plan, "unknown_quotas": ["p6-b200.48xlarge spot"]}))
    assert found == [
        (
            "G and VT (L-DB2E81BA)",
            "could not ask",
            "service-quotas:get_service_quota answered AccessDeniedException",
        ),
        (
            "p6-b200.48xlarge spot",
            "could not ask",
            "p6-b200.48xlarge spot: facts/ec2_quotas.yaml names no quota of this family; look in the console",
        ),
    ]


def test_an_answer_of_another_shape_is_no_pass(aws, plan):
    with Stubber(aws.client("service-quotas")) as stub:
        stub.add_response("get_service_quota", {"Quota": {}})
        [(_, verdict, says)] = said(quotas(aws, plan))
    assert (verdict, says) == ("could not ask", "the answer could not be read (KeyError)")


def test_types_are_looked_for_in_the_zones_of_their_pool(aws, plan):
    sold = boto3.client("ec2", region_name=REGION).describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["m5.large"]}]
    )["InstanceTypeOfferings"]
    zones = sorted(one["Location"] for one in sold)
    pools = [
        {"name": "everywhere", "types": ["m5.large"], "zones": zones},
        {"name": "nowhere", "types": ["m5.large", "p9.large"], "zones": zones},
        {"name": "elsewhere", "types": ["m5.large"], "zones": [*zones, "eu-central-1z"]},
    ]
    assert said(offerings(aws, {**plan, "pools": pools})) == [
        ("everywhere", "ok", "each type in a zone, and each zone has one"),
        ("nowhere", "bad", f"p9.large in none of {', '.join(zones)}: take other types or zones"),
        ("elsewhere", "bad", "none of its types in eu-central-1z: take other types or zones"),
    ]


def test_a_role_of_a_service_is_there_or_how_it_is_made_is_said(aws, plan):
    roles = [
        {"role": "AWSServiceRoleForAmazonEKS", "service": "eks.amazonaws.com", "why": "-"},
        {
            "role": "AWSServiceRoleForEC2Spot",
            "service": "spot.amazonaws.com",
            "why": "no spot machine starts",
        },
    ]
    assert said(linked_roles(aws, {**plan, "linked_roles": roles})) == [
        ("AWSServiceRoleForAmazonEKS", "ok", "it exists"),
        (
            "AWSServiceRoleForEC2Spot",
            "bad",
            (
                "it does not exist, and no spot machine starts: "
                "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com"
            ),
        ),
    ]
