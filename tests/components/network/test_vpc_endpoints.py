"""Private ways to AWS. Mocks cannot prove that a region offers a service."""

import pytest

from components.network.network import Network, NetworkArgs, NetworkSettings
from components.network.vpc_endpoints import INTERFACES


@pytest.fixture
def build(deploy, names):
    def run(**settings):
        return deploy(
            lambda: Network("network", NetworkArgs(settings=NetworkSettings(**settings), names=names))
        )

    return run


def test_endpoints_reach_every_service_nodes_need_over_private_names(build):
    made = build()
    endpoints = {e.inputs["serviceName"]: e for e in made.all("aws:ec2/vpcEndpoint:VpcEndpoint")}
    prefix = "com.amazonaws.eu-central-1."

    assert set(endpoints) == {f"{prefix}{s}" for s in (*INTERFACES, "s3")}
    assert {"ecr.api", "ecr.dkr", "sts", "eks", "eks-auth", "logs", "ec2", "sqs", "kms"} <= set(INTERFACES)
    gateway = endpoints[f"{prefix}s3"].inputs
    assert gateway["vpcEndpointType"] == "Gateway"
    assert len(gateway["routeTableIds"]) == 3
    sts = endpoints[f"{prefix}sts"].inputs
    assert (sts["vpcEndpointType"], sts["privateDnsEnabled"]) == ("Interface", True)
    assert sts["subnetIds"] == [
        s.id for s in made.all("aws:ec2/subnet:Subnet") if s.name.startswith("network-nodes-")
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
