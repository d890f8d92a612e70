"""What a stack expects of its account and cluster."""

import pytest

from gate.core.errors import GateError
from gate.live.plan import plan_of
from policies.engine.graph import UNKNOWN, Graph, Resource
from tests.captured import captured


def planned(graph, own=None):
    return plan_of(
        graph,
        stack="x",
        account="111122223333",
        region="eu-central-1",
        cluster="example-dev",
        own=own or graph,
    )


def pool(name, types, limits, capacity=("on-demand",)):
    requirements = [
        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": list(types)},
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": list(capacity)},
    ]
    spec = {"limits": limits, "template": {"spec": {"requirements": requirements}}}
    inputs = {"kind": "NodePool", "metadata": {"name": name}, "spec": spec}
    return Resource(urn=name, type="kubernetes:karpenter.sh/v1:NodePool", name=name, inputs=inputs)


def test_the_committed_stack_expects_what_its_files_say():
    found = planned(captured("dev").graph)
    assert found["kubernetes_version"] == "1.35"
    assert [(q["code"], q["vcpus"], q["least_vcpus"]) for q in found["quotas"]] == [
        ("L-1216C47A", 56.0, 4.0),
        ("L-DB2E81BA", 64.0, 8.0),
    ]
    assert found["pools"][-1] == {
        "name": "gpu-l4",
        "types": ["g6.2xlarge", "g6.4xlarge"],
        "zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    }
    assert found["add_ons"]["coredns"].startswith("v1.")
    assert {one["release"] for one in found["charts"]} > {"istiod", "karpenter", "kserve"}
    assert found["certificates"] == [
        {"namespace": "cert-manager", "name": "internal-authority"},
        {"namespace": "edge", "name": "edge-certificate"},
    ]
    assert [(one["model"], one["version"], one["share"]) for one in found["versions"]] == [
        ("minilm", "v1", 1.0),
        ("support-chat", "v1", 1.0),
    ]
    assert [one["role"] for one in found["linked_roles"]] == [
        "AWSServiceRoleForAmazonEKS",
        "AWSServiceRoleForAmazonEKSNodegroup",
    ]


def test_reservations_that_a_pools_class_names_are_asked_for_with_what_the_pool_takes():
    reserved = pool("gpu-h100", ["p5.48xlarge"], {"nvidia.com/gpu": "8"}, ("reserved",))
    reserved.inputs["spec"]["template"]["spec"]["nodeClassRef"] = {"name": "gpu-h100"}
    terms = [{"id": "cr-0123456789abcdef0"}, {"tags": {"team": "ml"}}]
    chosen = Resource(
        urn="class",
        type="kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
        name="class",
        inputs={"metadata": {"name": "gpu-h100"}, "spec": {"capacityReservationSelectorTerms": terms}},
    )
    assert planned(Graph([reserved, chosen]))["reservations"] == [
        {"pool": "gpu-h100", "id": "cr-0123456789abcdef0", "types": ["p5.48xlarge"], "zones": []}
    ]
    assert planned(captured("dev").graph)["reservations"] == []


def test_a_canarys_share_is_expected():
    shares = {
        f"{v['model']}/{v['version']}": v["share"]
        for v in planned(captured("examples-canary").graph)["versions"]
    }
    assert shares["chat-8b/v1"] == 0.9
    assert shares["embedding/v2"] == 0.1


def test_spot_counts_against_its_own_quota_and_needs_its_role():
    found = planned(Graph([pool("mixed", ["g6.2xlarge"], {"nvidia.com/gpu": "4"}, ("spot", "on-demand"))]))
    assert [(q["code"], q["vcpus"], q["pools"]) for q in found["quotas"]] == [
        ("L-3819A6DF", 32.0, ["mixed"]),
        ("L-DB2E81BA", 32.0, ["mixed"]),
    ]
    assert [one["role"] for one in found["linked_roles"]] == ["AWSServiceRoleForEC2Spot"]


def test_a_pool_counts_with_the_type_that_needs_least_and_as_far_as_its_limit_goes():
    pools = [
        pool("two", ["g6.4xlarge", "g6.2xlarge"], {"nvidia.com/gpu": "3"}),
        pool("cpu", ["m7i.xlarge"], {"cpu": "10"}),
        pool("none", ["m7i.2xlarge"], {}),
    ]
    assert [(q["code"], q["vcpus"], q["least_vcpus"]) for q in planned(Graph(pools))["quotas"]] == [
        ("L-1216C47A", 16.0, 4.0),
        ("L-DB2E81BA", 24.0, 8.0),
    ]


def test_a_family_without_a_known_quota_is_named():
    assert planned(Graph([pool("x", ["p6-b200.48xlarge"], {}, ("spot",))]))["unknown_quotas"] == [
        "p6-b200.48xlarge spot"
    ]


def test_what_is_not_known_before_a_stack_is_up_is_said_with_its_place():
    addon = Resource(
        urn="a",
        type="aws:eks/addon:Addon",
        name="a",
        inputs={"addonName": "coredns", "addonVersion": UNKNOWN},
    )
    with pytest.raises(GateError) as error:
        planned(Graph([addon]))
    assert error.value.problems == ("add_ons.coredns",)
