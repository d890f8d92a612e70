"""The loops' engine: Temporal's services on a database of their own, entered by tokens; or one that exists."""

import json
from dataclasses import replace

import pytest
import yaml
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.loops.database import database_user
from components.loops.durable import Durable, DurableArgs, DurableSettings
from components.loops.temporal_config import server_config
from components.mesh.mesh import MeshHandle
from components.network.network import NetworkHandle
from gate.schema.shape import check_shapes

NAMES = Names(organisation="example", environment="prod", account="111122223333", region="eu-central-1")
HOST = "example-prod-temporal.cluster-"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
EXISTING = {"address": "engine.example.com:7233", "ranges": ["192.0.2.0/24"]}


def settings(**said):
    return DurableSettings.model_validate(said)


ARGS = DurableArgs(
    settings=settings(),
    names=NAMES,
    network=NetworkHandle(
        vpc_id="vpc-1", vpc_cidr="10.0.0.0/16", node_subnet_ids=["subnet-1"], control_plane_subnet_ids=[]
    ),
    cluster=ClusterHandle(
        name="example-prod",
        arn=NAMES.cluster_arn,
        endpoint="https://api",
        certificate_authority="Y2E=",
        security_group_id="sg-nodes",
    ),
    mesh=MeshHandle(trust_domain="cluster.local"),
    address_ranges=["10.0.0.0/19"],
)


def build(deploy, **said):
    return deploy(lambda: Durable("durable", replace(ARGS, **said)))


@pytest.fixture
def made(deploy):
    return build(deploy)


def container(made, service):
    found = made.named(f"durable-{service}").inputs["spec"]["template"]["spec"]["containers"]
    return found[0], found[1]


def test_every_object_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_the_database_is_encrypted_kept_and_entered_by_tokens_under_tls(made):
    cluster = made.named("durable-database-cluster")
    told = {
        key: cluster.inputs.get(key)
        for key in (
            "backupRetentionPeriod", "deletionProtection", "engine", "finalSnapshotIdentifier",
            "iamDatabaseAuthenticationEnabled", "manageMasterUserPassword", "masterPassword", "skipFinalSnapshot",
            "storageEncrypted",
        )
    }  # fmt: skip
    assert told == {
        "backupRetentionPeriod": 14,
        "deletionProtection": True,
        "engine": "aurora-postgresql",
        "finalSnapshotIdentifier": "example-prod-temporal-last",
        "iamDatabaseAuthenticationEnabled": True,
        "manageMasterUserPassword": True,
        "masterPassword": None,
        "skipFinalSnapshot": False,
        "storageEncrypted": True,
    }
    assert cluster.inputs["kmsKeyId"] == cluster.inputs["masterUserSecretKmsKeyId"]
    assert cluster.protect
    parameters = made.named("durable-database-parameters").inputs["parameters"]
    assert {one["name"]: one["value"] for one in parameters} == {
        "rds.force_ssl": "1",
        "log_statement": "ddl",
        "log_min_duration_statement": "1000",
    }
    instances = [made.named(f"durable-database-instance-{number}").inputs for number in (1, 2)]
    assert {(one["publiclyAccessible"], one["caCertIdentifier"]) for one in instances} == {
        (False, "rds-ca-rsa2048-g1")
    }
    (rule,) = made.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (rule.inputs["referencedSecurityGroupId"], rule.inputs["fromPort"], rule.inputs["toPort"]) == (
        "sg-nodes", 5432, 5432
    )  # fmt: skip


def test_a_trial_leaves_nothing(deploy):
    cluster = build(deploy, lifecycle=Lifecycle(disposable=True)).named("durable-database-cluster")
    assert (cluster.protect, cluster.inputs["deletionProtection"], cluster.inputs["skipFinalSnapshot"]) == (
        False, False, True
    )  # fmt: skip


