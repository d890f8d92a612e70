import pytest
from pydantic import ValidationError

from components.cluster.cluster import Cluster, ClusterArgs, ClusterSettings
from components.network.network import NetworkHandle

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def build(deploy, names, **settings):
    network = NetworkHandle(
        vpc_id="vpc-1",
        vpc_cidr="10.0.0.0/16",
        node_subnet_ids=["subnet-1", "subnet-2"],
        control_plane_subnet_ids=["subnet-8", "subnet-9"],
    )
    parsed = ClusterSettings.model_validate(settings)
    return deploy(lambda: Cluster("cluster", ClusterArgs(settings=parsed, names=names, network=network)))


def test_nobody_but_the_nodes_reaches_the_api_by_default(deploy, names):
    assert build(deploy, names).all(RULE) == []


def test_a_range_and_a_group_reach_the_api_and_no_other_port(deploy, names):
    group = "sg-0123456789abcdef0"
    made = build(deploy, names, private_access_cidrs=["10.20.0.0/24"], private_access_security_groups=[group])
    by_range, by_group = made.all(RULE)
    cluster = made.only("aws:eks/cluster:Cluster").outputs["vpcConfig"]["clusterSecurityGroupId"]
    shared = {"securityGroupId": cluster, "fromPort": 443, "toPort": 443, "ipProtocol": "tcp"}
    for rule in (by_range, by_group):
        assert {key: rule.inputs[key] for key in shared} == shared
    assert (by_range.name, by_range.inputs["cidrIpv4"]) == (
        "cluster-api-from-10-20-0-0-24",
        "10.20.0.0/24",
    )
    assert by_group.inputs["referencedSecurityGroupId"] == group
    assert "cidrIpv4" not in by_group.inputs


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"private_access_cidrs": ["10.0.0.0/8"]}, "opens the Kubernetes API to more than a /16"),
        ({"private_access_cidrs": ["here"]}, "not an address range"),
        ({"private_access_security_groups": ["default"]}, "should match pattern"),
    ],
)
def test_a_wide_range_and_a_name_are_refused(settings, said):
    with pytest.raises(ValidationError, match=said):
        ClusterSettings.model_validate(settings)
