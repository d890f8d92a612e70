"""Resources are known in whichever spelling they come: older names of modules, and aws-native's properties."""

import json

import pytest

from facts.type_spellings import type_spellings
from gate.ingest.adapters import read_paths
from policies.engine.catalog import COVERED
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.normalize import respelled, spelled
from policies.packs import PACKS
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


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("aws:alb/listener:Listener", "aws:lb/listener:Listener"),
        ("aws:elasticloadbalancingv2/listener:Listener", "aws:lb/listener:Listener"),
        ("aws:elasticloadbalancing/loadBalancer:LoadBalancer", "aws:elb/loadBalancer:LoadBalancer"),
        ("aws-native:rds:DbInstance", "aws:rds/instance:Instance"),
        ("aws-native:rds:Nothing", "aws-native:rds:Nothing"),
        ("aws:lb/listener:Listener", "aws:lb/listener:Listener"),
        ("pulumi:providers:aws", "pulumi:providers:aws"),
    ],
)
def test_a_type_has_one_name(written, known):
    assert spelled(written) == known
    assert respelled(resource(written, {})).type == (written if written == known else known)


def test_the_urn_stays_what_it_is():
    written = resource("aws:alb/listener:Listener", {"port": 80})
    assert respelled(written).urn == written.urn
    assert respelled(written).inputs == {"port": 80}


def test_properties_are_renamed_wherever_they_stand_and_moved_where_they_belong():
    cluster = resource(
        "aws-native:eks:Cluster",
        {
            "resourcesVpcConfig": {"endpointPublicAccess": False},
            "logging": {"clusterLogging": {"enabledTypes": [{"type": "audit"}, {"type": "api"}]}},
            "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "arn"}}],
            "tags": [{"key": "team", "value": "search"}],
        },
        property_dependencies={"resourcesVpcConfig": frozenset({"urn:of:vpc"})},
    )
    said = respelled(cluster)
    assert said.inputs["vpcConfig"] == {"endpointPublicAccess": False}
    assert said.inputs["enabledClusterLogTypes"] == ["audit", "api"]
    assert said.inputs["encryptionConfig"] == {"resources": ["secrets"], "provider": {"keyArn": "arn"}}
    assert said.inputs["tags"] == {"team": "search"}
    assert said.property_dependencies == {"vpcConfig": frozenset({"urn:of:vpc"})}


def test_the_first_disk_of_an_instance_is_its_root_and_each_one_is_a_disk():
    disks = [{"ebs": {"encrypted": True}}, {"ebs": {"encrypted": False}}, {"virtualName": "ephemeral0"}]
    said = respelled(resource("aws-native:ec2:Instance", {"blockDeviceMappings": disks})).inputs
    assert said["rootBlockDevice"] == {"encrypted": True}
    assert said["ebsBlockDevices"] == [{"encrypted": True}, {"encrypted": False}]


def test_a_bucket_keeps_what_cloudformation_writes_into_it():
    said = respelled(
        resource(
            "aws-native:s3:Bucket",
            {
                "bucketName": "models",
                "accessControl": "PublicReadWrite",
                "bucketEncryption": {
                    "serverSideEncryptionConfiguration": [
                        {"serverSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}
                    ]
                },
            },
        )
    )
    assert said.inputs["bucket"] == "models"
    assert said.inputs["acl"] == "public-read-write"
    assert said.inputs["serverSideEncryptionConfiguration"] == {
        "rule": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]
    }


def test_what_holds_everything_is_taken_apart_unless_nobody_knows_it_yet():
    template = "aws-native:ec2:LaunchTemplate"
    known = respelled(resource(template, {"launchTemplateData": {"imageId": "ami-1"}}))
    assert known.type == "aws:ec2/launchTemplate:LaunchTemplate"
    assert known.inputs["imageId"] == "ami-1"
    unknown = resource(template, {"launchTemplateData": UNKNOWN})
    assert respelled(unknown) is unknown  # stays a type that no rule knows, and is listed as not judged


def test_an_unknown_on_the_way_stays_unknown():
    said = respelled(resource("aws-native:eks:Cluster", {"logging": UNKNOWN, "encryptionConfig": UNKNOWN}))
    assert said.inputs["enabledClusterLogTypes"] is UNKNOWN
    assert said.inputs["encryptionConfig"] is UNKNOWN


def test_what_a_list_does_not_hold_is_not_there():
    said = respelled(resource("aws-native:ec2:Instance", {"networkInterfaces": [], "imageId": "ami-1"}))
    assert said.inputs == {"networkInterfaces": [], "ami": "ami-1"}


def test_most_translated_types_are_judged():
    judged = [native for native in type_spellings().native.values() if native.type in COVERED]
    assert len(judged) >= 50


def said(*resources):
    found = judge(Graph([respelled(r) for r in resources]), PACKS["portable"])
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
    ) == {"lambda-permissions-name-callers"}
    administrator = {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
    assert "roles-do-not-administer" in said(resource("aws-native:iam:Group", administrator))


def test_inline_policies_that_are_no_mappings_are_left_to_the_rules():
    role = respelled(resource("aws-native:iam:Role", {"policies": ["{}"]}))
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
