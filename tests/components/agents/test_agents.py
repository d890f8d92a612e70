"""The agents of a stack: three workers each, of which none has what another one has, and what they share."""

import json
from dataclasses import replace

import pytest

from components.agents.agent_settings import AgentSettings
from components.agents.agents import Agents, AgentsArgs
from components.agents.chosen import ChosenAgent
from components.gateway.gateway import GatewayHandle
from components.loops.durable import DurableHandle
from components.models.workload_namespace import WorkloadNamespaceHandle
from components.network.ground import Ground
from components.observability.telemetry import TelemetryHandle
from components.storage.model_store import ModelStoreHandle
from gate.schema.shape import check_shapes
from releases.agent import Agent
from releases.agent_files import agent_files
from releases.agent_load import find_agent, load_agents
from releases.load import load_releases
from runtime.loops.agents.settings import AgentSettings as WorkerSettings
from runtime.loops.settings import LoopsSettings
from tests.components.loops.test_durable import EXISTING, NAMES, settings
from tests.conftest import ROOT

RELEASES = ROOT / "releases"
CALLERS = {"reason": "a", "plan": "b"}
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
AUTHORIZATION = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
ROLE = "aws:iam/rolePolicy:RolePolicy"


def triage(**changes):
    chosen = AgentSettings.model_validate({"version": "v3", "callers": CALLERS, **changes})
    loaded = find_agent(
        load_agents(load_releases(RELEASES / "models"), RELEASES / "agents"), "incident-triage", "v3"
    )
    files = agent_files(RELEASES, "incident-triage", ["support-chat"])
    return ChosenAgent(settings=chosen, loaded=loaded, files=files)


def with_tool(found, reaches):
    """The same agent, whose reading tools are elsewhere."""
    data = found.agent.model_dump(mode="json", exclude_unset=True)
    for tool in data["tools"].values():
        if tool["effect"]["kind"] == "read":
            tool["reaches"] = reaches
    loaded = replace(found.loaded)
    object.__setattr__(loaded, "agent", Agent.model_validate(data))
    return replace(found, loaded=loaded)


@pytest.fixture
def args():
    handle = {field: "x" for field in GatewayHandle.__dataclass_fields__ if field != "ready"}
    store = {field: "x" for field in ModelStoreHandle.__dataclass_fields__ if field != "ready"}
    return AgentsArgs(
        agents={"incident-triage": triage()},
        engine=settings(),
        hostname="models.example.com",
        has_own_authority=True,
        names=NAMES,
        ground=Ground(
            api_server_range="10.0.0.0/24", endpoint_ranges=["10.0.1.0/27"], balancer_ranges={}, zones=["a"]
        ),
        model_store=ModelStoreHandle(**store),
        durable=DurableHandle(address="frontend.temporal.svc.cluster.local:7233", namespace="slipway"),
        workload_namespace=WorkloadNamespaceHandle(name="models"),
        gateway=GatewayHandle(**handle),
        telemetry=TelemetryHandle(otlp_endpoint="http://otel:4317"),
    )


@pytest.fixture
def made(deploy, args):
    return deploy(lambda: Agents("agents", args))


def pod(made, part):
    return made.named(f"agent-incident-triage-{part}").inputs["spec"]["template"]["spec"]


def policies(made):
    return {r.inputs["metadata"]["name"]: r.inputs["spec"] for r in made.all(POLICY)}


def told(made, part, file="agent.yaml"):
    return json.loads(made.named(f"agent-incident-triage-{part}-told").inputs["data"][file])


def test_every_object_has_the_shape_its_api_defines(made):
    assert check_shapes(made.graph).problems == ()


def test_no_part_has_what_another_part_has(made):
    pods = {part: pod(made, part) for part in ("reason", "plan", "act")}
    assert {part: found["serviceAccountName"] for part, found in pods.items()} == {
        part: f"incident-triage-{part}" for part in pods
    }
    volumes = {part: {v["name"]: v for v in found["volumes"]} for part, found in pods.items()}
    assert {part: found["secrets"]["secret"]["secretName"] for part, found in volumes.items()} == {
        part: f"incident-triage-{part}" for part in pods
    }
    keys = {
        part: [item["path"] for item in found["secrets"]["secret"]["items"]]
        for part, found in volumes.items()
    }
    assert keys == {
        "reason": ["token", "authority.pem"],
        "plan": ["token", "authority.pem"],
        "act": ["journal.pem", "identities/triage-reader"],
    }
    assert [part for part in pods if "journal" in volumes[part]] == ["act"]
    assert not any(found["automountServiceAccountToken"] for found in pods.values())