def test_the_engines_role_enters_the_database_as_its_user_and_does_nothing_else(made):
    (statement,) = json.loads(made.named("durable-role-policy").inputs["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        ["rds-db:connect"],
        ["arn:aws:rds-db:eu-central-1:111122223333:dbuser:cluster-*/example_prod_temporal"],
    )
    association = made.named("durable-identity-association").inputs
    assert (association["namespace"], association["serviceAccount"]) == ("temporal", "temporal")


@pytest.mark.parametrize("service", ["frontend", "history", "matching", "worker"])
def test_each_service_runs_twice_and_reads_its_token_from_memory(made, service):
    spec = made.named(f"durable-{service}").inputs["spec"]
    server, token = container(made, service)
    assert spec["replicas"] == 2
    assert server["args"] == ["start", "--service", service]
    assert "@sha256:" in server["image"]
    assert [env["name"] for env in server["env"]] == ["POD_IP", "DATABASE_HOST"]
    address = {"name": "temporal-database", "key": "host"}
    assert [c["env"][-1] for c in (server, token)] == [
        {"name": "DATABASE_HOST", "valueFrom": {"configMapKeyRef": address}}
    ] * 2
    assert token["command"] == ["python", "-m", "runtime.database_token"]
    assert token["args"][2:4] == ["--host", "$(DATABASE_HOST)"]
    (first,) = spec["template"]["spec"]["initContainers"]
    assert first["args"] == [*token["args"], "--once"]
    volumes = {v["name"]: v for v in spec["template"]["spec"]["volumes"]}
    assert volumes["tokens"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "1Mi"}


def test_where_the_database_answers_stands_in_one_object(made):
    assert made.named("durable-database-address").inputs["data"]["host"].startswith(HOST)


def test_no_service_starts_before_its_schema_and_no_schema_before_its_namespace_is_closed(made):
    before = made.named("durable-frontend").dependencies
    assert made.named("durable-schema").urn in before
    closed = {made.named(f"durable-{role}").urn for role in ("deny-traffic", "deny-requests", "database")}
    assert closed <= made.named("durable-config").dependencies


def test_the_schema_is_brought_up_without_a_password_anywhere(made):
    job = made.named("durable-schema").inputs
    assert job["metadata"]["name"] == "schema-1-32-0"
    (tool,) = job["spec"]["template"]["spec"]["containers"]
    assert tool["command"][2].splitlines() == [
        'SQL_PASSWORD="$(cat /run/database/token)"; export SQL_PASSWORD',
        "temporal-sql-tool --database temporal setup-schema --version 0.0",
        "temporal-sql-tool --database temporal update-schema --schema-name postgresql/v12/temporal",
        "temporal-sql-tool --database temporal_visibility setup-schema --version 0.0",
        "temporal-sql-tool --database temporal_visibility update-schema --schema-name postgresql/v12/visibility",
    ]
    assert {env["name"] for env in tool["env"]} == {
        "SQL_PLUGIN", "SQL_HOST", "SQL_PORT", "SQL_USER", "SQL_TLS", "SQL_TLS_CA_FILE", "SQL_TLS_SERVER_NAME"
    }  # fmt: skip


def test_the_configuration_asks_for_a_token_at_each_connection_and_verifies_the_database():
    text = server_config("example_prod_temporal", 128)
    assert text.startswith("# enable-template\n")
    config = yaml.safe_load(text)
    assert config["persistence"]["numHistoryShards"] == 128
    for store, database in (("default", "temporal"), ("visibility", "temporal_visibility")):
        sql = config["persistence"]["datastores"][store]["sql"]
        assert (sql["databaseName"], sql["user"], "password" in sql) == (
            database,
            "example_prod_temporal",
            False,
        )
        assert sql["passwordCommand"] == {
            "command": "/bin/cat", "args": ["/run/database/token"], "timeout": "5s"
        }  # fmt: skip
        assert sql["tls"]["enableHostVerification"] is True
    assert {name: one["rpc"]["grpcPort"] for name, one in config["services"].items()} == dict.fromkeys(
        ("frontend", "history", "matching", "worker"), 7233
    )


def test_the_databases_user_is_the_platforms_own():
    assert database_user(NAMES) == "example_prod_temporal"


def test_an_engine_that_exists_is_only_named(deploy):
    made = build(deploy, settings=settings(existing=EXISTING, namespace="ml"))
    assert [r.type for r in made.graph if r.type != "pulumi:pulumi:Stack"] == ["slipway:loops:Durable"]
    component = []
    deploy(lambda: component.append(Durable("durable", replace(ARGS, settings=settings(existing=EXISTING)))))
    assert (component[0].handle.address, component[0].handle.namespace) == (
        "engine.example.com:7233",
        "slipway",
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"existing": EXISTING, "replicas": 2}, "existing: replicas say how one of our own is made"),
        ({"existing": {**EXISTING, "ranges": []}}, "at least 1 item"),
        ({"existing": {**EXISTING, "address": "engine.example.com"}}, "should match pattern"),
        ({"history_shards": 5}, "Input should be 4, 128 or 512"),
        (
            {"database": {"least_capacity": 8, "most_capacity": 4}},
            r"least_capacity \(8\) is above most_capacity \(4\)",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        settings(**said)
