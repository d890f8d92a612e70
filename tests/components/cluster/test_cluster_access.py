"""Who gets in. Mocks cannot prove that a role exists."""

import pytest
from pydantic import ValidationError

from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.cluster.cluster_access import AccessSettings
from components.network.network import NetworkHandle

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
        parsed = ClusterSettings.model_validate(settings)
        return deploy(lambda: Cluster("cluster", ClusterArgs(settings=parsed, names=names, network=network)))

    return run


@pytest.mark.parametrize(
    ("entry", "policy", "scope"),
    [
        ({}, "AmazonEKSViewPolicy", {"type": "cluster"}),
        ({"policy": "admin"}, "AmazonEKSClusterAdminPolicy", {"type": "cluster"}),
        (
            {"policy": "edit", "namespaces": ["models"]},
            "AmazonEKSEditPolicy",
            {"type": "namespace", "namespaces": ["models"]},
        ),
    ],
)
def test_an_entry_gets_one_policy_where_it_says(build, entry, policy, scope):
    made = build(access={"team": {"principal_arn": f"{ROLE}team", **entry}})
    association = made.named("cluster-access-team-policy")

    assert made.named("cluster-access-team").inputs["principalArn"] == f"{ROLE}team"
    assert association.inputs["policyArn"] == f"arn:aws:eks::aws:cluster-access-policy/{policy}"
    assert association.inputs["accessScope"] == scope
    assert made.named("cluster-access-team").urn in association.dependencies


def test_another_deploy_role_replaces_the_platforms_own(build):
    made = build(deploy_role_arn=f"{ROLE}pipeline", preview_role_arn=f"{ROLE}reader")
    entered = [entry.inputs["principalArn"] for entry in made.all("aws:eks/accessEntry:AccessEntry")]

    assert entered == [f"{ROLE}pipeline", f"{ROLE}reader"]


def test_a_group_stands_for_a_policy(build):
    made = build(access={"team": {"principal_arn": f"{ROLE}team", "kubernetes_groups": ["our:team"]}})

    assert made.named("cluster-access-team").inputs["kubernetesGroups"] == ["our:team"]
    assert [r.name for r in made.all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")] == [
        "cluster-access-deploy-policy"
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"access": {"t": {"principal_arn": f"{ROLE}t", "kubernetes_groups": ["system:masters"]}}},
            "begins with a word that EKS keeps for itself",
        ),
        (
            {
                "access": {
                    "t": {
                        "principal_arn": f"{ROLE}t",
                        "kubernetes_groups": ["a"],
                        "namespaces": ["models"],
                    }
                }
            },
            "namespaces narrow a policy of EKS's",
        ),
        (
            {"access": {"preview": {"principal_arn": f"{ROLE}t"}}},
            "access.preview is made by itself; set preview_role_arn",
        ),
        (
            {"deploy_role_arn": f"{ROLE}t", "preview_role_arn": f"{ROLE}t"},
            "preview_role_arn and deploy_role_arn name the same role",
        ),
    ],
)
def test_what_eks_would_refuse_is_refused_before(settings, said):
    with pytest.raises(ValidationError, match=said):
        ClusterSettings.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"access": {"deploy": {"principal_arn": f"{ROLE}x"}}},
            r"access\.deploy is made by itself; set deploy_role_arn to choose the role",
        ),
        (
            {"access": {"one": {"principal_arn": f"{ROLE}x"}, "two": {"principal_arn": f"{ROLE}x"}}},
            r"access\.two and access\.one name the same role; EKS allows one entry a role",
        ),
        (
            {"deploy_role_arn": f"{ROLE}x", "access": {"one": {"principal_arn": f"{ROLE}x"}}},
            r"access\.one and deploy_role_arn name the same role; EKS allows one entry a role",
        ),
    ],
)
def test_entries_eks_would_refuse_are_refused_first(settings, message):
    with pytest.raises(ValidationError, match=message):
        ClusterSettings.model_validate(settings)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"principal_arn": "arn:aws:iam::111122223333:user/alice"}, r"should match pattern"),
        (
            {"principal_arn": f"{ROLE}x", "policy": "admin", "namespaces": ["a"]},
            r"use edit for single namespaces",
        ),
        ({"principal_arn": f"{ROLE}x", "namespaces": ["Not_A_Name"]}, r"should match pattern"),
        ({"principal_arn": f"{ROLE}x", "policy": "cluster-admin"}, r"'view', 'edit' or 'admin'"),
    ],
)
def test_an_entry_names_a_role_and_a_policy(entry, message):
    with pytest.raises(ValidationError, match=message):
        AccessSettings.model_validate(entry)
