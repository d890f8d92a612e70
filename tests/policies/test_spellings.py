"""Resources are known in whichever spelling they come: older names of modules, and aws-native's properties."""

import pytest

from facts.type_spellings import type_spellings
from policies.catalog import COVERED
from policies.record import UNKNOWN
from policies.spellings import respelled, spelled
from tests.policies.cases import resource


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
