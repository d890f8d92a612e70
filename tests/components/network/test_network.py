"""What the network registers. Mocks cannot prove that AWS accepts it."""

import pytest
from pydantic import ValidationError

from components.network.network import Network, NetworkArgs, NetworkSettings


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        def program():
            run.handle = Network(
                "network", NetworkArgs(settings=NetworkSettings(**settings), names=names)
            ).handle

        return deploy(program)

    return run


def _urn(made, name):
    return made.named(name).urn


def _of(made, type_, prefix):
    return [r for r in made.all(type_) if r.name.startswith(prefix)]


def test_node_subnets_are_private_tagged_and_one_a_zone(build):
    made = build()
    subnets = _of(made, "aws:ec2/subnet:Subnet", "network-nodes-")

    assert [(s.inputs["availabilityZone"], s.inputs["cidrBlock"]) for s in subnets] == [
        ("eu-central-1a", "10.0.0.0/19"),
        ("eu-central-1b", "10.0.32.0/19"),
        ("eu-central-1c", "10.0.64.0/19"),
    ]
    assert all(s.inputs["mapPublicIpOnLaunch"] is False for s in subnets)
    assert subnets[0].inputs["tags"] == {
        "Name": "network-nodes-a",
        "component": "Network",
        "kubernetes.io/role/internal-elb": "1",
        "karpenter.sh/discovery": "example-test",
    }


def test_public_subnets_hand_out_no_addresses_and_are_for_load_balancers(build):
    subnets = _of(build(), "aws:ec2/subnet:Subnet", "network-public-")

    assert [s.inputs["cidrBlock"] for s in subnets] == ["10.0.128.0/23", "10.0.130.0/23", "10.0.132.0/23"]
    assert all(s.inputs["mapPublicIpOnLaunch"] is False for s in subnets)
    assert subnets[0].inputs["tags"] == {
        "Name": "network-public-a",
        "component": "Network",
        "kubernetes.io/role/elb": "1",
    }


def test_the_control_plane_has_small_subnets_that_lead_nowhere_and_keep_their_zones(build):
    for zones in (["a", "b"], ["a", "b", "c", "d"]):
        made = build(zones=zones)
        subnets = _of(made, "aws:ec2/subnet:Subnet", "network-control-plane-")
        assert [(s.inputs["availabilityZone"], s.inputs["cidrBlock"]) for s in subnets] == [
            ("eu-central-1a", "10.0.136.0/28"),
            ("eu-central-1b", "10.0.138.0/28"),
        ]
        assert "karpenter.sh/discovery" not in subnets[0].inputs["tags"]
        table = made.named("network-control-plane-routes")
        assert not made.graph.referring(table, "aws:ec2/route:Route", "routeTableId")
    chosen = build(control_plane_zones=["a", "c"])
    assert [s.name for s in _of(chosen, "aws:ec2/subnet:Subnet", "network-control-plane-")] == [
        "network-control-plane-a",
        "network-control-plane-c",
    ]


@pytest.mark.parametrize(
    ("nat", "exits"),
    [
        ("per-zone", {"a": "network-nat-a", "b": "network-nat-b", "c": "network-nat-c"}),
        ("single", {"a": "network-nat-a", "b": "network-nat-a", "c": "network-nat-a"}),
    ],
)
def test_each_zone_leaves_through_its_nat_gateway(build, nat, exits):
    made = build(nat=nat)

    assert sorted(r.name for r in made.all("aws:ec2/natGateway:NatGateway")) == sorted(set(exits.values()))
    for letter, exit_ in exits.items():
        route = made.named(f"network-nodes-{letter}-out")
        assert route.inputs["natGatewayId"] == made.named(exit_).id
        assert route.inputs["destinationCidrBlock"] == "0.0.0.0/0"
        assert route.inputs.get("gatewayId") is None
        association = made.named(f"network-nodes-{letter}-association").inputs
        assert association["subnetId"] == made.named(f"network-nodes-{letter}").id
        assert association["routeTableId"] == route.inputs["routeTableId"]
        assert route.inputs["routeTableId"] == made.named(f"network-nodes-{letter}-routes").id


def test_lean_has_one_exit_and_none_has_no_route_out(build):
    assert [r.name for r in build(cost="lean").all("aws:ec2/natGateway:NatGateway")] == ["network-nat-a"]
    closed = build(nat="none", endpoints="all")
    assert closed.all("aws:ec2/natGateway:NatGateway") == closed.all("aws:ec2/eip:Eip") == []
    assert [r.name for r in closed.all("aws:ec2/route:Route")] == ["network-public-out"]


def test_nat_gateways_stand_in_public_subnets_and_wait_for_the_internet_gateway(build):
    made = build()
    subnet = _of(made, "aws:ec2/subnet:Subnet", "network-public-b")[0]
    nat = _of(made, "aws:ec2/natGateway:NatGateway", "network-nat-b")[0]

    assert nat.inputs["subnetId"] == subnet.id
    assert _urn(made, "network-internet") in nat.dependencies


def test_the_default_security_group_is_adopted_and_empty(build):
    made = build()
    group = made.only("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")

    assert group.inputs["vpcId"] == made.only("aws:ec2/vpc:Vpc").id
    assert not group.inputs.get("ingress")
    assert not group.inputs.get("egress")


def test_a_fourth_zone_changes_nothing_that_was_there(build):
    three, four = build(), build(zones=["a", "b", "c", "d"])
    before = {r.urn: r.inputs for r in three.all("aws:ec2/subnet:Subnet")}
    after = {r.urn: r.inputs for r in four.all("aws:ec2/subnet:Subnet")}

    assert before.items() <= after.items()
    assert len(after) == len(before) + 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vpc_cidr": "10.0.0.0"}, r"must be /16 to /20 \(got 10\.0\.0\.0\)"),
        ({"vpc_cidr": "ten"}, r"not an address range such as 10\.0\.0\.0/16 \(got ten\)"),
        ({"vpc_cidr": "8.8.0.0/16"}, r"must be a private range \(got 8\.8\.0\.0/16\)"),
        ({"vpc_cidr": "10.0.0.0/24"}, r"must be /16 to /20 \(got 10\.0\.0\.0/24\)"),
        ({"zones": ["a", "a"]}, r"a zone stands twice in a, a"),
        ({"endpoints": "all", "more_endpoints": ["kms"]}, r"more_endpoints: kms is one of all \(endpoints\)"),
        ({"zones": ["a"]}, r"at least 2 items"),
        ({"zones": ["a", "1"]}, r"should match pattern"),
        ({"nat": "some"}, r"'per-zone', 'single' or 'none'"),
        ({"nat": "none"}, r"endpoints: should be 'all' where nat is 'none'.*\(got 'core'\)"),
        ({"control_plane_zones": ["a"]}, r"at least 2 items"),
        ({"control_plane_zones": ["a", "d"]}, r"should be among zones \(a, b, c\) \(got d\)"),
        ({"control_plane_zones": ["a", "a"]}, r"control_plane_zones: a zone stands twice in a, a"),
        ({"flow_log_retention_days": True}, r"Input should be 30, 90, 180, 365 or 731"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        NetworkSettings(**settings)


def test_load_balancers_stand_beside_nodes_or_in_the_public_subnets():
    ground = NetworkSettings(zones=["a", "b"]).ground
    assert ground.balancer_ranges == {
        "internal": ["10.0.0.0/19", "10.0.32.0/19"],
        "public": ["10.0.128.0/23", "10.0.130.0/23"],
    }
    assert (ground.api_server_range, ground.zones) == ("10.0.0.0/16", ["a", "b"])
