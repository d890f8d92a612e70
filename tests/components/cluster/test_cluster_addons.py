"""What runs on the first nodes. Mocks cannot prove that an add-on version is still offered."""

import json

import pytest

from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.cluster.cluster_addons import ClusterAddons, ClusterAddonsArgs, storage_class
from components.cluster.system_nodes import SystemNodes, SystemNodesArgs, SystemNodesSettings
from components.network.network import Network, NetworkArgs, NetworkSettings
from policies.engine.evaluate import judge
from policies.rules.aws import eks_addons as cluster_addons
from policies.rules.aws import eks_cluster as cluster
from policies.rules.aws import eks_nodes as system_nodes
from policies.rules.aws import flow_logs, limits, vpc_endpoints
from policies.rules.aws import kms_keys as cluster_key
from policies.rules.aws import s3_buckets as bucket
from policies.rules.aws import vpc as network
from policies.rules.kubernetes import priorities
from policies.rules.platform import lifecycle
from policies.rules.platform import retention as model_store


@pytest.fixture
def made(deploy, names):
    """The four components together, as the program wires them."""

    def program():
        net = Network("network", NetworkArgs(settings=NetworkSettings(), names=names)).handle
        control = Cluster("cluster", ClusterArgs(settings=ClusterSettings(), names=names, network=net)).handle
        nodes = SystemNodes(
            "system-nodes",
            SystemNodesArgs(
                settings=SystemNodesSettings(),
                names=names,
                network=net,
                zones=["a", "b", "c"],
                cluster=control,
            ),
        ).handle
        ClusterAddons("cluster-addons", ClusterAddonsArgs(names=names, cluster=control, system_nodes=nodes))

    return deploy(program)


def test_add_ons_are_pinned_and_wait_for_nodes(made):
    groups = {group.urn for group in made.all("aws:eks/nodeGroup:NodeGroup")}
    add_ons = {
        a.inputs["addonName"]: a
        for a in made.all("aws:eks/addon:Addon")
        if a.name.startswith("cluster-addons-")
    }

    assert set(add_ons) == {"coredns", "aws-ebs-csi-driver", "metrics-server", "eks-node-monitoring-agent"}
    assert all("-eksbuild." in a.inputs["addonVersion"] for a in add_ons.values())
    assert all(groups <= a.dependencies for a in add_ons.values())
    values = {name: json.loads(a.inputs.get("configurationValues") or "{}") for name, a in add_ons.items()}
    home = [{"key": "CriticalAddonsOnly", "operator": "Exists"}]
    assert values["coredns"]["autoScaling"]["minReplicas"] == 2
    assert values["coredns"]["tolerations"] == values["metrics-server"]["tolerations"] == home
    assert values["aws-ebs-csi-driver"] == {
        "controller": {"tolerations": home},
        "node": {"reservedVolumeAttachments": 8},
    }


def test_nodes_wait_for_their_network_and_the_deploy_role(made):
    waits = made.graph.waits_for(made.named("system-nodes-group-c").urn)

    for name in (
        "cluster-nodes-need-vpc-cni",
        "cluster-nodes-need-kube-proxy",
        "cluster-nodes-need-eks-pod-identity-agent",
        "cluster-access-deploy-policy",
    ):
        assert made.named(name).urn in waits


def test_the_storage_driver_has_a_role_that_only_it_can_take_on(made):
    role, driver = made.named("cluster-addons-ebs-role"), made.named("cluster-addons-aws-ebs-csi-driver")
    trust = json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]

    assert driver.inputs["podIdentityAssociations"] == [
        {"roleArn": role.outputs["arn"], "serviceAccount": "ebs-csi-controller-sa"}
    ]
    assert trust["Principal"] == {"Service": ["pods.eks.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == [
        "ebs-csi-controller-sa"
    ]
    assert role.inputs["permissionsBoundary"] == "arn:aws:iam::111122223333:policy/example-test-boundary"
    attachment = made.named("cluster-addons-ebs-role-policy")
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"
    assert attachment.urn in driver.dependencies


def test_volumes_are_encrypted_by_default_and_made_where_the_pod_is():
    manifest = storage_class()

    assert manifest["metadata"]["annotations"] == {"storageclass.kubernetes.io/is-default-class": "true"}
    assert manifest["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert manifest["volumeBindingMode"] == "WaitForFirstConsumer"


def test_the_storage_class_waits_for_its_driver(made):
    storage = made.only("kubernetes:storage.k8s.io/v1:StorageClass")

    assert made.named("cluster-addons-aws-ebs-csi-driver").urn in storage.dependencies


OWN = (network, vpc_endpoints, flow_logs, cluster, cluster_key, system_nodes, cluster_addons)
MODULES = (*OWN, bucket, model_store, lifecycle, limits, priorities)
JUDGING = [rule for module in MODULES for part in ("RULES", "PLATFORM") for rule in getattr(module, part, ())]
ELSEWHERE = {
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
}
"""Judged by rules of identity and of sharing."""


def test_the_four_components_break_no_rule_and_leave_none_undecided(made):
    said = judge(made.graph, JUDGING)

    assert said.findings == ()
    assert said.undecided == ()
    assert said.faults == ()


def test_every_type_is_judged_or_says_why_not(made):
    judged = {t for rule in JUDGING for t in rule.applies_to}
    excused = {t for module in MODULES for t in getattr(module, "NEEDS_NO_RULE", {})}

    assert {r.type for r in made.graph if r.custom} - judged - excused - ELSEWHERE == set()
    assert judged & excused == set()
