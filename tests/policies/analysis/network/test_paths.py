"""What is reachable from where: each path needs an address, a route, an access list and a group that let it through."""

import pytest

from policies.analysis.network.paths import INTERNET, paths
from policies.analysis.network.types import ACL, ACL_RULE, ASSOCIATION, GROUP, ROUTE, ROUTE_TABLE, SUBNET
from policies.analysis.network.vpc_map import DEFAULT_TABLE, MAIN_ASSOCIATION
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from tests.policies.cases import resource
from tests.policies.network_stack import (
    NAT,
    OUT,
    WORLD,
    database,
    group,
    let_in,
    machine,
    rules_apart,
    subnet,
    vpc,
)

WAY = ("internet gateway igw, route route-public, subnet public",)


def found(*resources):
    return sorted((p.source, p.target, p.ports, p.via) for p in paths(Graph(resources)))


def from_internet(*resources):
    return [path[1:] for path in found(*resources) if path[0] == INTERNET]


SSH = group("admin", let_in(22))


def test_an_open_group_behind_a_route_and_an_address_is_a_path():
    assert from_internet(*vpc(), SSH, machine("public", "admin", public=True)) == [
        ("machine vm", "tcp 22", (*WAY, "security group admin (ingress.0)"))
    ]


@pytest.mark.parametrize(
    "resources",
    [
        [*vpc(), SSH, machine("private", "admin", public=True)],  # no route of an internet gateway
        [*vpc(), SSH, machine("public", "admin", public=False)],  # no address
        [*vpc(), SSH, machine("public", "admin")],  # the subnet gives none
        [*vpc(), group("admin", let_in(22, "10.0.0.0/8")), machine("public", "admin", public=True)],
        [
            *vpc({"destinationCidrBlock": "203.0.113.0/24", "gatewayId": "igw-1"}),
            SSH,
            machine("public", "admin", public=True),
        ],
        [*vpc(NAT), SSH, machine("public", "admin", public=True)],
        [SSH, machine("elsewhere", "admin", public=True)],  # its routes are not known here
    ],
)
def test_without_one_of_them_there_is_none(resources):
    assert from_internet(*resources) == []


def test_rules_apart_open_as_those_of_a_group_do():
    graph = [*vpc(), group("admin"), *rules_apart("admin", 22), machine("public", "admin", public=True)]
    assert from_internet(*graph) == [
        ("machine vm", "tcp 22", (*WAY, f"security group admin (rule {name})")) for name in ("new", "old")
    ]


def test_a_subnet_gives_addresses_and_an_elastic_one_is_one_too():
    giving = [*subnet("giving", OUT, mapPublicIpOnLaunch=True), *vpc(), SSH]
    assert len(from_internet(*giving, machine("giving", "admin"))) == 1
    assert from_internet(*giving, machine("giving", "admin", public=False)) == []
    tied = resource("aws:ec2/eip:Eip", {"instance": "i-1"}, name="eip")
    assert len(from_internet(*vpc(), SSH, machine("public", "admin"), tied)) == 1


def test_ipv6_has_routes_and_groups_of_its_own():
    six = {"destinationIpv6CidrBlock": "::/0", "gatewayId": "igw-1"}
    open_six = group("six", {"protocol": "tcp", "fromPort": 22, "toPort": 22, "ipv6CidrBlocks": ["::/0"]})
    vm = machine("public", "six", "admin", ipv6AddressCount=1)
    assert from_internet(*vpc(six), SSH, open_six, vm) == [
        ("machine vm", "tcp 22", (*WAY, "security group six (ingress.0)"))
    ]
    assert from_internet(*vpc(OUT), SSH, open_six, vm) == []


def acl(*rules):
    numbered = [{"ruleNo": index, "protocol": "tcp", **rule} for index, rule in enumerate(rules, 1)]
    return resource(ACL, {"subnetIds": ["subnet-public"], "ingress": numbered}, name="list", id="acl-1")


def entry(action, first, last, cidr=WORLD):
    return {"action": action, "cidrBlock": cidr, "fromPort": first, "toPort": last}


@pytest.mark.parametrize(
    ("rules", "ports"),
    [
        ([entry("allow", 0, 65535)], ["tcp 20-25"]),
        ([entry("deny", 22, 22), entry("allow", 0, 65535)], ["tcp 20-21", "tcp 23-25"]),
        ([entry("allow", 443, 443)], []),
        ([entry("allow", 22, 22, "10.0.0.0/8")], []),
        ([entry("deny", 0, 65535, "203.0.113.0/24"), entry("allow", 22, 22)], ["tcp 22"]),
        ([{**entry("allow", 0, 0), "protocol": "-1"}], ["tcp 20-25"]),
        ([{**entry("allow", 0, 65535), "protocol": "udp"}], []),
        ([], []),
    ],
)
def test_an_access_list_cuts_what_a_group_opens(rules, ports):
    graph = [*vpc(), group("wide", let_in(20, last=25)), machine("public", "wide", public=True), acl(*rules)]
    assert [path[1] for path in from_internet(*graph)] == ports


def test_rules_of_a_list_may_stand_apart():
    apart = resource(
        ACL_RULE,
        {
            "networkAclId": "acl-1",
            "ruleNumber": 1,
            "protocol": "6",
            "ruleAction": "allow",
            "cidrBlock": WORLD,
            "fromPort": 22,
            "toPort": 22,
        },
    )
    graph = [*vpc(), SSH, machine("public", "admin", public=True), acl(), apart]
    assert from_internet(*graph) == [
        ("machine vm", "tcp 22", (*WAY, "network ACL list", "security group admin (ingress.0)"))
    ]