def test_a_role_keeps_and_reads_the_texts_of_its_own_agent(made):
    documents = {r.name: json.loads(r.inputs["policy"]) for r in made.all(ROLE)}
    assert set(documents) == {
        f"agent-incident-triage-{part}-role-policy" for part in ("reason", "plan", "act")
    }
    bucket = "arn:aws:s3:::example-prod-agents-111122223333-eu-central-1"
    (document,) = {json.dumps(found, sort_keys=True) for found in documents.values()}
    (keep, see, _key) = json.loads(document)["Statement"]
    assert (keep["Action"], keep["Resource"]) == (
        ["s3:GetObject", "s3:PutObject"],
        [f"{bucket}/incident-triage/*"],
    )
    assert see["Condition"] == {"StringLike": {"s3:prefix": "incident-triage/*"}}
    trusted = json.loads(made.named("agent-incident-triage-act-role-role").inputs["assumeRolePolicy"])
    (statement,) = trusted["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == [
        "incident-triage-act"
    ]


def test_the_bucket_forgets_after_the_days_of_the_record(made):
    (rules,) = [
        r.inputs["rules"]
        for r in made.all("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    ]
    assert [(r["filter"]["prefix"], r.get("expiration")) for r in rules] == [
        ("", {"days": 30}),
        ("incident-triage/internal/", {"days": 30}),
    ]


def test_who_thinks_reaches_the_gateway_and_the_engine_and_who_acts_its_desk(made):
    out = {
        name: spec["egress"][0]["to"][0]["podSelector"]["matchLabels"]
        for name, spec in policies(made).items()
        if name.startswith("incident-triage") and spec["policyTypes"] == ["Egress"]
    }
    edge = {"gateway.envoyproxy.io/owning-gateway-name": "edge"}
    engine = {"app.kubernetes.io/name": "temporal", "app.kubernetes.io/component": "frontend"}
    assert out == {
        "incident-triage-reason-to-edge-egress": edge,
        "incident-triage-plan-to-edge-egress": edge,
        "incident-triage-act-to-desk-egress": {"app.kubernetes.io/name": "triage-desk"},
        **{f"incident-triage-{part}-to-temporal-egress": engine for part in ("reason", "plan", "act")},
    }
    (spans,) = policies(made)["agents-to-otel-collector-egress"]["egress"]
    assert spans["to"][0]["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "opentelemetry-collector"
    }
    allowed = {
        r.inputs["metadata"]["name"]: r.inputs["spec"]["rules"][0]["from"][0]["source"]["principals"]
        for r in made.all(AUTHORIZATION)
        if r.inputs["spec"].get("rules")
    }
    assert allowed["incident-triage-act-to-desk"] == ["cluster.local/ns/agents/sa/incident-triage-act"]
    assert allowed["incident-triage-plan-to-edge"] == ["cluster.local/ns/agents/sa/incident-triage-plan"]


def test_a_tool_in_the_cluster_is_reached_by_its_name_and_one_outside_by_its_addresses(deploy, args):
    inside = with_tool(triage(), "https://tickets.support.svc:8443")
    made = deploy(lambda: Agents("agents", replace(args, agents={"incident-triage": inside})))
    (rule,) = policies(made)["incident-triage-to-tickets-support-svc-8443-egress"]["egress"]
    assert rule["to"][0]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "tickets"}}
    assert rule["ports"] == [{"port": 15008, "protocol": "TCP"}]
    assert not [r for r in made.graph if "desk" in r.name]


