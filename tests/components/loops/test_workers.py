"""Workers of the loops: one a kind, an identity each, and rights over nothing but the routes that carry shares."""

import ast
import json
import re
from dataclasses import replace

import pytest
from pydantic import ValidationError

from components.gateway.gateway import GatewayHandle
from components.loops.alerts import ALERTS
from components.loops.durable import DurableHandle
from components.loops.figures import queries
from components.loops.kinds import KINDS, RECEIVER
from components.loops.workers import LoopsSettings, LoopWorkers, LoopWorkersArgs
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.network.ground import Ground
from components.observability.telemetry import TelemetryHandle
from facts.series import by_name
from facts.version_figures import figures_of
from gate.schema.shape import check_shapes
from tests.components.loops.test_durable import EXISTING, NAMES, settings
from tests.conftest import ROOT

REPOSITORY = {"url": "https://git.example.com/ml/slipway.git", "ranges": ["192.0.2.10/32"]}
MOVERS = ("rollout", "remedy", "drift", "end-of-life")
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


@pytest.fixture
def args():
    gateway = {field: "x" for field in GatewayHandle.__dataclass_fields__ if field != "ready"}
    return LoopWorkersArgs(
        settings=LoopsSettings.model_validate({"repository": REPOSITORY}),
        engine=settings(),
        names=NAMES,
        ground=Ground(
            api_server_range="10.0.0.0/16", endpoint_ranges=["10.0.144.0/27"], balancer_ranges={}, zones=["a"]
        ),
        durable=DurableHandle(address="frontend.temporal.svc.cluster.local:7233", namespace="slipway"),
        workload_namespace=WorkloadNamespaceHandle(name="models"),
        gateway=GatewayHandle(**gateway),
        telemetry=TelemetryHandle(otlp_endpoint="http://otel:4317"),
    )


@pytest.fixture
def made(deploy, args):
    return deploy(lambda: LoopWorkers("loops", args))


def told(made, kind):
    return json.loads(made.named(f"loops-{kind}-told").inputs["data"]["loops.yaml"])


def test_only_the_door_is_told_whom_alerts_begin_and_only_if_somebody_says_so(deploy, args, made):
    assert [kind for kind in KINDS if "triage" in told(made, kind)] == []
    triage = {"agent": "incident-triage", "version": "v3", "runs_an_hour": 6}
    chosen = LoopsSettings.model_validate({"repository": REPOSITORY, "triage": triage})
    named = deploy(lambda: LoopWorkers("loops", replace(args, settings=chosen)))
    assert [kind for kind in KINDS if "triage" in told(named, kind)] == [RECEIVER]
    assert told(named, RECEIVER)["triage"] == {**triage, "quiet_minutes": 60, "alone": False}


def test_every_object_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_there_is_a_worker_for_each_kind_that_has_a_workflow_but_for_evaluations():
    tree = ast.parse((ROOT / "runtime" / "loops" / "worker.py").read_text(encoding="utf-8"))
    (table,) = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "WORKFLOWS"
    ]
    assert set(KINDS) - {RECEIVER} == {key.value for key in table.keys} - {"evaluation"}


def test_a_kind_may_change_routes_that_carry_shares_and_nothing_else(made):
    rules = {r.name: (r.inputs["metadata"]["namespace"], r.inputs["rules"]) for r in made.all(ROLE)}
    http, ai = ("gateway.networking.k8s.io", "httproutes"), ("aigateway.envoyproxy.io", "aigatewayroutes")
    assert rules == {
        f"loops-{kind}-{namespace}-role": (
            namespace,
            [{"apiGroups": [group], "resources": [resource], "verbs": verbs}],
        )
        for kind, verbs in (*((mover, ["get", "patch"]) for mover in MOVERS), ("receiver", ["get"]))
        for namespace, (group, resource) in (("models", http), ("edge", ai))
    }
    subjects = {r.name: r.inputs["subjects"] for r in made.all(BINDING)}
    assert subjects["loops-rollout-edge-binding"] == [
        {"kind": "ServiceAccount", "name": "rollout", "namespace": "loops"}
    ]


