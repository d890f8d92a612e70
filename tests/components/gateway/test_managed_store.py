"""What :class:`ManagedStore` registers, and what the rate-limit service is told of either store."""

import json
from dataclasses import replace

import pytest

from components.foundation.lifecycle import Lifecycle
from components.gateway.gateway import Gateway
from components.gateway.managed_store import ManagedStore
from components.gateway.rate_limit_store import IN_CLUSTER, managed_address
from components.gateway.values import controller_values
from tests.components.gateway.test_gateway import ARGS

STORE = "gateway-controllers-rate-limit-store"


@pytest.fixture
def made(deploy):
    return deploy(lambda: ManagedStore("counters", ARGS.managed_store()))


def test_the_cache_is_under_a_key_a_group_of_users_and_a_ceiling(made):
    inputs = dict(made.named("counters-cache").inputs)
    inputs.pop("tags", None), inputs.pop("tagsAll", None)
    assert inputs == {
        "name": "example-prod-rate-limit-store",
        "description": "Counters of the gateways",
        "engine": "valkey",
        "majorEngineVersion": "8",
        "kmsKeyId": inputs["kmsKeyId"],
        "userGroupId": "example-prod-rate-limit-store",
        "subnetIds": ["subnet-1"],
        "securityGroupIds": inputs["securityGroupIds"],
        "cacheUsageLimits": {
            "dataStorage": {"maximum": 5, "unit": "GB"},
            "ecpuPerSeconds": [{"maximum": 100_000}],
        },
    }
    assert inputs["kmsKeyId"].startswith("arn:aws:kms:eu-central-1:111122223333:key/")
    assert made.named("counters-users").inputs["userIds"] == ["example-prod-rate-limit-store"]


def test_nodes_of_the_cluster_reach_one_port_and_nobody_else_any(made):
    rules = [r for r in made.graph if r.type.endswith("Rule") and "ecurityGroup" in r.type]
    assert [
        (r.inputs["referencedSecurityGroupId"], r.inputs["fromPort"], r.inputs["toPort"]) for r in rules
    ] == [("sg-nodes", 6379, 6379)]


def test_the_key_is_used_by_who_hands_it_to_the_cache(made):
    statements = json.loads(made.named("counters-key").inputs["policy"])["Statement"]
    uses = {s["Sid"]: s for s in statements}["DeployRoleCreatesGrants"]
    assert uses["Action"] == ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    assert uses["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/example-prod-deploy"}
    }


@pytest.mark.parametrize(("lifecycle", "kept"), [(ARGS.lifecycle, True), (Lifecycle(disposable=True), False)])
def test_the_key_of_a_trial_goes_with_it(deploy, lifecycle, kept):
    args = replace(ARGS, lifecycle=lifecycle).managed_store()
    assert deploy(lambda: ManagedStore("counters", args)).named("counters-key").protect is kept


def test_no_password_is_written_anywhere_only_where_it_stands():
    values = controller_values(managed_address("cache:6379"))["config"]["envoyGateway"]
    assert values["provider"]["kubernetes"]["rateLimitDeployment"]["container"]["env"] == [
        {"name": "REDIS_TLS", "value": "true"},
        {"name": "REDIS_TYPE", "value": "CLUSTER"},
        {"name": "REDIS_PIPELINE_WINDOW", "value": "150us"},
        {
            "name": "REDIS_AUTH",
            "valueFrom": {"secretKeyRef": {"name": "rate-limit-store-user", "key": "auth"}},
        },
    ]
    assert values["rateLimit"]["backend"]["redis"] == {"url": "cache:6379"}


def test_the_store_in_the_cluster_is_told_nothing():
    values = controller_values(IN_CLUSTER)["config"]["envoyGateway"]
    container = values["provider"]["kubernetes"]["rateLimitDeployment"]["container"]
    assert "env" not in container
    assert values["rateLimit"]["backend"]["redis"] == {
        "url": "rate-limit-store.envoy-gateway-system.svc.cluster.local:6379"
    }


def test_a_gateway_counts_in_one_of_them(deploy):
    managed = deploy(lambda: Gateway("gateway", ARGS))
    trial = replace(ARGS, settings=ARGS.settings.model_copy(update={"rate_limit_store": "in_cluster"}))
    inside = deploy(lambda: Gateway("gateway", trial))
    stores = [{r.name for r in made.graph if r.name.startswith(STORE)} for made in (managed, inside)]
    assert stores[1] == {f"{STORE}-deployment", f"{STORE}-service", f"{STORE}-network"}
    assert f"{STORE}-cache" in stores[0]
    assert stores[0].isdisjoint(stores[1])
    waits = managed.graph.waits_for(managed.named("gateway-controllers-envoy").urn)
    assert managed.named(f"{STORE}-cache").urn in waits
    url = managed.named("gateway-controllers-envoy").inputs["values"]["config"]["envoyGateway"]["rateLimit"]
    assert url["backend"]["redis"]["url"].endswith(".serverless.eu-central-1.cache.amazonaws.com:6379")
