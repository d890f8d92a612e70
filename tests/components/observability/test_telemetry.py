"""What :class:`Telemetry` registers. Mocks cannot prove that the charts take their values."""

import dataclasses
import json

import pytest

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.mesh.mesh import Mesh, MeshArgs, MeshHandle, MeshSettings
from components.observability.prometheus import prometheus
from components.observability.telemetry import Telemetry, TelemetryArgs, TelemetrySettings
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.rules.mesh.enrolment import RULES as ENROLMENT

GROUPS = {
    "telemetry-logs-applications": "/slipway/example-test/telemetry/applications",
    "telemetry-logs-containers": "/slipway/example-test/telemetry/containers",
}


@pytest.fixture
def made(deploy, names):
    plain = {f.name: "x" for f in dataclasses.fields(ClusterHandle) if f.name != "ready"}
    args = TelemetryArgs(
        settings=TelemetrySettings(),
        names=names,
        cluster=ClusterHandle(**{**plain, "name": names.cluster}),
        cluster_addons=ClusterAddonsHandle(),
        mesh=MeshHandle(trust_domain="cluster.local"),
    )
    return deploy(lambda: Telemetry("telemetry", args))


def test_every_monitor_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_log_groups_end_and_are_encrypted_under_our_key(made):
    key = made.only("aws:kms/key:Key")
    groups = {r.name: r.inputs for r in made.all("aws:cloudwatch/logGroup:LogGroup")}
    assert {name: inputs["name"] for name, inputs in groups.items()} == GROUPS
    for inputs in groups.values():
        assert inputs["retentionInDays"] == 90
        assert inputs["kmsKeyId"] == key.outputs.get("arn", inputs["kmsKeyId"])
        assert inputs["kmsKeyId"].startswith("arn:aws:kms:eu-central-1:111122223333:key/")
    assert key.protect
    assert key.inputs["enableKeyRotation"] is True


def test_the_key_serves_these_log_groups_only(made):
    statements = json.loads(made.only("aws:kms/key:Key").inputs["policy"])["Statement"]
    logs = next(s for s in statements if s["Sid"] == "CloudWatchLogsUsesKey")
    assert logs["Principal"] == {"Service": ["logs.eu-central-1.amazonaws.com"]}
    assert logs["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-central-1:111122223333:log-group:/slipway/example-test/telemetry/*"
            )
        }
    }


def test_the_collector_writes_to_its_groups_and_reads_none(made):
    statements = json.loads(made.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]
    arn = "arn:aws:logs:eu-central-1:111122223333:log-group:"
    assert statements == [
        {
            "Sid": "WriteTelemetry",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": sorted(f"{arn}{group}{end}" for group in GROUPS.values() for end in ("", ":*")),
        }
    ]


def test_the_collector_starts_after_its_credentials_and_its_groups(made):
    waits = made.graph.waits_for(made.named("telemetry-collector").urn)
    before = ("telemetry-identity", "telemetry-permissions", *GROUPS)
    assert [name for name in before if made.named(name).urn not in waits] == []


def test_monitors_wait_for_their_kinds_and_only_the_kinds_stay(made):
    crds = {r.urn for r in made.all("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")}
    monitors = [r for r in made.graph if r.type.startswith("kubernetes:monitoring.coreos.com/v1:")]
    assert sorted(r.inputs["metadata"]["name"] for r in monitors) == [
        "ai-gateway",
        "cert-manager",
        "dcgm-exporter",
        "envoy-gateway",
        "gateways",
        "istiod",
        "karpenter",
        "keda",
        "load-balancers",
        "models",
        "otel-collector",
        "slipway-platform",
        "ztunnel",
    ]
    assert len(crds) == 10
    assert [r.name for r in monitors if not crds <= made.graph.waits_for(r.urn)] == []
    assert {r.urn for r in made.graph if r.retain_on_delete} == crds


def test_pods_that_join_the_mesh_start_after_it(deploy, names):
    plain = {f.name: "x" for f in dataclasses.fields(ClusterHandle) if f.name != "ready"}

    def program():
        mesh = MeshArgs(settings=MeshSettings(), cluster_addons=ClusterAddonsHandle())
        args = TelemetryArgs(
            settings=TelemetrySettings(),
            names=names,
            cluster=ClusterHandle(**plain),
            cluster_addons=ClusterAddonsHandle(),
            mesh=Mesh("mesh", mesh).handle,
        )
        Telemetry("telemetry", args)

    made = deploy(program)
    ztunnel = made.named("mesh-ztunnel").urn
    for part in ("prometheus", "collector", "node-collector", "gpu-exporter"):
        assert ztunnel in made.graph.waits_for(made.named(f"telemetry-{part}").urn)
    assert judge(made.graph, ENROLMENT).findings == ()


def test_releases_of_one_chart_have_names_of_their_own(made):
    named = [r.inputs["name"] for r in made.all("kubernetes:helm.sh/v3:Release")]
    assert sorted(named) == sorted(set(named))


def test_grafana_comes_only_with_a_secret():
    def grafana(secret):
        return prometheus(retention_days=15, storage_gib=100, grafana_admin_secret=secret)["grafana"]

    assert grafana(None) == {"enabled": False}
    assert grafana("grafana")["admin"]["existingSecret"] == "grafana"
    assert grafana("grafana")["grafana.ini"]["auth.anonymous"] == {"enabled": False}


def test_gpu_nodes_are_watched_and_their_logs_read(made):
    exporter = made.named("telemetry-gpu-exporter").inputs["values"]
    node = made.named("telemetry-node-collector").inputs["values"]
    assert exporter["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    assert node["tolerations"] == [{"operator": "Exists"}]


def test_a_nodes_collector_takes_nothing_opens_nothing_and_forgets_nothing(made):
    values = made.named("telemetry-node-collector").inputs["values"]
    assert {port for port, said in values["ports"].items() if said == {"enabled": False}} == {
        "jaeger-compact",
        "jaeger-grpc",
        "jaeger-thrift",
        "otlp",
        "otlp-http",
        "zipkin",
    }
    assert "config" not in values  # it would be merged with the chart's receivers and pipelines
    whole = values["alternateConfig"]
    assert "receivers" not in whole
    assert whole["service"] == {
        "extensions": ["health_check"],
        "pipelines": {
            "logs": {
                "receivers": ["filelog"],
                "processors": ["memory_limiter", "transform/logs", "redaction", "resource", "batch"],
                "exporters": ["otlp"],
            }
        },
    }
    assert values["presets"]["logsCollection"]["storeCheckpoints"] is True
