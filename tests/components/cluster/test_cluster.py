"""What the cluster registers. Mocks cannot prove that AWS accepts it, nor that a version is still offered."""

import json

import pytest
from pydantic import ValidationError

from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.network.network import NetworkHandle
from policies.rules.aws.eks_cluster import LOG_TYPES

ROLE = "arn:aws:iam::111122223333:role/"


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        network = NetworkHandle(
            vpc_id="vpc-1",
            vpc_cidr="10.0.0.0/16",
            node_subnet_ids=["subnet-1", "subnet-2"],
            control_plane_subnet_ids=["subnet-8", "subnet-9"],
        )

        def program():
            cluster = Cluster(
                "cluster", ClusterArgs(settings=ClusterSettings(**settings), names=names, network=network)
            )
            run.handle = cluster.handle

        return deploy(program)

    return run


def test_the_api_is_private_and_everything_is_protected_by_default(build):
    cluster = build().named("cluster-control-plane")

    assert cluster.inputs["vpcConfig"] == {
        "subnetIds": ["subnet-8", "subnet-9"],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
    }
    assert (cluster.inputs["name"], cluster.inputs["version"]) == ("example-test", "1.35")
    assert cluster.inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    assert cluster.inputs["deletionProtection"] is True
    assert cluster.inputs["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster.inputs["zonalShiftConfig"] == {"enabled": True}
    assert cluster.inputs["bootstrapSelfManagedAddons"] is False
    assert cluster.protect


def test_named_ranges_open_the_api_to_them_alone(build):
    network = build(public_access_cidrs=["203.0.113.0/24"]).named("cluster-control-plane").inputs["vpcConfig"]

    assert (network["endpointPublicAccess"], network["publicAccessCidrs"]) == (True, ["203.0.113.0/24"])
    assert network["endpointPrivateAccess"] is True


def test_secrets_are_under_a_key_that_rotates_and_has_a_known_name(build):
    made = build()
    key = made.named("cluster-key")

    assert made.named("cluster-control-plane").inputs["encryptionConfig"] == {
        "provider": {"keyArn": key.outputs["arn"]},
        "resources": ["secrets"],
    }
    assert key.inputs["enableKeyRotation"] is True
    assert key.protect
    assert made.named("cluster-key-alias").inputs == {
        "name": "alias/example-test-cluster",
        "targetKeyId": key.id,
    }


def test_every_control_plane_log_goes_to_our_own_group(build):
    made = build(log_retention_days=90)
    logs, cluster = made.named("cluster-logs"), made.named("cluster-control-plane")

    assert cluster.inputs["enabledClusterLogTypes"] == list(LOG_TYPES)
    assert logs.inputs["name"] == "/aws/eks/example-test/cluster"
    assert logs.inputs["retentionInDays"] == 90
    assert logs.inputs["kmsKeyId"] == made.named("cluster-key").outputs["arn"]
    assert logs.urn in cluster.dependencies


def test_the_role_may_use_the_key_by_its_alias(build):
    made = build()
    policy = made.named("cluster-role-secrets")

    assert json.loads(policy.inputs["policy"])["Statement"] == [
        {
            "Sid": "EncryptSecrets",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
            "Resource": ["arn:aws:kms:eu-central-1:111122223333:key/*"],
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/example-test-cluster"}},
        }
    ]
    assert policy.urn in made.named("cluster-control-plane").dependencies


def test_the_role_has_one_managed_policy_and_the_boundary(build):
    made = build()
    role = made.named("cluster-role").inputs

    assert (role["name"], role["permissionsBoundary"]) == (
        "example-test-cluster",
        "arn:aws:iam::111122223333:policy/example-test-boundary",
    )
    assert (
        made.named("cluster-role-policy").inputs["policyArn"]
        == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    )
    assert made.named("cluster-role-policy").urn in made.named("cluster-control-plane").dependencies


def test_the_deploy_role_administers_and_the_preview_role_reads_by_default(build):
    made = build()
    entry, reader = made.all("aws:eks/accessEntry:AccessEntry")
    assert reader.inputs["principalArn"] == f"{ROLE}example-test-preview"
    assert reader.inputs["kubernetesGroups"] == ["slipway:previewers"]
    policy = made.only("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")

    assert entry.inputs["principalArn"] == f"{ROLE}example-test-deploy"
    assert policy.inputs == {
        "clusterName": "example-test",
        "principalArn": f"{ROLE}example-test-deploy",
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "accessScope": {"type": "cluster"},
    }
    assert entry.urn in policy.dependencies


def test_karpenter_finds_the_cluster_security_group(build):
    made = build()

    assert made.only("aws:ec2/tag:Tag").inputs == {
        "resourceId": made.named("cluster-control-plane").outputs["vpcConfig"]["clusterSecurityGroupId"],
        "key": "karpenter.sh/discovery",
        "value": "example-test",
    }


def test_dependants_wait_for_the_deploy_role_and_for_what_nodes_need(build):
    made = build()

    assert [r._name for r in build.handle.ready] == [
        "cluster-control-plane",
        "cluster-access-deploy-policy",
        "cluster-nodes-need-vpc-cni",
        "cluster-nodes-need-kube-proxy",
        "cluster-nodes-need-eks-pod-identity-agent",
    ]
    assert all(made.named(r._name) for r in build.handle.ready)
    assert (build.handle.name, build.handle.version) == ("example-test", "1.35")
    assert build.handle.arn == "arn:aws:eks:eu-central-1:111122223333:cluster/example-test"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"public_access_cidrs": ["0.0.0.0/0"]}, r"to more than a /16 \(got '0\.0\.0\.0/0'\)"),
        ({"public_access_cidrs": ["0.0.0.0/1"]}, r"to more than a /16 \(got '0\.0\.0\.0/1'\)"),
        ({"public_access_cidrs": ["office"]}, r"such as 203\.0\.113\.0/24 \(got 'office'\)"),
        ({"log_retention_days": 1}, r"Input should be 90, 180, 365 or 731"),
        ({"deploy_role_arn": "arn:aws:iam::111122223333:user/alice"}, r"should match pattern"),
    ],
)
def test_settings_that_open_or_forget_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        ClusterSettings(**settings)