def test_a_database_is_reached_on_its_own_port_only():
    wide = group("data", let_in(5000, last=6000))
    open_db = database("public", "data", publiclyAccessible=True)
    assert [path[:2] for path in from_internet(*vpc(), wide, *open_db)] == [("database db", "tcp 5432")]
    assert from_internet(*vpc(), group("data", let_in(443)), *open_db) == []
    assert from_internet(*vpc(), wide, *database("private", "data", publiclyAccessible=True)) == []
    assert from_internet(*vpc(), wide, *database("public", "data")) == []


def test_a_subnet_without_a_table_of_its_own_takes_the_main_one():
    lonely = resource(SUBNET, {"vpcId": "vpc-1"}, name="lonely", id="subnet-lonely")
    vm = machine("lonely", "admin", public=True)
    chosen = resource(MAIN_ASSOCIATION, {"vpcId": "vpc-1", "routeTableId": "rtb-public"})
    assert from_internet(*vpc(), lonely, SSH, vm) == []
    assert [p[0] for p in from_internet(*vpc(), lonely, SSH, vm, chosen)] == ["machine vm"]
    adopted = resource(
        DEFAULT_TABLE,
        {"defaultRouteTableId": "rtb-main", "routes": [{"cidrBlock": WORLD, "gatewayId": "igw-1"}]},
        property_dependencies={"defaultRouteTableId": frozenset({vpc()[0].urn})},
    )
    assert [p[0] for p in from_internet(*vpc(), lonely, SSH, vm, adopted)] == ["machine vm"]


def balancer(kind="application", **inputs):
    said = {"loadBalancerType": kind, "subnets": ["subnet-public"], "securityGroups": ["sg-web"], **inputs}
    return [
        resource("aws:lb/loadBalancer:LoadBalancer", said, name="edge", id="arn:edge"),
        resource("aws:lb/listener:Listener", {"loadBalancerArn": "arn:edge", "port": 443}, name="tls"),
    ]


def test_a_load_balancer_answers_on_its_listeners_and_is_who_calls_behind_it():
    web = group("web", let_in(0, last=65535))
    app = group("app", {"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "securityGroups": ["sg-web"]})
    assert found(*vpc(), web, app, *balancer(), machine("private", "app")) == [
        ("load balancer edge", "machine vm", "tcp 8080", ("security group app (ingress.0)",)),
        (INTERNET, "load balancer edge", "tcp 443", (*WAY, "security group web (ingress.0)")),
    ]
    assert from_internet(*vpc(), web, *balancer(internal=True)) == []
    bare = balancer("network", securityGroups=None)
    assert from_internet(*vpc(), *bare) == [("load balancer edge", "tcp 443", (*WAY, "no security group"))]


def test_ranges_and_groups_that_nobody_here_carries_are_called_by_name():
    app = group(
        "app", let_in(80, "10.1.0.0/16"), {"protocol": "-1", "securityGroups": ["sg-far"], "self": True}
    )
    assert [(path[0], path[2]) for path in found(*vpc(), app, machine("private", "app"))] == [
        ("10.1.0.0/16", "tcp 80"),
        ("machine vm", "every port"),
        ("members of security group sg-far", "every port"),
    ]


def test_nodes_take_groups_and_addresses_from_their_template():
    template = resource(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {"networkInterfaces": [{"associatePublicIpAddress": "true", "securityGroups": ["sg-admin"]}]},
        name="lt",
        id="lt-1",
    )
    nodes = resource(
        "aws:eks/nodeGroup:NodeGroup",
        {"subnetIds": ["subnet-private", "subnet-public"], "launchTemplate": {"id": "lt-1"}},
        name="ng",
    )
    assert [path[0] for path in from_internet(*vpc(), SSH, template, nodes)] == ["nodes ng"]


def test_what_is_not_known_yet_is_followed_by_where_it_comes_from():
    subnets = {r.name: r for r in vpc() if r.type == SUBNET}

    def placed(*names):
        return resource(
            "aws:ec2/instance:Instance",
            {"subnetId": UNKNOWN, "vpcSecurityGroupIds": UNKNOWN, "associatePublicIpAddress": True},
            name="vm",
            property_dependencies={
                "subnetId": frozenset(subnets[name].urn for name in names),
                "vpcSecurityGroupIds": frozenset({SSH.urn}),
            },
        )

    assert len(from_internet(*vpc(), SSH, placed("public"))) == 1
    assert from_internet(*vpc(), SSH, placed("public", "private")) == []  # it may stand in either


def test_what_cannot_be_followed_is_said_after_every_other_path():
    lost = resource("aws:rds/instance:Instance", {"publiclyAccessible": UNKNOWN}, name="lost")
    told = []
    with pytest.raises(UndecidedError, match="publiclyAccessible"):
        told.extend(paths(Graph([*vpc(), SSH, lost])))
    walk = paths(Graph([lost, *vpc(), SSH, machine("public", "admin", public=True)]))
    assert next(walk).target == "machine vm"


def test_types_of_routes_and_ties_are_read_in_any_order():
    whole = [*vpc(), SSH, machine("public", "admin", public=True)]
    assert found(*whole) == found(*reversed(whole))
    assert {ASSOCIATION, GROUP, ROUTE, ROUTE_TABLE} <= {r.type for r in whole}
