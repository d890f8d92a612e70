"""What a node needs before it joins. Mocks cannot prove that an add-on version is still offered."""

import pytest

from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.network.network import NetworkHandle

ROLE = "arn:aws:iam::111122223333:role/"


@pytest.fixture
def build(deploy, names):
    def run():
        network = NetworkHandle(
            vpc_id="vpc-1",
            vpc_cidr="10.0.0.0/16",
            node_subnet_ids=["subnet-1", "subnet-2"],
            control_plane_subnet_ids=["subnet-8", "subnet-9"],
        )
        return deploy(
            lambda: Cluster("cluster", ClusterArgs(settings=ClusterSettings(), names=names, network=network))
        )

    return run


def test_pods_get_addresses_and_network_policies_from_a_cni_with_its_own_role(build):
    made = build()
    cni = made.named("cluster-nodes-need-vpc-cni")

    assert cni.inputs["configurationValues"] == '{"enableNetworkPolicy": "true"}'
    assert cni.inputs["podIdentityAssociations"] == [
        {"roleArn": f"{ROLE}example-test-vpc-cni", "serviceAccount": "aws-node"}
    ]
    assert (
        made.named("cluster-nodes-need-cni-role-policy").inputs["policyArn"].endswith("/AmazonEKS_CNI_Policy")
    )
    assert made.named("cluster-nodes-need-cni-role-policy").urn in cni.dependencies
    assert made.named("cluster-nodes-need-eks-pod-identity-agent").urn in cni.dependencies


def test_every_add_on_is_pinned(build):
    versions = {a.inputs["addonName"]: a.inputs["addonVersion"] for a in build().all("aws:eks/addon:Addon")}

    assert set(versions) == {"vpc-cni", "kube-proxy", "eks-pod-identity-agent"}
    assert versions["kube-proxy"].startswith("v1.35.")
    assert all("-eksbuild." in version for version in versions.values())
