"""What the committed bootstrap makes: trust, state, roles, and boundaries no deploy can change."""

import json
from collections import Counter
from datetime import date

import pytest

from components.foundation.deploy_role import DEPLOY_SESSION_SECONDS, PREVIEW_SESSION_SECONDS
from gate.core.checkout import ROOT
from gate.evaluate.preview import Options, preview
from policies.analysis.iam.effective import may
from policies.analysis.iam.identities import identities
from tests.bootstrap.captured import bootstrap

ACCOUNT = "arn:aws:iam::111122223333"
ROLES = [
    "example-dev-deploy",
    "example-dev-preview",
    "example-dev-publisher",
    "example-prod-deploy",
    "example-prod-models-deploy",
    "example-prod-models-preview",
    "example-prod-preview",
    "example-prod-publisher",
    "example-staging-deploy",
    "example-staging-models-deploy",
    "example-staging-models-preview",
    "example-staging-preview",
    "example-staging-publisher",
]


def roles():
    return {r.inputs["name"]: r for r in bootstrap().graph.of_type("aws:iam/role:Role")}


def test_what_it_makes():
    made = Counter(r.type for r in bootstrap().graph if r.type.startswith("aws:"))
    assert (made["aws:iam/openIdConnectProvider:OpenIdConnectProvider"], made["aws:s3/bucket:Bucket"]) == (
        1,
        2,
    )
    assert made["aws:kms/key:Key"] == 1
    assert sorted(roles()) == ROLES
    assert all(r.urn.split("::")[1] == "slipway-bootstrap" for r in bootstrap().graph)


def test_every_role_has_the_boundary_and_lasts_as_long_as_its_work():
    for name, role in roles().items():
        assert role.inputs["permissionsBoundary"] == f"{ACCOUNT}:policy/example-bootstrap-boundary"
        wanted = PREVIEW_SESSION_SECONDS if name.endswith("preview") else DEPLOY_SESSION_SECONDS
        assert role.inputs["maxSessionDuration"] == wanted, name


@pytest.mark.parametrize(
    ("role", "environment"),
    [
        ("example-prod-deploy", "prod"),
        ("example-prod-preview", "prod-read"),
        ("example-prod-models-deploy", "prod-models"),
        ("example-prod-models-preview", "prod-models-read"),
        ("example-prod-publisher", "prod-publish"),
    ],
)
def test_a_role_trusts_one_environment_of_one_repository(role, environment):
    (statement,) = json.loads(roles()[role].inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {
        "Federated": [f"{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"]
    }
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:example/slipway:environment:{environment}",
        }
    }


def test_state_is_versioned_encrypted_and_spoken_to_over_tls():
    graph = bootstrap().graph
    state = "example-bootstrap-state-111122223333-eu-central-1"
    names = {r.inputs["bucket"] for r in graph.of_type("aws:s3/bucketVersioning:BucketVersioning")}
    assert state in names
    (policy,) = [r for r in graph.of_type("aws:s3/bucketPolicy:BucketPolicy") if r.inputs["bucket"] == state]
    assert [s["Sid"] for s in json.loads(policy.inputs["policy"])["Statement"]] == [
        "DenyInsecureTransport",
        "DenyOldTls",
        "DenyOtherAccounts",
        "DenyOtherEncryption",
        "DenyCustomerProvidedKeys",
    ]


def who(name):
    return next(one for one in identities(bootstrap().graph) if one.name == name)


CLUSTER = "arn:aws:eks:eu-central-1:111122223333:cluster/example-prod"
MODELS = "arn:aws:s3:::example-{}-models-111122223333-eu-central-1/m/f"
STATE = "arn:aws:s3:::example-bootstrap-state-111122223333-eu-central-1/.pulumi"


