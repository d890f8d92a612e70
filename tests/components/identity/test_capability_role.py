"""One role for many workloads, told apart by who asks. Mocks cannot prove that IAM evaluates the tags."""

import json
import re
from fnmatch import fnmatchcase

import pulumi
import pytest

from components.foundation.iam_document import Statement
from components.foundation.names import MODEL_READER
from components.identity.capability_role import (
    CapabilityRole,
    CapabilityRoleArgs,
    model_reader_statements,
    model_roles,
    payload_writer_statements,
    shared_by_accounts,
)
from tests.captured import STACKS, captured

ACCOUNT = "${aws:PrincipalTag/kubernetes-service-account}"
BUCKET = "arn:aws:s3:::example-test-models-111122223333-eu-central-1"
KEYS = "arn:aws:kms:eu-central-1:111122223333:key/*"


def test_a_model_reads_and_lists_its_own_prefix_and_no_other(names):
    assert [s.render() for s in model_reader_statements(names)] == [
        {
            "Sid": "ReadOwnModel",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": [f"{BUCKET}/{ACCOUNT}/*"],
        },
        {
            "Sid": "ListOwnModel",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [BUCKET],
            "Condition": {"StringLike": {"s3:prefix": f"{ACCOUNT}/*"}},
        },
        {
            "Sid": "DecryptModels",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [KEYS],
            "Condition": {
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-test-models"},
                "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
            },
        },
    ]


PAYLOADS = "arn:aws:s3:::example-test-payloads-111122223333-eu-central-1"


def _may(statements, action, resource, account="minilm-v1"):
    """Whether IAM would let an account do this, short of conditions: one that has any is not counted on."""
    return any(
        action in s.actions
        and not s.conditions
        and any(fnmatchcase(resource, r.replace(ACCOUNT, account)) for r in s.resources)
        for s in statements
    )


def test_a_writer_does_what_a_reader_may_and_writes_into_its_own_folder(names):
    statements = payload_writer_statements(names)
    assert statements[:3] == model_reader_statements(names)
    assert [s.render() for s in statements[3:]] == [
        {
            "Sid": "WriteOwnPayloads",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": [
                f"{PAYLOADS}/{data_class}/{ACCOUNT}/*"
                for data_class in ("confidential", "internal", "public", "restricted")
            ],
        },
        {
            "Sid": "EncryptPayloads",
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey"],
            "Resource": [KEYS],
            "Condition": {
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-test-payloads"},
                "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
            },
        },
    ]
    assert shared_by_accounts(statements) == []


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        (
            "s3:PutObject",
            f"{PAYLOADS}/internal/minilm-v1/models/minilm/predictor/sample/a-request.jsonl",
            True,
        ),
        (
            "s3:PutObject",
            f"{PAYLOADS}/internal/minilm-v2/models/minilm/predictor/sample/a-request.jsonl",
            False,
        ),
        ("s3:PutObject", f"{PAYLOADS}/internal/minilm-v10/a", False),
        ("s3:PutObject", f"{PAYLOADS}/minilm-v1/a", False),
        ("s3:PutObject", f"{BUCKET}/minilm-v1/model.safetensors", False),
        ("s3:GetObject", f"{PAYLOADS}/internal/minilm-v1/a", False),
        ("s3:GetObjectVersion", f"{PAYLOADS}/internal/minilm-v1/a", False),
        ("s3:ListBucket", PAYLOADS, False),
        ("s3:DeleteObject", f"{PAYLOADS}/internal/minilm-v1/a", False),
        ("s3:GetObject", f"{BUCKET}/minilm-v1/model.safetensors", True),
        ("s3:GetObject", f"{BUCKET}/minilm-v2/model.safetensors", False),
        ("kms:Decrypt", KEYS, False),
    ],
)
def test_what_a_writer_may_and_must_not(names, action, resource, may):
    assert _may(payload_writer_statements(names), action, resource) is may


def test_a_reader_writes_nothing(names):
    assert not any(a.startswith("s3:Put") for s in model_reader_statements(names) for a in s.actions)


def test_both_roles_are_made_and_waited_for(deploy, names):
    handles = []
    made = deploy(lambda: handles.append(model_roles(names, ["models"], pulumi.ResourceOptions())))
    assert sorted(r.inputs["name"] for r in made.all("aws:iam/role:Role")) == [
        "example-test-model-reader",
        "example-test-payload-writer",
    ]
    [handle] = handles
    assert handle.role_arn == "arn:aws:iam::111122223333:role/example-test-model-reader"
    assert [r._name for r in handle.ready] == [
        "model-reader-role",
        "model-reader-policy",
        "payload-writer-role",
        "payload-writer-policy",
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_every_model_of_a_stack_lies_where_its_own_service_account_may_read(stack):
    """The role reads ``<service account>/`` alone: a release kept elsewhere would start and find nothing."""
    found = 0
    for service in captured(stack).graph:
        manifest = service.object or {}
        if manifest.get("kind") not in {"InferenceService", "LLMInferenceService"}:
            continue
        text = json.dumps(manifest["spec"], default=repr)
        [account] = set(re.findall(r'"serviceAccountName": "([^"]+)"', text))
        [uri] = set(re.findall(r'"(?:storageUri|uri)": "(s3://[^"]+)"', text))
        assert uri.split("/", 3)[3].startswith(f"{account}/"), manifest["metadata"]["name"]
        found += 1
    assert found == sum(
        r.type.endswith(":Llm") or r.type.endswith(":PredictiveModel") for r in captured(stack).graph
    )


def test_the_role_is_bounded_and_trusts_pods_of_its_namespaces_alone(deploy, names):
    made = deploy(
        lambda: CapabilityRole(
            MODEL_READER,
            CapabilityRoleArgs(
                names=names,
                capability=MODEL_READER,
                statements=model_reader_statements(names),
                namespaces=["models"],
            ),
        )
    )
    role, policy = made.only("aws:iam/role:Role"), made.only("aws:iam/rolePolicy:RolePolicy")
    [trust] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]

    assert role.inputs["name"] == "example-test-model-reader"
    assert role.inputs["permissionsBoundary"] == "arn:aws:iam::111122223333:policy/example-test-boundary"
    assert trust["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:111122223333:cluster/example-test",
        "aws:RequestTag/kubernetes-namespace": ["models"],
        "aws:SourceAccount": "111122223333",
    }
    assert policy.inputs["role"] == "example-test-model-reader"
    assert [s["Sid"] for s in json.loads(policy.inputs["policy"])["Statement"]] == [
        "ReadOwnModel",
        "ListOwnModel",
        "DecryptModels",
    ]


def test_the_handle_is_a_complete_string_and_waits_for_role_and_policy(deploy, names):
    handles = []
    args = CapabilityRoleArgs(
        names=names, capability="x", statements=model_reader_statements(names), namespaces=["models"]
    )
    deploy(lambda: handles.append(CapabilityRole("x", args).handle))

    [handle] = handles
    assert handle.role_arn == "arn:aws:iam::111122223333:role/example-test-x"
    assert [r._name for r in handle.ready] == ["x-role", "x-policy"]


VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


@pytest.mark.parametrize(
    ("statement", "is_shared"),
    [
        ({"resources": [f"{BUCKET}/{ACCOUNT}/*"]}, False),
        ({"resources": [f"{BUCKET}/restricted/{ACCOUNT}"]}, False),
        ({"resources": [BUCKET], "conditions": {"StringLike": {"s3:prefix": f"{ACCOUNT}/*"}}}, False),
        ({"actions": ["kms:Decrypt"], "resources": [KEYS], "conditions": VIA_S3}, False),
        ({"effect": "Deny", "resources": [f"{BUCKET}/*"]}, False),
        ({"resources": [f"{BUCKET}/*"]}, True),
        ({"resources": [f"{BUCKET}/{ACCOUNT}/*", f"{BUCKET}/shared/*"]}, True),
        ({"resources": [f"{BUCKET}/{ACCOUNT}*"]}, True),
        ({"resources": [BUCKET], "conditions": {"StringNotLike": {"s3:prefix": f"{ACCOUNT}/*"}}}, True),
        ({"resources": [BUCKET], "conditions": {"StringLikeIfExists": {"s3:prefix": f"{ACCOUNT}/*"}}}, True),
        ({"resources": [BUCKET], "conditions": {"StringLike": {"s3:prefix": [f"{ACCOUNT}/*", "x/*"]}}}, True),
        ({"resources": [f"{BUCKET}/*"], "conditions": VIA_S3}, True),
        (
            {
                "actions": ["kms:Decrypt"],
                "resources": [KEYS],
                "conditions": {"StringEquals": {"kms:ViaService": "sqs.eu-central-1.amazonaws.com"}},
            },
            True,
        ),
    ],
)
def test_a_statement_is_shared_unless_all_of_it_names_the_account(statement, is_shared):
    built = Statement(**({"sid": "It", "actions": ["s3:GetObject"]} | statement))

    assert shared_by_accounts([built]) == (["It"] if is_shared else [])


def test_a_shared_statement_needs_named_service_accounts(names):
    shared = [Statement(sid="ReadAll", actions=["s3:GetObject"], resources=[f"{BUCKET}/*"])]
    given = {"names": names, "capability": "reader", "statements": shared, "namespaces": ["models", "batch"]}

    with pytest.raises(
        ValueError, match=re.escape("reader: ReadAll gives every service account of models, batch the same; ")
    ):
        CapabilityRoleArgs(**given)
    assert CapabilityRoleArgs(**given, service_accounts=["catalogue"]).service_accounts == ["catalogue"]
