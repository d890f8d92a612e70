"""The plan that checkov reads: names and blocks as Terraform has them, references, and what has no translation."""

from gate.checkov.terraform_plan import as_plan
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

KEY = resource("aws:kms/key:Key", {"enableKeyRotation": True, "tags": {"Name": "k"}}, "the.key")
BUCKET = resource(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    {
        "bucket": UNKNOWN,
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}}],
        "expectedBucketOwner": None,
    },
    "encryption",
    property_dependencies={"rules": frozenset({KEY.urn, "urn:gone"})},
)  # fmt: skip
ODD = resource("aws:odd/odd:Odd", {}, "odd")
PLAN = as_plan(Graph([KEY, BUCKET, ODD, ODD, resource("kubernetes:core/v1:Pod", {}, "p")]))
TYPE = "aws_s3_bucket_server_side_encryption_configuration"


def planned(address):
    resources = PLAN.data["planned_values"]["root_module"]["resources"]
    return next(r for r in resources if r["address"] == address)


def test_names_become_snake_case_and_blocks_lists():
    assert planned(f"{TYPE}.encryption")["values"] == {
        "bucket": None,
        "rule": [
            {"apply_server_side_encryption_by_default": [{"kms_master_key_id": "k", "sse_algorithm": "aws:kms"}]}
        ],
    }  # fmt: skip


def test_mappings_that_are_values_stay_mappings():
    assert planned("aws_kms_key.the_key")["values"] == {"enable_key_rotation": True, "tags": {"Name": "k"}}


def test_references_follow_property_dependencies():
    configured = PLAN.data["configuration"]["root_module"]["resources"]
    assert {r["address"]: r["expressions"] for r in configured} == {
        "aws_kms_key.the_key": {},
        f"{TYPE}.encryption": {"rule": {"references": ["aws_kms_key.the_key.id", "aws_kms_key.the_key"]}},
    }


def test_addresses_lead_back_and_what_has_no_translation_is_counted():
    assert PLAN.addresses == {"aws_kms_key.the_key": KEY.urn, f"{TYPE}.encryption": BUCKET.urn}
    assert PLAN.untranslated == {"aws:odd/odd:Odd": 2}


def test_everything_is_created():
    changes = PLAN.data["resource_changes"]
    assert [c["change"]["actions"] for c in changes] == [["create"], ["create"]]
    assert [c["change"]["after"] for c in changes] == [planned(c["address"])["values"] for c in changes]


def test_two_resources_never_share_an_address():
    dotted = resource("aws:kms/key:Key", {}, "the_key")
    assert len(as_plan(Graph([KEY, dotted])).addresses) == 2
