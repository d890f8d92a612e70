from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.compute.gpu_pool import GpuPool, GpuPoolArgs, GpuPoolSettings, MaintenanceSettings
from components.compute.karpenter import KarpenterHandle
from components.compute.node_pool_manifest import Window, budgets
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from facts.pins import images
from policies.engine.evaluate import judge
from tests.conftest import Made
from tests.policies.cases import platform_rules

CLASS_RULES = platform_rules("karpenter.node_classes")
POOL_RULES = platform_rules("karpenter.node_pools")

NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
Deploy = Callable[[Callable[[], object]], Made]


def settings(**changes: Any) -> GpuPoolSettings:
    return GpuPoolSettings(**{"instance_types": ["g6.2xlarge", "g6.12xlarge"], "max_gpus": 8, **changes})


def pool(names: Names, given: GpuPoolSettings, ready: tuple[KubernetesObject, ...] = ()) -> GpuPool:
    karpenter = KarpenterHandle(
        node_role_name="example-test-karpenter-node",
        interruption_queue_arn="arn:aws:sqs:eu-central-1:111122223333:example-test-interruption",
        ready=ready,
    )
    tags = {"owner": "ml-platform", "environment": "test"}
    return GpuPool(
        "gpu-l4", GpuPoolArgs(pool="l4", settings=given, names=names, karpenter=karpenter, tags=tags)
    )


def test_a_pool_is_a_node_pool_and_its_class(deploy: Deploy, names: Names) -> None:
    made = deploy(lambda: pool(names, settings()))
    assert made.children("gpu-l4") == [
        (NODE_CLASS, "gpu-l4-node-class"),
        (NODE_POOL, "gpu-l4-node-pool"),
    ]


def test_the_node_pool_is_tainted_limited_and_leaves_busy_gpus_alone(deploy: Deploy, names: Names) -> None:
    inputs = deploy(lambda: pool(names, settings())).only(NODE_POOL).inputs
    assert inputs["metadata"] == {"name": "gpu-l4"}
    assert inputs["spec"] == {
        "template": {
            "metadata": {"labels": {"slipway.dev/pool": "l4", "slipway.dev/interruptible": "false"}},
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "gpu-l4"},
                "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}],
                "requirements": [
                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]},
                    {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
                    {
                        "key": "node.kubernetes.io/instance-type",
                        "operator": "In",
                        "values": ["g6.2xlarge", "g6.12xlarge"],
                    },
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
                    {
                        "key": "karpenter.k8s.aws/instance-encryption-in-transit-supported",
                        "operator": "In",
                        "values": ["true"],
                    },
                ],
                "expireAfter": "Never",
            },
        },
        "disruption": {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": "10m",
            "budgets": [
                {"nodes": "1", "reasons": ["Empty"]},
                {"nodes": "0", "reasons": ["Drifted", "Underutilized"]},
            ],
        },
        "limits": {"nvidia.com/gpu": "8"},
    }


