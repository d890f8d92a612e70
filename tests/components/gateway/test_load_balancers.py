"""What :class:`LoadBalancers` registers and its role may do. Mocks cannot prove that the chart takes its values."""

import json

import pytest
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.names import Names
from components.gateway.certificates import CertificatesHandle
from components.gateway.load_balancer_permissions import controller_statements
from components.gateway.load_balancers import (
    LoadBalancers,
    LoadBalancersArgs,
    LoadBalancersSettings,
    chart_values,
)
from facts.pins import charts

RELEASE = "kubernetes:helm.sh/v3:Release"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
INLINE_POLICY_LIMIT = 10_240
"""Characters of all inline policies of a role, white space not counted (IAM quotas, read 2026-11)."""
TAGS = {"owner": "ml-platform", "stack": "test"}


def balancers(names):
    return LoadBalancers(
        "load-balancers",
        LoadBalancersArgs(
            settings=LoadBalancersSettings(),
            names=names,
            cluster=ClusterHandle(
                name=names.cluster,
                arn=names.cluster_arn,
                endpoint="https://api",
                certificate_authority="Y2E=",
                security_group_id="sg-nodes",
            ),
            cluster_addons=ClusterAddonsHandle(),
            certificates=CertificatesHandle(cluster_issuer="internal"),
            tags=TAGS,
        ),
    )


@pytest.fixture
def made(deploy, names: Names):
    return deploy(lambda: balancers(names))


@pytest.fixture
def statements(names: Names):
    return {s.sid: s.render() for s in controller_statements(names)}


def test_everything_it_registers(made):
    assert made.children("load-balancers") == sorted(
        [
            *(
                (DEFINITION, f"load-balancers-crd-{kind}")
                for kind in (
                    "albtargetcontrolconfigs.elbv2.k8s.aws",
                    "globalaccelerators.aga.k8s.aws",
                    "ingressclassparams.elbv2.k8s.aws",
                    "targetgroupbindings.elbv2.k8s.aws",
                )
            ),
            ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "load-balancers-identity"),
            ("aws:iam/role:Role", "load-balancers-role"),
            ("aws:iam/rolePolicy:RolePolicy", "load-balancers-permissions"),
            ("kubernetes:core/v1:Namespace", "load-balancers-namespace"),
            (RELEASE, "load-balancers-controller"),
        ]
    )


def test_the_controller_starts_with_credentials_definitions_and_a_namespace(made):
    waits = made.graph.waits_for(made.named("load-balancers-controller").urn)
    for name in ("permissions", "identity", "namespace", "crd-targetgroupbindings.elbv2.k8s.aws"):
        assert made.named(f"load-balancers-{name}").urn in waits


def test_its_identity_is_one_service_account_of_this_cluster(made):
    association = made.named("load-balancers-identity").inputs
    trust = json.loads(made.named("load-balancers-role").inputs["assumeRolePolicy"])["Statement"][0]
    assert association["namespace"] == "load-balancers"
    assert association["serviceAccount"] == "aws-load-balancer-controller"
    assert trust["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:111122223333:cluster/example-test",
        "aws:RequestTag/kubernetes-namespace": ["load-balancers"],
        "aws:RequestTag/kubernetes-service-account": ["aws-load-balancer-controller"],
        "aws:SourceAccount": "111122223333",
    }


def test_the_release_is_the_pinned_one(made):
    release = made.named("load-balancers-controller").inputs
    assert release["version"] == charts()["aws-load-balancer-controller"].version == "3.2.2"
    assert release["skipCrds"] is True


def test_no_webhook_of_it_is_asked_about_services_or_ingresses(names):
    values = chart_values(names, LoadBalancersSettings(), TAGS)
    assert values["enableServiceMutatorWebhook"] is False
    assert values["webhookConfig"] == {"disableIngressValidation": True}
    assert values["createIngressClassResource"] is False
    assert values["enableCertManager"] is True
    gates = values["controllerConfig"]["featureGates"]
    assert {name for name, on in gates.items() if on} == {"ServiceTypeLoadBalancerOnly"}
    assert values["defaultTags"] == TAGS
    assert values["vpcTags"] == {"slipway.dev/platform": "example-test"}


def test_only_what_this_cluster_tagged_is_touched(statements):
    own = {"aws:ResourceTag/elbv2.k8s.aws/cluster": "example-test"}
    for sid in (
        "ModifyOwnLoadBalancers",
        "ModifyOwnListeners",
        "ModifyOwnTargetGroups",
        "ModifyOwnSecurityGroups",
    ):
        assert statements[sid]["Condition"] == {"StringEquals": own}
    for sid in ("TagOwnLoadBalancers", "TagOwnSecurityGroups"):
        assert statements[sid]["Condition"] == {
            "StringEquals": own,
            "Null": {"aws:RequestTag/elbv2.k8s.aws/cluster": "true"},
        }
    for sid in ("CreateTaggedLoadBalancers", "CreateTaggedSecurityGroups"):
        asked = {"aws:RequestTag/elbv2.k8s.aws/cluster": "example-test"}
        assert statements[sid]["Condition"] == {"StringEquals": asked}


def test_of_others_security_groups_it_opens_the_clusters_own_alone(statements):
    assert statements["OpenPortsOfPods"] == {
        "Sid": "OpenPortsOfPods",
        "Effect": "Allow",
        "Action": ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
        "Resource": ["arn:aws:ec2:eu-central-1:111122223333:security-group/*"],
        "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/example-test": "owned"}},
    }


def test_what_is_not_scoped_only_reads(statements):
    unscoped = {sid: s["Action"] for sid, s in statements.items() if s["Resource"] == ["*"]}
    assert sorted(unscoped) == ["DescribeLoadBalancers"]
    assert all(":Describe" in action for action in unscoped["DescribeLoadBalancers"])


def test_its_policy_fits(made):
    policy = made.named("load-balancers-permissions").inputs["policy"]
    assert len("".join(policy.split())) < INLINE_POLICY_LIMIT


def test_it_has_two_replicas_at_least():
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        LoadBalancersSettings(replicas=1)
