"""What the Cloud Control provider writes is judged as what pulumi-aws writes; the same holds in an engine."""

import json

import pytest

from gate.adapters import read_paths
from policies.catalog import RULES
from policies.judge import judge
from policies.native import as_known
from policies.record import Graph
from tests.policies.cases import resource

TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
}
WAY = {"Statement": [{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}]}
OPEN = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
ROLE = {"roleName": "r", "assumeRolePolicyDocument": TRUST}
POLICY_OF_ROLE = {"policyName": "p", "policyDocument": WAY}


def said(*resources):
    found = judge(Graph([as_known(r) for r in resources]), RULES)
    assert found.faults == ()
    return {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    "stack",
    [
        [("Role", ROLE | {"policies": [POLICY_OF_ROLE]})],
        [("Role", ROLE), ("RolePolicy", {"roleName": "r", **POLICY_OF_ROLE})],
        [
            ("Role", ROLE),
            ("ManagedPolicy", {"roles": ["r"], "managedPolicyName": "m", "policyDocument": WAY}),
        ],
        [("User", {"userName": "u", "policies": [POLICY_OF_ROLE]})],
        [
            ("User", {"userName": "u", "groups": ["g"]}),
            ("Group", {"groupName": "g", "policies": [POLICY_OF_ROLE]}),
        ],
        [("Group", {"groupName": "g"}), ("GroupPolicy", {"groupName": "g", **POLICY_OF_ROLE})],
        [("ManagedPolicy", {"managedPolicyName": "m", "policyDocument": json.dumps(WAY)})],
    ],
)
def test_a_way_to_more_is_found_wherever_it_is_written(stack):
    assert "identities-cannot-escalate" in said(
        *(resource(f"aws-native:iam:{kind}", inputs, name=kind) for kind, inputs in stack)
    )


def test_trust_keys_functions_and_attached_policies_are_judged():
    assert said(resource("aws-native:iam:Role", {"assumeRolePolicyDocument": OPEN})) == {
        "roles-trust-named-principals"
    }
    assert "keys-name-their-users" in said(resource("aws-native:kms:Key", {"keyPolicy": OPEN}))
    assert said(
        resource("aws-native:lambda:Permission", {"functionName": "f", "principal": "s3.amazonaws.com"})
    ) == {"functions-name-their-callers"}
    administrator = {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    assert "roles-do-not-administer" in said(resource("aws-native:iam:Group", administrator))


def test_other_types_of_that_provider_stay_what_they_are():
    table = resource("aws-native:dynamodb:Table", {"keySchema": []})
    assert as_known(table) is table


def test_inline_policies_that_are_no_mappings_are_left_to_the_rules():
    role = as_known(resource("aws-native:iam:Role", {"policies": ["{}"]}))
    assert role.inputs["inlinePolicies"] == ["{}"]


def test_a_state_file_is_read_so(tmp_path):
    urn = "urn:pulumi:x::p::aws-native:iam:Role::r"
    state = {
        "urn": urn,
        "type": "aws-native:iam:Role",
        "inputs": ROLE,
        "propertyDependencies": {"policies": [urn]},
    }
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"deployment": {"resources": [state]}}), encoding="utf-8")
    (role,) = read_paths([file])
    assert (role.type, role.urn, role.inputs["name"]) == ("aws:iam/role:Role", urn, "r")
    assert role.property_dependencies == {"inlinePolicies": frozenset({urn})}
