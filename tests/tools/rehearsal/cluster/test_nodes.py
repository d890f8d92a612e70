"""Nodes as the account's groups and Karpenter's pools make them."""

import pytest

from tools.rehearsal.account.records import NODE_GROUP, Record
from tools.rehearsal.cluster.nodes import of_group, of_pool

ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def test_a_group_has_as_many_nodes_as_desired_over_its_zones_with_its_taints() -> None:
    group = Record(
        type=NODE_GROUP,
        id="x",
        settings={
            "nodeGroupName": "system",
            "instanceTypes": ["m7i.xlarge"],
            "scalingConfig": {"desiredSize": 3.0},
            "labels": {"slipway.dev/pool": "system"},
            "taints": [{"key": "CriticalAddonsOnly", "effect": "NO_SCHEDULE", "value": "true"}],
        },
    )
    nodes = of_group(group, ZONES)
    assert [node["metadata"]["name"] for node in nodes] == ["system-0", "system-1", "system-2"]
    assert [node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes] == ZONES
    assert nodes[0]["metadata"]["labels"]["slipway.dev/pool"] == "system"
    assert nodes[0]["spec"]["taints"] == [
        {"key": "CriticalAddonsOnly", "effect": "NoSchedule", "value": "true"}
    ]
    assert nodes[0]["status"]["allocatable"] == {
        "cpu": "3920m",
        "memory": "14162Mi",
        "pods": "58",
        "ephemeral-storage": "500Gi",
    }


def pool(type_: str) -> dict[str, object]:
    return {
        "metadata": {"name": "gpu-l4"},
        "spec": {
            "template": {
                "metadata": {"labels": {"slipway.dev/pool": "l4"}},
                "spec": {
                    "taints": [{"key": "nvidia.com/gpu", "effect": "NoSchedule", "value": "present"}],
                    "requirements": [
                        {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": [type_]},
                    ],
                },
            }
        },
    }


def test_a_pool_stands_for_one_node_of_its_first_type() -> None:
    node = of_pool(pool("g6.2xlarge"), ZONES[0])
    assert node["metadata"]["name"] == "pool-gpu-l4"
    assert node["metadata"]["labels"]["karpenter.sh/nodepool"] == "gpu-l4"
    assert node["metadata"]["labels"]["karpenter.k8s.aws/instance-gpu-manufacturer"] == "nvidia"
    assert node["status"]["allocatable"]["nvidia.com/gpu"] == "1"


def test_a_type_that_nobody_knows_is_named() -> None:
    with pytest.raises(LookupError, match=r"^x9\.huge: facts/ec2_instances\.json"):
        of_pool(pool("x9.huge"), ZONES[0])
