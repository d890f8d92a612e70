"""The boundary lets through what roles ask for, no more and no less. Mocks cannot prove that IAM evaluates it so."""

import json

import pytest

from components.cluster.node_shell import shell_document
from components.gateway.certificate_manifests import dns_statements
from components.identity.permissions_boundary import (
    GLOBAL,
    NEVER,
    REGIONAL,
    PermissionsBoundary,
    PermissionsBoundaryArgs,
    boundary_document,
)
from components.observability.traces import PUT_SPANS
from facts.managed_policies import EBS_IN_THE_CALLERS_NAME, MANAGED_POLICIES
from policies.analysis.iam.patterns import covers_action
from policies.analysis.iam.statements import statements
from policies.rules.aws.iam_policies import ATTACHMENT, POLICY, ROLE, ROLE_POLICY
from stacks.load import read_stack
from tests.bootstrap.captured import bootstrap
from tests.captured import STACKS, captured

ZONE = "Z0123456789EXAMPLE"
LARGEST_POLICY = 6144
LARGEST_ROLE_POLICIES = 10240
LARGEST_TRUST = 2048


def _compact(text):
    """As IAM counts: without white space."""
    return len(json.dumps(json.loads(text), separators=(",", ":")))


def _granted(names):
    return [a for s in statements(boundary_document(names)) if s.allows for a in s.actions]


def _asked_for(names):
    """Who asks for which action: inline policies, attached ones, EBS, and what no committed stack switches on."""
    asked = dict.fromkeys(EBS_IN_THE_CALLERS_NAME, "EBS")
    asked |= {action: "certificates.acme" for s in dns_statements(names, ZONE) for action in s.actions}
    asked |= {action: "debug: ssm" for s in statements(shell_document(names)) for action in s.actions}
    asked |= dict.fromkeys(PUT_SPANS.actions, "traces: x-ray")
    for stack in STACKS:
        graph = captured(stack).graph
        for attachment in graph.of_type(ATTACHMENT):
            policy = attachment.inputs["policyArn"].rpartition("/")[2]
            asked |= dict.fromkeys(MANAGED_POLICIES[policy], policy)
        for policy in graph.of_type(ROLE_POLICY):
            for statement in statements(policy.inputs["policy"]):
                asked |= dict.fromkeys(statement.actions, policy.name)
    return asked


def test_whatever_a_role_of_a_committed_stack_asks_for_is_within_the_boundary(names):
    granted = _granted(names)
    asked = _asked_for(names)

    assert asked["route53:ChangeResourceRecordSets"] == "certificates.acme"
    assert asked["ec2:CopyVolumes"] == "AmazonEBSCSIDriverPolicyV2"
    assert asked["s3:PutObject"] == "payload-writer-policy"
    assert {a: who for a, who in asked.items() if not any(covers_action(p, a) for p in granted)} == {}


def test_nothing_is_within_the_boundary_that_no_role_asks_for(names):
    asked = _asked_for(names)

    assert [p for p in _granted(names) if not any(covers_action(p, action) for action in asked)] == []


def test_no_role_asks_for_what_the_boundary_refuses(names):
    refused = [action for actions_ in NEVER.values() for action in actions_]

    assert [a for a in _asked_for(names) if any(covers_action(r, a) for r in refused)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_role_of_a_committed_stack_carries_it(stack):
    roles = captured(stack).graph.of_type(ROLE)
    (boundary,) = captured(stack).graph.elsewhere
    names = read_stack(stack).names

    assert boundary.inputs == {"name": names.boundary, "policy": boundary_document(names)}
    assert {r.inputs["permissionsBoundary"] for r in roles} == ({names.boundary_arn} if roles else set())


def test_the_bootstrap_makes_the_boundary_of_every_platform():
    made = {p.inputs["name"]: p.inputs["policy"] for p in bootstrap().graph.of_type(POLICY)}
    for stack in STACKS:
        names = read_stack(stack).names
        assert made[names.boundary] == boundary_document(names)


def test_the_document_allows_by_region_passes_own_roles_and_never_lifts_itself(names):
    by_sid = {s["Sid"]: s for s in json.loads(boundary_document(names))["Statement"]}

    assert list(by_sid) == [
        *REGIONAL,
        *GLOBAL,
        "PassOwnRoles",
        "CreateServiceLinkedRoles",
        *NEVER,
        "DenyCreateRoleWithoutBoundary",
    ]
    assert all(
        by_sid[sid]["Condition"] == {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
        for sid in REGIONAL
    )
    assert all("Condition" not in by_sid[sid] for sid in GLOBAL)
    assert by_sid["PassOwnRoles"] == {
        "Sid": "PassOwnRoles",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": ["arn:aws:iam::111122223333:role/example-test-*"],
    }
    assert by_sid["CreateServiceLinkedRoles"]["Resource"] == [
        "arn:aws:iam::111122223333:role/aws-service-role/*"
    ]
    for sid in NEVER:
        assert by_sid[sid] == {
            "Sid": sid,
            "Effect": "Deny",
            "Action": sorted(NEVER[sid]),
            "Resource": ["*"],
        }
    assert by_sid["DenyCreateRoleWithoutBoundary"] == {
        "Sid": "DenyCreateRoleWithoutBoundary",
        "Effect": "Deny",
        "Action": ["iam:CreateRole"],
        "Resource": ["*"],
        "Condition": {
            "StringNotEquals": {
                "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/example-test-boundary"
            }
        },
    }


def test_it_is_a_managed_policy_that_roles_can_name(deploy, names):
    handles = []
    made = deploy(
        lambda: handles.append(PermissionsBoundary("boundary", PermissionsBoundaryArgs(names=names)).handle)
    )
    policy = made.only(POLICY)

    assert policy.inputs["name"] == "example-test-boundary"
    assert policy.inputs["policy"] == boundary_document(names)
    assert [r._name for r in handles[0].ready] == ["boundary-policy"]


@pytest.mark.parametrize("stack", STACKS)
def test_documents_fit_into_what_iam_stores(stack):
    graph = captured(stack).graph

    for policy in graph.of_type(POLICY):
        assert _compact(policy.inputs["policy"]) <= LARGEST_POLICY, policy.name
    for role in graph.of_type(ROLE):
        assert _compact(role.inputs["assumeRolePolicy"]) <= LARGEST_TRUST, role.name
        inline = [p for p in graph.of_type(ROLE_POLICY) if p.inputs["role"] == role.inputs["name"]]
        assert sum(_compact(p.inputs["policy"]) for p in inline) <= LARGEST_ROLE_POLICIES, role.name
