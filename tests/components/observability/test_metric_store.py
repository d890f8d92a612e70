"""Figures kept beyond the cluster. Mocks cannot prove that AWS accepts the workspace, or that it takes a write."""

import dataclasses
import json

import pytest
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.mesh.mesh import MeshHandle
from components.observability.metric_store import RemoteWriteSettings
from components.observability.telemetry import Telemetry, TelemetryArgs, TelemetrySettings

WORKSPACE = "arn:aws:aps:eu-central-1:111122223333:workspace/ws-0a1b2c3d-0000-1111-2222-333344445555"
WRITES = "/api/v1/remote_write"


@pytest.fixture
def build(deploy, names):
    def run(**said):
        plain = {f.name: "x" for f in dataclasses.fields(ClusterHandle) if f.name != "ready"}
        args = TelemetryArgs(
            settings=TelemetrySettings(remote_write=RemoteWriteSettings(**said)),
            names=names,
            cluster=ClusterHandle(**{**plain, "name": names.cluster}),
            cluster_addons=ClusterAddonsHandle(),
            mesh=MeshHandle(trust_domain="cluster.local"),
        )
        return deploy(lambda: Telemetry("telemetry", args))

    return run


def spec(made):
    return made.named("telemetry-prometheus").inputs["values"]["prometheus"]["prometheusSpec"]


def policy(made, name):
    return json.loads(made.named(name).inputs["policy"])["Statement"]


def test_a_workspace_is_made_under_a_key_of_its_own_and_logs_what_it_refuses(build):
    made = build()
    workspace, key = made.only("aws:amp/workspace:Workspace"), made.named("telemetry-metrics-key")
    assert workspace.inputs["alias"] == "example-test"
    assert workspace.inputs["kmsKeyArn"] == key.outputs["arn"]
    assert workspace.inputs["loggingConfiguration"] == {
        "logGroupArn": (
            "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/vendedlogs/slipway/example-test/metrics:*"
        )
    }
    assert workspace.inputs["tags"]["slipway.dev/platform"] == "example-test"
    assert workspace.protect
    assert key.protect
    assert made.named("telemetry-metrics-logs").inputs["retentionInDays"] == 365


def test_prometheus_writes_there_signed_and_both_replicas_are_known_as_one(build):
    made = build()
    identity = made.only("aws:amp/workspace:Workspace").id
    assert {
        key: spec(made)[key] for key in ("externalLabels", "replicaExternalLabelName", "remoteWrite")
    } == {
        "externalLabels": {"cluster": "example-test"},
        "replicaExternalLabelName": "__replica__",
        "remoteWrite": [
            {
                "url": f"https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/{identity}{WRITES}",
                "sigv4": {"region": "eu-central-1"},
                "queueConfig": {"maxSamplesPerSend": 1000, "maxShards": 200, "capacity": 2500},
            }
        ],
    }


def test_its_pod_may_write_to_the_platforms_workspace_and_read_nothing(build):
    made = build()
    assert policy(made, "telemetry-metrics-role-policy") == [
        {
            "Sid": "WriteSeries",
            "Effect": "Allow",
            "Action": ["aps:RemoteWrite"],
            "Resource": ["arn:aws:aps:eu-central-1:111122223333:workspace/*"],
            "Condition": {"StringEquals": {"aws:ResourceTag/slipway.dev/platform": "example-test"}},
        }
    ]
    association = made.named("telemetry-metrics-identity-association").inputs
    assert (association["namespace"], association["serviceAccount"]) == (
        "observability",
        "kube-prometheus-stack-prometheus",
    )
    values = made.named("telemetry-prometheus").inputs["values"]["prometheus"]
    assert values["serviceAccount"]["name"] == association["serviceAccount"]


def test_its_pods_start_after_their_credentials(build):
    made = build()
    waits = made.graph.waits_for(made.named("telemetry-prometheus").urn)
    before = ("telemetry-metrics-identity-association", "telemetry-metrics-role-policy")
    assert [name for name in before if made.named(name).urn not in waits] == []


def test_a_workspace_that_exists_is_written_to_and_nothing_is_made(build):
    made = build(workspace=WORKSPACE)
    assert made.all("aws:amp/workspace:Workspace") == []
    assert [r.name for r in made.all("aws:kms/key:Key")] == ["telemetry-key"]
    (remote,) = spec(made)["remoteWrite"]
    identity = WORKSPACE.rpartition("/")[2]
    assert remote["url"] == f"https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/{identity}{WRITES}"
    (statement,) = policy(made, "telemetry-metrics-role-policy")
    assert (statement["Resource"], statement.get("Condition")) == ([WORKSPACE], None)


@pytest.mark.parametrize(
    "workspace",
    [
        "ws-0a1b2c3d-0000-1111-2222-333344445555",
        "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1",
        "arn:aws:aps:eu-central-1:111122223333:workspace/*",
    ],
)
def test_only_the_arn_of_one_workspace_names_one(workspace):
    with pytest.raises(ValidationError, match="should match pattern"):
        RemoteWriteSettings(workspace=workspace)
