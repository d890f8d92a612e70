"""A small VPC for tests of paths: a public and a private subnet, and what stands in them."""

from policies.analysis.network.types import (
    ASSOCIATION,
    GROUP,
    GROUP_RULE,
    INGRESS,
    INTERNET_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    SUBNET,
    VPC,
)
from policies.engine.graph import Resource
from tests.policies.cases import resource

WORLD = "0.0.0.0/0"
NAT = {"destinationCidrBlock": WORLD, "natGatewayId": "nat-1"}
OUT = {"destinationCidrBlock": WORLD, "gatewayId": "igw-1"}


def vpc(public: dict = OUT) -> list[Resource]:
    """A VPC whose subnet ``public`` has a route to its internet gateway, unless told otherwise."""
    return [
        resource(VPC, {"cidrBlock": "10.0.0.0/16"}, name="vpc", id="vpc-1"),
        resource(INTERNET_GATEWAY, {"vpcId": "vpc-1"}, name="igw", id="igw-1"),
        *subnet("public", public),
        *subnet("private", NAT),
    ]


def subnet(name: str, route: dict, **inputs: object) -> list[Resource]:
    table = f"rtb-{name}"
    return [
        resource(SUBNET, {"vpcId": "vpc-1", **inputs}, name=name, id=f"subnet-{name}"),
        resource(ROUTE_TABLE, {"vpcId": "vpc-1"}, name=f"table-{name}", id=table),
        resource(ROUTE, {"routeTableId": table, **route}, name=f"route-{name}"),
        resource(ASSOCIATION, {"routeTableId": table, "subnetId": f"subnet-{name}"}, name=f"tie-{name}"),
    ]


def group(name: str, *ingress: dict) -> Resource:
    return resource(GROUP, {"vpcId": "vpc-1", "ingress": list(ingress)}, name=name, id=f"sg-{name}")


def let_in(port: int, cidr: str = WORLD, last: int | None = None, **more: object) -> dict:
    return {"protocol": "tcp", "fromPort": port, "toPort": last or port, "cidrBlocks": [cidr], **more}


def rules_apart(name: str, port: int) -> list[Resource]:
    """The same opening as an old and as a new rule of its own."""
    ports = {"fromPort": port, "toPort": port, "securityGroupId": f"sg-{name}"}
    return [
        resource(
            GROUP_RULE, {"type": "ingress", "protocol": "tcp", "cidrBlocks": [WORLD], **ports}, name="old"
        ),
        resource(INGRESS, {"ipProtocol": "tcp", "cidrIpv4": WORLD, **ports}, name="new"),
    ]


def machine(place: str, *groups: str, public: object = None, **inputs: object) -> Resource:
    said = {
        "subnetId": f"subnet-{place}",
        "vpcSecurityGroupIds": [f"sg-{g}" for g in groups],
        "associatePublicIpAddress": public,
        **inputs,
    }
    return resource("aws:ec2/instance:Instance", said, name="vm", id="i-1")


def database(place: str, *groups: str, **inputs: object) -> list[Resource]:
    return [
        resource(
            "aws:rds/subnetGroup:SubnetGroup", {"subnetIds": [f"subnet-{place}"]}, name="places", id="places"
        ),
        resource(
            "aws:rds/instance:Instance",
            {
                "engine": "postgres",
                "dbSubnetGroupName": "places",
                "vpcSecurityGroupIds": [f"sg-{g}" for g in groups],
                **inputs,
            },
            name="db",
            id="db",
        ),
    ]
