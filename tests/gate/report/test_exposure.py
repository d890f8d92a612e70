import json

import pytest

from gate.report.exposure import exposures
from gate.report.report import Exposure
from policies.analysis.gateway.objects import GATEWAY, PROXY
from policies.analysis.network.types import ACL
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource
from tests.policies.network_stack import database, group, let_in, machine, rules_apart, vpc

CLUSTER = "aws:eks/cluster:Cluster"
LOOSE = ("0.0.0.0/0", "tcp 22; its group is not declared here")


def said(*resources):
    return [(e.what, e.source, e.detail) for e in exposures(Graph(resources))]


@pytest.mark.parametrize(
    ("config", "sources"),
    [
        ({}, ["0.0.0.0/0"]),
        ({"publicAccessCidrs": ["203.0.113.0/24", "198.51.100.0/24"]}, ["198.51.100.0/24", "203.0.113.0/24"]),
        (
            {"publicAccessCidrs": ["203.0.113.0/24"], "endpointPrivateAccess": True},
            ["203.0.113.0/24", "the VPC"],
        ),
        ({"endpointPublicAccess": False, "endpointPrivateAccess": True}, ["the VPC"]),
        ({"endpointPublicAccess": False}, ["the VPC"]),
    ],
)
def test_the_api_is_as_open_as_aws_makes_it(config, sources):
    cluster = resource(CLUSTER, {"vpcConfig": config}, name="c")
    detail = "with an IAM identity that has an access entry"
    assert said(cluster) == [("Kubernetes API of c", source, detail) for source in sources]


def test_security_groups_in_all_three_spellings():
    ports = {"fromPort": 22, "toPort": 22}
    rule = resource(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"cidrIpv4": LOOSE[0], **ports}, name="a"
    )
    old = resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        {"type": "ingress", "cidrBlocks": [LOOSE[0]], **ports},
        name="b",
    )
    out = resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule", {"type": "egress", "cidrBlocks": [LOOSE[0]]}, name="c"
    )
    inline = resource(
        "aws:ec2/securityGroup:SecurityGroup", {"ingress": [{"ipv6CidrBlocks": ["::/0"], **ports}]}, name="d"
    )
    narrow = resource(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"cidrIpv4": "10.0.0.0/8", **ports},
        name="e",
    )
    assert said(rule, old, out, inline, narrow) == [
        ("security group d (ingress.0)", "::/0", "tcp 22; nothing here carries the group"),
        ("security group rule a", *LOOSE),
        ("security group rule b", *LOOSE),
    ]


def test_a_path_is_told_with_what_opens_it():
    graph = [*vpc(), group("admin", let_in(22)), machine("public", "admin", public=True)]
    assert said(*graph) == [
        (
            "machine vm",
            "the internet",
            "tcp 22 through internet gateway igw, route route-public, subnet public, security group admin (ingress.0)",
        )
    ]


@pytest.mark.parametrize(
    ("place", "public", "why"),
    [
        ("private", True, "machine vm has no route to an internet gateway"),
        ("public", False, "machine vm has no public address"),
        (
            "afar",
            True,
            "machine vm stands in a subnet that is not declared here, so that its routes are not known",
        ),
    ],
)
def test_an_open_group_without_a_path_says_what_is_missing(place, public, why):
    graph = [*vpc(), group("admin", let_in(22)), machine(place, "admin", public=public)]
    assert said(*graph) == [("security group admin (ingress.0)", "0.0.0.0/0", f"tcp 22; {why}")]


def test_a_group_that_is_open_where_nobody_listens_says_so():
    store = database("public", "data", publiclyAccessible=True)
    assert said(*vpc(), group("data", let_in(22)), *store) == [
        ("security group data (ingress.0)", "0.0.0.0/0", "tcp 22; database db does not listen there")
    ]
    closed = resource(ACL, {"subnetIds": ["subnet-public"], "ingress": []}, name="list", id="acl-1")
    assert said(*vpc(), closed, group("data", let_in(5432)), *store) == [
        (
            "security group data (ingress.0)",
            "0.0.0.0/0",
            "tcp 5432; database db is behind a network ACL that closes it, or may stand elsewhere",
        )
    ]


def test_a_rule_beside_its_group_is_told_once():
    graph = [*vpc(), group("admin"), *rules_apart("admin", 22)]
    assert said(*graph) == [
        (f"security group admin (rule {name})", "0.0.0.0/0", "tcp 22; nothing here carries the group")
        for name in ("new", "old")
    ]


def gateway(service):
    metadata = {"name": "edge", "namespace": "edge"}
    reference = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "edge"}
    listener = {"protocol": "HTTPS", "port": 443, "hostname": "models.example.com"}
    spec = {"infrastructure": {"parametersRef": reference}, "listeners": [listener]}
    proxy = {"metadata": metadata, "spec": {"provider": {"kubernetes": {"envoyService": service}}}}
    return resource(GATEWAY, {"metadata": metadata, "spec": spec}, name="g"), resource(PROXY, proxy, name="p")


def test_a_gateway_is_as_open_as_its_load_balancer():
    internal = {"annotations": {"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}}
    detail = "HTTPS 443 models.example.com"
    assert said(*gateway({"type": "ClusterIP"})) == []
    assert said(*gateway({})) == [("gateway g", "any address", f"{detail} through a public load balancer")]
    ranged = gateway({**internal, "loadBalancerSourceRanges": ["10.0.0.0/8"]})
    assert said(*ranged) == [("gateway g", "10.0.0.0/8", f"{detail} through an internal load balancer")]
    assert said(gateway({})[0]) == [("gateway g", "whoever its load balancer lets in", detail)]


def test_a_waypoint_is_no_way_in():
    listener = {"name": "mesh", "protocol": "HBONE", "port": 15008}
    inputs = {
        "metadata": {"name": "w", "namespace": "models"},
        "spec": {"gatewayClassName": "istio-waypoint", "listeners": [listener]},
    }
    assert said(resource(GATEWAY, inputs, name="w")) == []


def test_bucket_policies_name_who_is_let_in():
    statements = [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"},
        {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": ["s3:PutObject"]},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*"},
    ]
    policy = json.dumps({"Statement": statements})
    bucket = resource("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": policy})
    assert said(bucket) == [
        ("bucket b", "everyone", "s3:GetObject"),
        ("bucket b", "logging.s3.amazonaws.com", "s3:PutObject"),
    ]


def test_what_cannot_be_read_is_said():
    cluster = resource(CLUSTER, {"vpcConfig": UNKNOWN})
    assert exposures(Graph([cluster])) == [
        Exposure(what="unreadable", source="?", detail="vpcConfig.endpointPublicAccess is not known yet"),
        Exposure(what="unreadable", source="?", detail="vpcConfig.securityGroupIds is not known yet"),
    ]
