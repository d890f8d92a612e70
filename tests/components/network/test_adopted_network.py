"""A network that somebody else made: which tags are written, and that the handle is as our own network's."""

import pytest

from components.network.adopted_network import AdoptedNetwork
from components.network.network import NetworkArgs, NetworkSettings

EXISTING = {
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "vpc_cidr": "10.20.0.0/16",
    "zones": {
        "a": {
            "nodes": {"id": "subnet-0aaaaaaaaaaaaaaa1", "range": "10.20.0.0/19"},
            "control_plane": {"id": "subnet-0aaaaaaaaaaaaaaa2", "range": "10.20.128.0/28"},
            "public": {"id": "subnet-0aaaaaaaaaaaaaaa3", "range": "10.20.129.0/24"},
        },
        "b": {
            "nodes": {"id": "subnet-0bbbbbbbbbbbbbbb1", "range": "10.20.32.0/19"},
            "control_plane": {"id": "subnet-0bbbbbbbbbbbbbbb2", "range": "10.20.128.16/28"},
        },
    },
    "endpoint_ranges": ["10.20.144.0/26"],
}
TAG = "aws:ec2/tag:Tag"


def settings(**more):
    return NetworkSettings.model_validate({"existing": {**EXISTING, **more}})


def adopted(names, **more):
    return AdoptedNetwork("network", NetworkArgs(settings=settings(**more), names=names))


def test_controllers_find_its_subnets_by_tags_that_stay(deploy, names):
    made = deploy(lambda: adopted(names))
    assert made.children("network") == sorted(
        (TAG, f"network-{tag}")
        for tag in (
            "nodes-a-discovery",
            "nodes-a-internal-elb",
            "nodes-b-discovery",
            "nodes-b-internal-elb",
            "public-a-elb",
            "vpc-platform",
        )
    )
    tag = made.named("network-nodes-b-discovery").inputs
    assert tag == {
        "resourceId": "subnet-0bbbbbbbbbbbbbbb1",
        "key": "karpenter.sh/discovery",
        "value": "example-test",
    }


def test_tags_that_the_owner_wrote_are_not_written(deploy, names):
    assert deploy(lambda: adopted(names, tags="there")).children("network") == []


def test_its_handle_names_what_is_there(deploy, names):
    handles = []
    deploy(lambda: handles.append(adopted(names).handle))
    (handle,) = handles
    assert handle.exports() == {
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "vpc_cidr": "10.20.0.0/16",
        "node_subnet_ids": ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb1"],
        "control_plane_subnet_ids": ["subnet-0aaaaaaaaaaaaaaa2", "subnet-0bbbbbbbbbbbbbbb2"],
    }


def test_what_is_known_of_it_before_anything_exists():
    ground = settings().ground
    assert (ground.api_server_range, ground.endpoint_ranges) == ("10.20.0.0/16", ("10.20.144.0/26",))
    assert ground.balancer_ranges == {
        "internal": ["10.20.0.0/19", "10.20.32.0/19"],
        "public": ["10.20.129.0/24"],
    }
    assert ground.zones == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpc_cidr": "10.0.0.0/8"}, r"a VPC's range is a /16 or smaller \(got 10.0.0.0/8\)"),
        ({"vpc_cidr": "8.8.0.0/16"}, r"must be a private range \(got '8.8.0.0/16'\)"),
        ({"vpc_id": "main"}, "vpc_id"),
        ({"zones": {"a": EXISTING["zones"]["a"]}}, "at least 2 items"),
        (
            {"zones": {"a": EXISTING["zones"]["a"], "b": {"nodes": EXISTING["zones"]["a"]["public"]}}},
            r"zones.b.nodes.id: is zones.a.public's already \(got subnet-0aaaaaaaaaaaaaaa3\)",
        ),
    ],
)
def test_what_cannot_work_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        settings(**change)
