"""The whole bill adds up, says whom machines are for, and what is in no total."""

import pytest

from facts.prices import prices
from policies.analysis.cost.bill import IDLE, NODE_PODS, PLATFORM, WaysToPay, bill
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import DAEMONS, group, pods, pool
from tests.policies.cases import resource

REGION = "eu-central-1"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
AGENT = pods("agent", type_=DAEMONS, cpu="100m", memory="64Mi")
NAT = resource("aws:ec2/natGateway:NatGateway", {}, name="nat")


def model(cpu="4", replicas=1, gpus="1"):
    asked = {"requests": {"cpu": cpu, "memory": "8Gi"}, "limits": {"nvidia.com/gpu": gpus}}
    labels = {"slipway.dev/model": "chat", "slipway.dev/version": "v1"}
    pod = {"nodeSelector": {"slipway.dev/pool": "gpu"}, "containers": [{"name": "main", "resources": asked}]}
    return resource(
        LLM,
        {
            "kind": "LLMInferenceService",
            "metadata": {"name": "chat-v1", "namespace": "models", "labels": labels},
            "spec": {"replicas": replicas, "template": pod},
        },
        name="chat-v1",
    )


def test_totals_are_the_sums_of_lines_and_of_planes():
    found = bill(Graph([NAT, pool(), model(), group(nodes=3)]), REGION)
    assert found.floor == pytest.approx(730 * (0.052 + 1.22249 + 3 * 0.2415))
    assert found.floor == pytest.approx(sum(found.of_plane(plane)[0] for plane in ("platform", "data")))
    assert found.of_plane("data")[0] == pytest.approx(730 * 1.22249)
    assert found.pools == ["NodePool gpu", "node group system-a"]
    assert found.platform_pools == ["node group system-a"]
    assert found.of_pool("node group system-a")[1] == pytest.approx(730 * 3 * 0.2415)
    assert found.unknown == ()


def test_the_shares_of_a_pool_are_its_machines_price():
    found = bill(Graph([group(nodes=2), pods("api", on="system", cpu="1", memory="1Gi"), AGENT]), REGION)
    shares = {s.whom: s.floor for s in found.shares}
    month = 730 * 0.2415
    assert shares[PLATFORM] == pytest.approx(month * (1000 / 3920 + 1024 / 14162) / 2)
    assert shares[NODE_PODS] == pytest.approx(2 * month * (100 / 3920 + 64 / 14162) / 2)
    assert sum(shares.values()) == pytest.approx(2 * month)
    assert list(shares) == [PLATFORM, NODE_PODS, IDLE]


def test_a_release_pays_for_its_gpus_and_idle_ones_are_nobodys():
    types = ("g6.12xlarge",)
    found = bill(Graph([pool(types=types), model(gpus="3")]), REGION)
    assert [(s.whom, round(s.floor, 2)) for s in found.shares] == [
        ("chat/v1", round(730 * 5.75429 * 3 / 4, 2)),
        (IDLE, round(730 * 5.75429 / 4, 2)),
    ]


def test_what_has_no_price_is_named_and_in_no_total_and_no_share():
    found = bill(Graph([NAT, pool(), model()]), "sa-east-1")
    assert (found.floor, found.ceiling, found.shares) == (0.0, 0.0, ())
    assert found.unknown == ("NAT gateways", "g6.2xlarge on demand of NodePool gpu")


def test_machines_that_nobody_knows_are_unknown():
    assert bill(Graph([pool("x", types=("zz.large",))]), REGION).unknown == (
        "machines of NodePool x: facts/ec2_instances.json does not know zz.large",
    )


def test_other_ways_to_pay_stand_beside_and_one_without_a_price_is_unknown():
    (way,) = bill(Graph([pool(), model()]), REGION).ways
    assert way == WaysToPay(machine="g6.2xlarge", on_demand=730 * 1.22249, spot=730 * 0.3901, reserved=None)
    (other,) = bill(Graph([group()]), REGION).ways
    assert (other.spot, other.reserved) == (None, None)


def test_a_price_for_a_year_that_stands_in_the_table_is_shown(monkeypatch):
    monkeypatch.setitem(prices().instances.reserved, REGION, {"g6.2xlarge": 0.77})
    (way,) = bill(Graph([pool(), model()]), REGION).ways
    assert way.reserved == 730 * 0.77