@pytest.mark.parametrize("kind", MOVERS)
def test_a_worker_has_its_account_its_key_and_a_branch_of_its_own(made, kind):
    spec = made.named(f"loops-{kind}").inputs["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert pod["serviceAccountName"] == kind
    assert container["args"] == ["worker", "--kind", kind, "--settings", "/etc/slipway/loops.yaml"]
    assert container["image"].startswith(
        "111122223333.dkr.ecr.eu-central-1.amazonaws.com/example-prod/runtime:src-"
    )
    assert "@sha256:" in container["image"]
    assert [v["name"] for v in pod["volumes"]] == ["told", "work", "api"]
    assert told(made, kind)["events"] == {
        "kms": {"key": f"alias/example-prod-loops-{kind}", "region": "eu-central-1"},
        "branch": f"slipway-events-{kind}",
        "remote": "origin",
    }


def test_what_a_worker_is_told_holds_no_secret_and_is_what_it_reads(made):
    """The field names are those of ``runtime/loops/settings.py``; its own tests read a file like this one."""
    said = told(made, "rollout")
    assert said.pop("prometheus")["queries"] == queries()
    assert said == {
        "environment": "prod",
        "temporal": {
            "address": "frontend.temporal.svc.cluster.local:7233",
            "namespace": "slipway",
            "tls": False,
        },
        "releases": "/var/lib/loops/checkout/releases/models",
        "policies": "/usr/local/lib/python3.11/dist-packages/policies/actions",
        "repository": {"url": REPOSITORY["url"], "branch": "main", "folder": "/var/lib/loops/checkout"},
        "shares": {"kind": "cluster", "server": "https://kubernetes.default.svc"},
        "events": said["events"],
        "people": {"keys": "/var/lib/loops/checkout/releases/people"},
        "references": "/var/lib/loops/checkout/releases/references",
        "proposals": "/var/lib/loops/proposals",
        "metrics": "0.0.0.0:9464",
    }
    assert {"metrics", "events"} & told(made, "receiver").keys() == set()


def test_alerts_come_in_by_one_door_and_the_engine_is_reached_by_name(made):
    policies = {r.inputs["metadata"]["name"]: r.inputs for r in made.all(POLICY)}
    (rule, _probes) = policies["alerts-to-receiver"]["spec"]["ingress"]
    assert rule["from"][0]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "alertmanager"}}
    assert {f"{kind}-to-temporal-egress" for kind in KINDS} <= set(policies)
    assert policies["loops-to-repository-egress"]["spec"]["egress"] == [
        {"to": [{"ipBlock": {"cidr": "192.0.2.10/32"}}], "ports": [{"port": 443, "protocol": "TCP"}]}
    ]


def test_an_engine_that_exists_is_reached_by_its_addresses_under_tls(deploy, args):
    made = deploy(lambda: LoopWorkers("loops", replace(args, engine=settings(existing=EXISTING))))
    policies = {r.inputs["metadata"]["name"]: r.inputs for r in made.all(POLICY)}
    assert not [name for name in policies if name.endswith("-to-temporal-egress")]
    assert policies["loops-to-engine-egress"]["spec"]["egress"][0]["ports"] == [
        {"port": 7233, "protocol": "TCP"}
    ]
    assert told(made, "rollout")["temporal"]["tls"] is True


def test_every_series_that_workers_ask_for_is_exported():
    signals = [name.replace("-", "_") for name in figures_of("vllm", "chat").signals]
    filled = [query.replace("{signal}", name) for query in queries().values() for name in signals]
    asked = {name for query in filled for name in re.findall(r"([a-z0-9_:]+)\{\w+=", query)}
    assert asked <= by_name().keys()
    assert "ovms_request_time_us_bucket" in asked


def test_every_alert_has_its_runbook():
    pages = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert {alert.name for alert in ALERTS} <= pages


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"url": "git@git.example.com:ml/slipway.git"}, "should match pattern"),
        ({"ranges": []}, "at least 1 item"),
        ({"ranges": ["everywhere"]}, "should be an address range"),
    ],
)
def test_a_repository_that_cannot_be_reached_is_refused(changed, message):
    with pytest.raises(ValidationError, match=message):
        LoopsSettings.model_validate({"repository": {**REPOSITORY, **changed}})