def test_the_node_class_is_pinned_encrypted_and_private(deploy: Deploy, names: Names) -> None:
    spec = deploy(lambda: pool(names, settings(data_disk_gib=300))).only(NODE_CLASS).inputs["spec"]
    assert spec["amiSelectorTerms"] == [{"alias": f"bottlerocket@{images()['bottlerocket'].version}"}]
    assert spec["amiFamily"] == "Bottlerocket"
    assert spec["role"] == "example-test-karpenter-node"
    assert spec["subnetSelectorTerms"] == [{"tags": {"karpenter.sh/discovery": "example-test"}}]
    assert spec["securityGroupSelectorTerms"] == [{"tags": {"karpenter.sh/discovery": "example-test"}}]
    assert spec["associatePublicIPAddress"] is False
    assert spec["instanceStorePolicy"] == "RAID0"
    assert "capacityReservationSelectorTerms" not in spec
    assert spec["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpProtocolIPv6": "disabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    }
    assert [(d["deviceName"], d["ebs"]["volumeSize"]) for d in spec["blockDeviceMappings"]] == [
        ("/dev/xvda", "4Gi"),
        ("/dev/xvdb", "20Gi"),  # its machines have local disks
    ]
    assert all(d["ebs"]["encrypted"] is True for d in spec["blockDeviceMappings"])
    assert spec["tags"] == {
        "owner": "ml-platform",
        "environment": "test",
        "Name": "gpu-l4-node",
        "component": "GpuPool",
    }


def test_reservations_come_before_on_demand_and_spot_last(deploy: Deploy, names: Names) -> None:
    given = settings(interruptible=True, capacity_reservations=["cr-0123456789abcdef0"])
    made = deploy(lambda: pool(names, given))
    template = made.only(NODE_POOL).inputs["spec"]["template"]
    capacity = next(r for r in template["spec"]["requirements"] if r["key"] == "karpenter.sh/capacity-type")
    assert capacity["values"] == ["reserved", "on-demand", "spot"]
    assert template["metadata"]["labels"]["slipway.dev/interruptible"] == "true"
    terms = made.only(NODE_CLASS).inputs["spec"]["capacityReservationSelectorTerms"]
    assert terms == [{"id": "cr-0123456789abcdef0"}]


def test_both_objects_wait_for_karpenter_and_the_pool_for_its_class(deploy: Deploy, names: Names) -> None:
    def program() -> None:
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "karpenter"}}
        pool(names, settings(), (KubernetesObject("karpenter", manifest, pulumi.ResourceOptions()),))

    made = deploy(program)
    karpenter = made.named("karpenter").urn
    assert karpenter in made.only(NODE_CLASS).dependencies
    assert {karpenter, made.only(NODE_CLASS).urn} <= made.only(NODE_POOL).dependencies


@pytest.mark.parametrize(
    "given",
    [
        settings(),
        settings(interruptible=True),
        settings(maintenance=MaintenanceSettings(day="saturday", start_hour_utc=2)),
        settings(instance_types=["p5.48xlarge"], capacity_reservations=["cr-0123456789abcdef0"]),
    ],
    ids=["default", "interruptible", "maintenance", "reserved"],
)
def test_every_pool_that_settings_allow_keeps_the_rules(
    deploy: Deploy, names: Names, given: GpuPoolSettings
) -> None:
    said = judge(deploy(lambda: pool(names, given)).graph, [*POOL_RULES, *CLASS_RULES])
    assert (said.findings, said.undecided, said.faults) == ((), (), ())
    assert said.decided == len(POOL_RULES) + len(CLASS_RULES)


@pytest.mark.parametrize(
    ("window", "schedule", "duration"),
    [
        (Window(day="saturday", start_hour=2, hours=4), "0 6 * * 6", "164h"),
        (Window(day="saturday", start_hour=22, hours=4), "0 2 * * 0", "164h"),
        (Window(day="sunday", start_hour=0, hours=24), "0 0 * * 1", "144h"),
        (Window(day="monday", start_hour=23, hours=1), "0 0 * * 2", "167h"),
    ],
)
def test_a_window_closes_the_rest_of_the_week(window: Window, schedule: str, duration: str) -> None:
    closed = {
        "nodes": "0",
        "reasons": ["Drifted", "Underutilized"],
        "schedule": schedule,
        "duration": duration,
    }
    assert budgets(window) == [
        {"nodes": "1", "reasons": ["Empty"]},
        {"nodes": "1", "reasons": ["Drifted", "Underutilized"]},
        closed,
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"instance_types": ["g6.2xlarge", "g5.2xlarge"]},
            "one kind of GPU and processor (got A10G 22888 MiB on x86_64, L4 22888 MiB on x86_64)",
        ),
        (
            {"instance_types": ["p4d.24xlarge", "p4de.24xlarge"]},
            "one kind of GPU and processor (got A100 40960 MiB on x86_64, A100 81920 MiB on x86_64)",
        ),
        ({"instance_types": ["g6.2xlage"]}, "did you mean g6.2xlarge"),
        ({"instance_types": ["g6.2xlarge", "g6.2xlarge"]}, "instance_types: a type stands twice"),
        (
            {"instance_types": ["g6.12xlarge"], "max_gpus": 2},
            "max_gpus (2) is below what one node brings (4)",
        ),
        ({"instance_types": []}, "at least 1 item"),
        ({"max_gpus": True}, "valid integer"),
        ({"capacity_reservations": ["my-reservation"]}, "String should match pattern"),
        ({"spot": True}, "Extra inputs are not permitted"),
    ],
)
def test_bad_settings_are_refused_in_their_own_words(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        settings(**changes)
    assert message in str(error.value)
