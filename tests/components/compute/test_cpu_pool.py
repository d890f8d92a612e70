"""What a CPU pool registers. Mocks cannot prove that a machine is there when a pod asks."""

import pytest
from pydantic import ValidationError

from components.compute.cpu_pool import CpuPool, CpuPoolArgs, CpuPoolSettings
from components.compute.karpenter import KarpenterHandle
from policies.engine.evaluate import judge
from tests.policies.cases import platform_rules

CLASS_RULES = platform_rules("karpenter.node_classes")
POOL_RULES = platform_rules("karpenter.node_pools")

NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        karpenter = KarpenterHandle(
            node_role_name="example-test-karpenter-node", interruption_queue_arn="arn"
        )
        args = CpuPoolArgs(
            pool="cpu",
            settings=CpuPoolSettings(**settings),
            names=names,
            karpenter=karpenter,
            tags={"owner": "ml-platform"},
        )
        return deploy(lambda: CpuPool("cpu-cpu", args))

    return run


def test_a_pool_is_a_node_pool_and_its_class(build):
    assert build().children("cpu-cpu") == [
        (NODE_CLASS, "cpu-cpu-node-class"),
        (NODE_POOL, "cpu-cpu-node-pool"),
    ]


def test_only_models_and_pickers_land_there_and_its_processors_are_bounded(build):
    spec = build(max_vcpus=16).only(NODE_POOL).inputs["spec"]
    template = spec["template"]
    assert template["metadata"]["labels"] == {"slipway.dev/pool": "cpu", "slipway.dev/interruptible": "false"}
    assert template["spec"]["taints"] == [
        {"key": "slipway.dev/models", "value": "present", "effect": "NoSchedule"}
    ]
    assert spec["limits"] == {"cpu": "16"}
    assert {r["key"]: r["values"] for r in template["spec"]["requirements"]} == {
        "kubernetes.io/arch": ["amd64"],
        "kubernetes.io/os": ["linux"],
        "node.kubernetes.io/instance-type": ["m7i.xlarge", "m7i.2xlarge"],
        "karpenter.sh/capacity-type": ["on-demand"],
        "karpenter.k8s.aws/instance-encryption-in-transit-supported": ["true"],
    }
    assert spec["disruption"]["consolidationPolicy"] == "WhenEmpty"


def test_the_node_class_is_that_of_other_pools_without_local_disks(build):
    spec = build(data_disk_gib=200).only(NODE_CLASS).inputs["spec"]
    assert "instanceStorePolicy" not in spec
    assert [d["ebs"]["volumeSize"] for d in spec["blockDeviceMappings"]] == ["4Gi", "200Gi"]
    assert spec["tags"] == {"owner": "ml-platform", "Name": "cpu-cpu-node", "component": "CpuPool"}


def test_the_rules_of_pools_are_content(build):
    said = judge(build().graph, [*POOL_RULES, *CLASS_RULES])
    assert (said.findings, said.undecided, said.faults) == ((), (), ())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"instance_types": ["t3.large"]},
            r"what t3\.large holds is not known; choose x86 types without GPU",
        ),
        ({"instance_types": ["m7g.large"]}, r"m7g\.large is an Arm machine"),
        ({"instance_types": ["m7i.large", "m7i.large"]}, r"a type stands twice"),
        ({"max_vcpus": 4}, r"max_vcpus \(4\) is below what one node of instance_types may bring \(8\)"),
        ({"max_vcpus": 0}, r"greater than or equal to 2"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        CpuPoolSettings(**settings)
