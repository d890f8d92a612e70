"""Private ways to AWS. Mocks cannot prove that a region offers a service."""

import pytest

from components.network.network import Network, NetworkArgs, NetworkSettings
from components.network.vpc_endpoints import CORE, INTERFACES


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        return deploy(
            lambda: Network("network", NetworkArgs(settings=NetworkSettings(**settings), names=names))
        )

    return run


def _services(made, kind):
    endpoints = made.all("aws:ec2/vpcEndpoint:VpcEndpoint")
    return {
        e.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1.")
        for e in endpoints
        if e.inputs["vpcEndpointType"] == kind
    }


@pytest.mark.parametrize(
    ("settings", "services", "zones"),
    [
        ({}, CORE, 3),
        ({"cost": "lean"}, (), 1),
        ({"cost": "lean", "endpoints": "core"}, CORE, 1),
        ({"endpoints": "all"}, INTERFACES, 3),
        ({"nat": "none", "endpoints": "all"}, INTERFACES, 3),
        ({"cost": "lean", "more_endpoints": ["aps-workspaces", "sns"]}, ("aps-workspaces", "sns"), 1),
        ({"more_endpoints": ["kms"]}, (*CORE, "kms"), 3),
    ],
)
def test_a_profile_says_which_services_have_an_address_in_the_vpc(build, settings, services, zones):
    made = build(**settings)
    assert _services(made, "Gateway") == {"s3"}
    assert _services(made, "Interface") == {"s3", *services}
    assert len(made.named("network-endpoints-s3-private").inputs["subnetIds"]) == zones


def test_every_endpoint_but_that_of_pod_identity_has_a_policy(build):
    endpoints = build(endpoints="all").all("aws:ec2/vpcEndpoint:VpcEndpoint")
    assert [e.name for e in endpoints if not e.inputs.get("policy")] == ["network-endpoints-eks-auth"]


def test_names_of_s3_lead_to_addresses_a_policy_can_name(build):
    made = build()
    private = made.named("network-endpoints-s3-private").inputs
    assert private["privateDnsEnabled"] is True
    assert private["dnsOptions"] == {"privateDnsOnlyForInboundResolverEndpoint": False}
    assert [made.named(f"network-endpoints-{z}").inputs["cidrBlock"] for z in "abc"] == [
        "10.0.144.0/27",
        "10.0.146.0/27",
        "10.0.148.0/27",
    ]


def test_endpoints_reach_every_service_nodes_need_over_private_names(build):
    made = build(endpoints="all")
    endpoints = {
        e.inputs["serviceName"]: e
        for e in made.all("aws:ec2/vpcEndpoint:VpcEndpoint")
        if e.name != "network-endpoints-s3-private"
    }
    prefix = "com.amazonaws.eu-central-1."

    assert set(endpoints) == {f"{prefix}{s}" for s in (*INTERFACES, "s3")}
    assert {"ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "ec2", "sqs", "kms"} <= set(INTERFACES)
    gateway = endpoints[f"{prefix}s3"].inputs
    assert gateway["vpcEndpointType"] == "Gateway"
    assert len(gateway["routeTableIds"]) == 3
    sts = endpoints[f"{prefix}sts"].inputs
    assert (sts["vpcEndpointType"], sts["privateDnsEnabled"]) == ("Interface", True)
    assert sts["subnetIds"] == [
        s.id for s in made.all("aws:ec2/subnet:Subnet") if s.name.startswith("network-endpoints-")
    ]
    assert sts["securityGroupIds"] == [made.only("aws:ec2/securityGroup:SecurityGroup").id]


def test_endpoints_answer_https_from_the_vpc_only(build):
    rule = (
        build(vpc_cidr="10.8.0.0/16").only("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    )

    assert {k: rule[k] for k in ("cidrIpv4", "ipProtocol", "fromPort", "toPort")} == {
        "cidrIpv4": "10.8.0.0/16",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
    }
