"""Machines of pools at their price, with volumes and monitoring; pools above cost what our pods add."""

import pytest

from policies.analysis.cost.machines import NODE_CLASS, TEMPLATE, machine_lines, share
from policies.analysis.machines.sums import Room
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import GROUP, SYSTEM, group, pods, pool
from tests.policies.analysis.machines.test_scaling import HPA, scaler
from tests.policies.cases import resource

REGION = "eu-central-1"
CHAT = pods("chat", on="gpu", cpu="4", gpu=1)


def _lines(*resources, elsewhere=(), region=REGION):
    return [
        (line.pool, line.what, line.plane, line.least, line.most, line.usd_a_month)
        for line in machine_lines(Graph(resources, elsewhere), region)
    ]


def test_machines_on_demand_are_of_the_data_plane():
    assert _lines(pool(), CHAT, scaler(HPA, minReplicas=1, maxReplicas=3)) == [
        ("NodePool gpu", "g6.2xlarge on demand", "data", 1, 3, 1.22249 * 730)
    ]


def test_a_fixed_group_is_of_the_platform_and_there_whatever_runs():
    assert _lines(group(nodes=3)) == [
        ("node group system-a", "m7i.xlarge on demand", "platform", 3, 3, 0.2415 * 730)
    ]


def test_another_machine_at_most_is_a_line_of_its_own():
    cpu = pool("cpu", types=("m7i.xlarge", "m7i.2xlarge"))
    found = _lines(cpu, pods("chat", on="cpu", cpu="2"), scaler(HPA, minReplicas=1, maxReplicas=3))
    assert [(what, least, most) for _, what, _, least, most, _ in found] == [
        ("m7i.2xlarge on demand", 0, 1),
        ("m7i.xlarge on demand", 1, 0),
    ]


def test_a_type_without_a_price_in_the_region_is_there_without_one():
    assert _lines(pool(), CHAT, region="sa-east-1") == [
        ("NodePool gpu", "g6.2xlarge on demand", "data", 1, 1, None)
    ]


def test_a_pool_that_nothing_asks_for_costs_nothing():
    assert _lines(pool()) == []


def test_volumes_and_monitoring_come_with_every_machine():
    made = pool()
    template = made.inputs["spec"]["template"]
    spec = {**template["spec"], "nodeClassRef": {"name": "gpu"}}
    made = resource(
        made.type,
        {**made.inputs, "spec": {**made.inputs["spec"], "template": {**template, "spec": spec}}},
        name="gpu",
    )
    disks = [{"ebs": {"volumeSize": "4Gi"}}, {"ebs": {"volumeSize": "20Gi"}}]
    node_class = resource(
        NODE_CLASS,
        {
            "kind": "EC2NodeClass",
            "metadata": {"name": "gpu"},
            "spec": {"blockDeviceMappings": disks, "detailedMonitoring": True},
        },
        name="gpu-class",
    )
    found = _lines(made, node_class, CHAT)
    assert found[1:] == [
        ("NodePool gpu", "GB of volumes (24 a machine)", "data", 24, 24, 0.0952),
        ("NodePool gpu", "detailed monitoring", "data", 1, 1, 2.10),
    ]


def test_a_groups_template_says_its_volumes():
    disks = [{"ebs": {"volumeSize": 84}}]
    template = resource(
        TEMPLATE, {"blockDeviceMappings": disks, "monitoring": {"enabled": False}}, name="t", id="lt-1"
    )
    inputs = {
        "instanceTypes": ["m7i.xlarge"],
        "labels": SYSTEM,
        "scalingConfig": {"minSize": 2},
        "launchTemplate": {"id": "lt-1"},
    }
    found = _lines(resource(GROUP, inputs, name="system-a"), template)
    assert found[1:] == [
        ("node group system-a", "GB of volumes (84 a machine)", "platform", 168, 168, 0.0952)
    ]


def test_a_pool_above_costs_what_our_pods_make_more():
    ours = pods("ours", replicas=2, on="gpu", cpu="4", gpu=1)
    assert [line[3:5] for line in _lines(ours, elsewhere=[pool(), CHAT])] == [(2, 2)]
    assert _lines(pods("api", on="system", cpu="1"), elsewhere=[group(nodes=3)]) == []


def test_a_share_is_of_gpus_or_half_processors_half_memory():
    machine = Room(cpu_m=8000, memory_mib=1000)
    assert share(Room(cpu_m=4000, memory_mib=250), machine) == pytest.approx(0.375)
    assert share(Room(cpu_m=8000, gpus=1), Room(cpu_m=8000, memory_mib=1, gpus=4)) == 0.25
