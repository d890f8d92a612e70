"""What is billed by the hour and the month, counted from what a graph declares."""

import pytest

from policies.analysis.cost.services import by_use, monthly, service_lines
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

REGION = "eu-central-1"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
PROXY = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
CACHE = "aws:elasticache/serverlessCache:ServerlessCache"
RELEASE = "kubernetes:helm.sh/v3:Release"


def _lines(*resources, region=REGION):
    return {
        line.what: (line.least, line.most, line.usd_a_month)
        for line in service_lines(Graph(resources), region)
    }


def _some(type_, count):
    return [resource(type_, {}, name=f"x{i}") for i in range(count)]


def test_what_is_there_is_counted_at_its_months_price():
    found = _lines(
        *_some("aws:eks/cluster:Cluster", 1), *_some("aws:ec2/natGateway:NatGateway", 3),
        *_some("aws:ec2/eip:Eip", 3), *_some("aws:kms/key:Key", 2),
    )  # fmt: skip
    assert found == {
        "EKS control plane": (1, 1, 0.10 * 730),
        "NAT gateways": (3, 3, 0.052 * 730),
        "public IPv4 addresses": (3, 3, 0.005 * 730),
        "KMS keys": (2, 2, 1.0),
    }


def test_an_interface_endpoint_is_billed_in_each_zone_and_a_gateway_endpoint_not():
    interface = resource(ENDPOINT, {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]}, name="i")
    gateway = resource(ENDPOINT, {"vpcEndpointType": "Gateway"}, name="g")
    assert _lines(interface, gateway) == {"interface endpoints (one a zone)": (3, 3, 0.012 * 730)}


def test_an_endpoint_that_cannot_be_read_counts_once():
    assert (
        _lines(resource(ENDPOINT, {"vpcEndpointType": UNKNOWN}))["interface endpoints (one a zone)"][0] == 1
    )


def _proxy(name, **service):
    inputs = {"kind": "EnvoyProxy", "spec": {"provider": {"kubernetes": {"envoyService": service}}}}
    return resource(PROXY, inputs, name=name)


def test_load_balancers_are_those_of_proxies_and_services():
    service = resource(
        "kubernetes:core/v1:Service", {"kind": "Service", "spec": {"type": "LoadBalancer"}}, name="s"
    )
    found = _lines(
        _proxy("edge", type="LoadBalancer"), _proxy("silent"), _proxy("inner", type="ClusterIP"), service
    )
    assert found == {"network load balancers": (3, 3, 0.027 * 730)}


def test_a_cache_is_billed_for_its_least_and_may_grow_to_its_limit():
    limits = {"dataStorage": {"maximum": 5}}
    cache = resource(CACHE, {"engine": "valkey", "cacheUsageLimits": limits}, name="c")
    assert _lines(cache, region="us-east-1") == {"GB in the cache c": (0.1, 5.0, 0.084 * 730)}
    assert _lines(cache) == {"GB in the cache c": (0.1, 5.0, None)}
    other = resource(CACHE, {"engine": "memcached"}, name="c")
    assert _lines(other, region="us-east-1") == {"GB in the cache c": (0.1, 0.1, None)}


def test_volumes_that_a_chart_claims_count_for_each_replica():
    claim = {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "50Gi"}}}}}
    values = {
        "prometheus": {"prometheusSpec": {"replicas": 2, "storageSpec": claim}},
        "one": {"storage": claim},
    }
    chart = resource(RELEASE, {"chart": "x", "values": values}, name="x")
    assert _lines(chart) == {"GB of volumes that charts claim": (150, 150, 0.0952)}


def test_a_region_without_a_price_has_none():
    assert _lines(*_some("aws:ec2/natGateway:NatGateway", 1), region="sa-east-1") == {
        "NAT gateways": (1, 1, None)
    }
    assert monthly("nat_gateway_hour", "sa-east-1") is None


def test_what_depends_on_use_is_named_once():
    assert by_use(
        Graph([*_some("aws:cloudwatch/logGroup:LogGroup", 3), *_some("aws:sqs/queue:Queue", 1)])
    ) == [
        "log lines that log groups take in and keep",
        "requests to queues",
    ]


DATABASE = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"


def _database(least, most, members):
    scaled = {"minCapacity": least, "maxCapacity": most}
    cluster = resource(
        DATABASE, {"clusterIdentifier": "runs", "serverlessv2ScalingConfiguration": scaled}, name="runs"
    )
    instances = [
        resource(MEMBER, {"clusterIdentifier": name}, name=f"{name}-{number}")
        for number, name in enumerate([*["runs"] * members, "other"])
    ]
    return Graph([cluster, *instances])


def test_a_serverless_database_costs_what_its_instances_may_take():
    line = next(x for x in service_lines(_database(0.5, 4, 2), "us-east-1") if "database" in x.what)
    assert (line.what, line.least, line.most) == ("capacity units of the database runs", 1, 8)
    assert line.usd_a_month == pytest.approx(0.12 * 730)


def test_a_database_that_is_not_serverless_has_no_line():
    graph = Graph([resource(DATABASE, {"clusterIdentifier": "runs"}, name="runs")])
    assert [x for x in service_lines(graph, "us-east-1") if "database" in x.what] == []