@pytest.mark.parametrize(
    ("role", "action", "resource", "answer"),
    [
        ("example-prod-deploy", "s3:PutObject", f"{STATE}/stacks/slipway/prod.json", "yes"),
        ("example-prod-deploy", "s3:PutObject", f"{STATE}/stacks/slipway/staging.json", "no"),
        ("example-prod-deploy", "s3:GetObject", f"{STATE}/stacks/slipway/staging.json", "no"),
        ("example-prod-models-deploy", "s3:GetObject", f"{STATE}/stacks/slipway/prod.json", "yes"),
        ("example-prod-models-deploy", "s3:PutObject", f"{STATE}/stacks/slipway/prod.json", "no"),
        ("example-prod-preview", "s3:GetObject", f"{STATE}/stacks/slipway/prod.json", "yes"),
        ("example-prod-preview", "s3:PutObject", f"{STATE}/stacks/slipway/prod.json", "no"),
        ("example-prod-deploy", "iam:CreateUser", f"{ACCOUNT}:user/me", "no"),
        ("example-prod-deploy", "iam:CreatePolicyVersion", f"{ACCOUNT}:policy/example-prod-boundary", "no"),
        ("example-prod-deploy", "iam:CreatePolicyVersion", f"{ACCOUNT}:policy/example-bootstrap-boundary", "no"),
        ("example-prod-deploy", "iam:DetachRolePolicy", f"{ACCOUNT}:role/example-prod-models-deploy", "no"),
        ("example-prod-deploy", "eks:DeleteCluster", CLUSTER, "yes"),
        ("example-prod-models-deploy", "eks:DeleteCluster", CLUSTER, "no"),
        ("example-prod-publisher", "s3:PutObject", MODELS.format("prod"), "yes"),
        ("example-prod-publisher", "s3:DeleteObject", MODELS.format("prod"), "no"),
        ("example-prod-publisher", "s3:PutObject", MODELS.format("dev"), "no"),
    ],
)  # fmt: skip
def test_who_may_do_what(role, action, resource, answer):
    assert may(who(role), action, resource) == answer


def test_the_boundary_of_deploy_roles_holds_whatever_is_attached():
    """A role with everything attached still cannot make users, leave the boundary, or change the bootstrap."""
    everything = who("example-prod-deploy").layers[1:]
    role = type(who("example-prod-deploy"))("wide", everything)
    for action, resource in (
        ("iam:CreateUser", f"{ACCOUNT}:user/me"),
        ("iam:CreateAccessKey", f"{ACCOUNT}:user/me"),
        ("iam:DeleteRolePermissionsBoundary", f"{ACCOUNT}:role/anything"),
        ("iam:PutRolePolicy", f"{ACCOUNT}:role/example-staging-deploy"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/example-prod-models-preview"),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/example-prod-deploy-1"),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/example-staging-boundary"),
        ("iam:UpdateOpenIDConnectProviderThumbprint", f"{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"),
    ):  # fmt: skip
        assert may(role, action, resource) == "no", action
    assert may(role, "ec2:CreateVpc", "*") == "yes"


def test_every_policy_fits_into_a_managed_policy():
    sizes = {
        r.name: len(json.dumps(json.loads(r.inputs["policy"]), separators=(",", ":")))
        for r in bootstrap().graph.of_type("aws:iam/policy:Policy")
    }
    assert {name: size for name, size in sizes.items() if size > 6144} == {}
    held = Counter(r.inputs["role"] for r in bootstrap().graph if r.type.endswith("RolePolicyAttachment"))
    assert max(held.values()) <= 10


def test_the_gate_judges_it(tmp_path):
    options = Options(
        today=date(2026, 11, 28),
        output=tmp_path,
        organisation=ROOT / "bootstrap",
        with_checkov=False,
        processes=1,
    )
    (account,) = preview([], options, lambda *_: None)
    assert account.problem == ""
    assert account.report is not None
    assert account.report.verdict == "pass"
    assert [f.message for f in account.report.findings if not f.waiver] == []
    assert Counter(f.rule for f in account.report.findings) == {
        "stacks-make-what-rules-judge": 1,
        "tag-guards-are-out-of-reach-of-the-guarded": 9,
    }