def test_a_tool_outside_gets_its_port_at_its_addresses(deploy, args):
    addresses = {"mail.example.com": ["192.0.2.20/32"]}
    outside = with_tool(triage(addresses=addresses), "https://mail.example.com")
    made = deploy(lambda: Agents("agents", replace(args, agents={"incident-triage": outside})))
    spec = policies(made)["incident-triage-to-mail-example-com-443-egress"]
    assert spec["egress"] == [
        {"to": [{"ipBlock": {"cidr": "192.0.2.20/32"}}], "ports": [{"port": 443, "protocol": "TCP"}]}
    ]
    assert spec["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "act"


def test_the_one_that_acts_is_alone_and_keeps_its_journal(made):
    spec = made.named("agent-incident-triage-act").inputs["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    claim = made.named("agent-incident-triage-journal").inputs
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]


@pytest.mark.parametrize("part", ["reason", "plan", "act"])
def test_what_a_part_is_told_is_what_its_worker_reads(made, part):
    said = WorkerSettings.model_validate(told(made, part))
    assert said.problems() == []
    assert said.part == part
    assert said.bucket.name == "example-prod-agents-111122223333-eu-central-1"
    if part == "act":
        assert LoopsSettings.model_validate(told(made, part, "loops.yaml")).releases == (
            "/etc/slipway/releases/models"
        )
    else:
        assert (said.gateway.address, said.gateway.hostname) == (
            "https://edge-inside.edge.svc.cluster.local",
            "models.example.com",
        )


def test_an_edge_that_everybody_trusts_needs_no_authority_of_ours(deploy, args):
    made = deploy(lambda: Agents("agents", replace(args, has_own_authority=False)))
    assert "authority" not in told(made, "plan")["gateway"]
    (secrets,) = [v for v in pod(made, "plan")["volumes"] if v["name"] == "secrets"]
    assert secrets["secret"]["items"] == [{"key": "token", "path": "token"}]


def test_records_lie_where_they_are_read(made):
    data = made.named("agent-incident-triage-records").inputs["data"]
    (volume,) = [v for v in pod(made, "act")["volumes"] if v["name"] == "records"]
    paths = {item["path"]: data[item["key"]] for item in volume["configMap"]["items"]}
    assert paths == {path: (RELEASES / path).read_text(encoding="utf-8") for path in triage().files}
    assert {
        "agents/approvers.yaml",
        "agents/incident-triage/v3/agent.yaml",
        "models/support-chat/v1/release.yaml",
    } < set(paths)


def test_an_engine_that_exists_is_reached_by_its_addresses(deploy, args):
    made = deploy(lambda: Agents("agents", replace(args, engine=settings(existing=EXISTING))))
    spec = policies(made)["agents-to-engine-egress"]
    assert spec["egress"] == [
        {"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 7233, "protocol": "TCP"}]}
    ]
    assert not [name for name in policies(made) if "to-temporal" in name]
    assert told(made, "act")["temporal"]["tls"] is True


def test_what_rules_must_know_stands_in_the_component(made):
    (workers,) = made.all("slipway:agents:AgentWorkers")
    assert workers.inputs["agent"] == "incident-triage"
    assert workers.inputs["tools"]["take-away"] == {
        "effect": "irreversible",
        "identity": "triage-remedy",
        "reaches": "run://remedy",
    }


def test_alerts_name_its_queues_and_its_promise(made):
    (rule,) = made.all("kubernetes:monitoring.coreos.com/v1:PrometheusRule")
    groups = {group["name"]: group["rules"] for group in rule.inputs["spec"]["groups"]}
    assert [one["alert"] for one in groups["slipway-agents"]] == ["AgentWithoutWorker", "AgentRunStuck"]
    assert (
        "incident-triage-reason|incident-triage-plan|incident-triage-act"
        in (groups["slipway-agents"][0]["expr"])
    )
    promised = groups["slo-incident-triage-task-success"]
    alerts = [one for one in promised if "alert" in one]
    assert [one["alert"] for one in alerts] == ["ErrorBudgetBurnFast", "ErrorBudgetBurnSlow"]
    # A label ``model`` would bring the alert to the door of the loops.
    assert alerts[0]["labels"]["agent"] == "incident-triage"
    assert "model" not in alerts[0]["labels"]
    recorded = {one["record"]: one["expr"] for one in promised if "record" in one}
    assert recorded["slo:errors:rate5m"] == (
        'sum(rate(slipway_agent_runs{agent="incident-triage",result=~"stopped|failed|stuck"}[5m]))'
    )
    assert recorded["slo:target:ratio"] == "vector(0.8)"
