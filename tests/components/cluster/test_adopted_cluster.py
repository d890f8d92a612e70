"""A cluster that somebody else made: what is made beside it, and that the handle is as our own cluster's."""

import pytest

from components.cluster.adopted_cluster import AdoptedCluster
from components.cluster.cluster import ClusterArgs, ClusterSettings
from components.network.network import NetworkHandle
from tests.components.cluster.test_existing_cluster import EXISTING

NETWORK = NetworkHandle(
    vpc_id="vpc-1",
    vpc_cidr="10.0.0.0/16",
    node_subnet_ids=["subnet-1"],
    control_plane_subnet_ids=["subnet-2"],
)
ADD_ON = "aws:eks/addon:Addon"


@pytest.fixture
def build(deploy, names):
    def made(handles=None, besides=None, **more):
        settings = ClusterSettings.model_validate({"existing": {**EXISTING, **more}, **(besides or {})})

        def program():
            args = ClusterArgs(settings=settings, names=names, network=NETWORK)
            cluster = AdoptedCluster("cluster", args)
            if handles is not None:
                handles.append(cluster.handle)

        return deploy(program)

    return made


def test_what_is_there_is_not_made_again(build):
    made = build()
    assert [one.inputs["addonName"] for one in made.all(ADD_ON)] == ["eks-pod-identity-agent"]
    assert {one.type for one in made.all(ADD_ON)} == {ADD_ON}
    assert made.all("aws:eks/cluster:Cluster") == []
    assert made.all("aws:kms/key:Key") == []
    assert made.all("aws:iam/role:Role") == []


def test_what_is_missing_is_made(build):
    made = build(add_ons={})
    assert sorted(one.inputs["addonName"] for one in made.all(ADD_ON)) == [
        "eks-pod-identity-agent",
        "kube-proxy",
        "vpc-cni",
    ]
    assert {one.inputs["clusterName"] for one in made.all(ADD_ON)} == {"shared"}


def test_roles_are_admitted_unless_they_are_already(build):
    roles = [one.inputs["principalArn"] for one in build().all("aws:eks/accessEntry:AccessEntry")]
    assert roles == [
        "arn:aws:iam::111122223333:role/example-test-deploy",
        "arn:aws:iam::111122223333:role/example-test-preview",
    ]
    assert build(entries="there").all("aws:eks/accessEntry:AccessEntry") == []
    other = {"access": {"on-call": {"principal_arn": "arn:aws:iam::111122223333:role/on-call"}}}
    (entry,) = build(besides=other, entries="there").all("aws:eks/accessEntry:AccessEntry")
    assert entry.inputs["principalArn"] == "arn:aws:iam::111122223333:role/on-call"


def test_its_group_is_found_by_a_tag_that_stays(build):
    made = build()
    assert made.only("aws:ec2/tag:Tag").inputs == {
        "resourceId": "sg-0a1b2c3d4e5f60718",
        "key": "karpenter.sh/discovery",
        "value": "shared",
    }
    assert build(tags="there").all("aws:ec2/tag:Tag") == []


def test_its_handle_says_what_is_told(build):
    handles = []
    build(handles)
    (handle,) = handles
    found = handle.exports()
    assert {key: found[key] for key in ("name", "endpoint", "security_group_id", "version")} == {
        "name": "shared",
        "endpoint": EXISTING["endpoint"],
        "security_group_id": "sg-0a1b2c3d4e5f60718",
        "version": "1.35",
    }


def test_roles_are_all_that_is_said_besides():
    role = "arn:aws:iam::111122223333:role/deployer"
    settings = ClusterSettings.model_validate({"existing": EXISTING, "deploy_role_arn": role})
    assert settings.deploy_role_arn == role
    with pytest.raises(
        ValueError, match="is made by its owner; take out log_retention_days, public_access_cidrs"
    ):
        ClusterSettings.model_validate(
            {"existing": EXISTING, "log_retention_days": 90, "public_access_cidrs": []}
        )


def test_a_cluster_of_our_own_is_not_adopted(names):
    args = ClusterArgs(settings=ClusterSettings(), names=names, network=NETWORK)
    with pytest.raises(ValueError, match=r"cluster: cluster\.existing is not said"):
        AdoptedCluster("cluster", args)
