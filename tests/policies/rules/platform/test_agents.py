from policies.engine.graph import UNKNOWN
from policies.rules.platform.agents import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
TUNNEL = [{"port": 15008, "protocol": "TCP"}]
OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]


def labels(part="", agent="triage"):
    return {
        "app.kubernetes.io/name": "slipway-agent",
        **({"slipway.dev/agent": agent} if agent else {}),
        **({"app.kubernetes.io/component": part} if part else {}),
    }


def worker(part, account="", holds="", **changes):
    pod = {
        "serviceAccountName": account or f"triage-{part}",
        "volumes": [
            {"name": "secrets", "secret": {"secretName": holds or f"triage-{part}"}},
            {"name": "journal", "persistentVolumeClaim": {"claimName": "triage-journal"}},
        ],
    }
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "template": {"metadata": {"labels": labels(part)}, "spec": {**pod, **changes.pop("pod", {})}},
        **changes,
    }
    inputs = {"metadata": {"name": f"triage-{part}", "namespace": "agents"}, "spec": spec}
    return resource("kubernetes:apps/v1:Deployment", inputs, f"triage-{part}")


def association(account, role, namespace="agents"):
    inputs = {"namespace": namespace, "serviceAccount": account, "roleArn": role}
    return resource(ASSOCIATION, inputs, account)


def policy(part="act", *egress, agent="triage", namespace="agents", **selector):
    chosen = selector or {"matchLabels": labels(part, agent)}
    spec = {"podSelector": chosen, "policyTypes": ["Egress"], "egress": list(egress)}
    inputs = {"metadata": {"name": "p", "namespace": namespace}, "spec": spec}
    return resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", inputs, "p")


def to(namespace, ports=TUNNEL, **pods):
    selector = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    if pods:
        found = {key.replace("_", "-"): value for key, value in pods.items()}
        selector["podSelector"] = {"matchLabels": {f"app.kubernetes.io/{k}": v for k, v in found.items()}}
    return {"to": [selector], "ports": ports}


def block(cidr, port=443):
    return {"to": [{"ipBlock": {"cidr": cidr}}], "ports": [{"port": port, "protocol": "TCP"}]}


DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"port": 53, "protocol": "UDP"}],
}
RECORD = resource(
    "slipway:agents:AgentWorkers",
    {
        "agent": "triage",
        "tools": {
            "read": {"reaches": "http://triage-desk.agents.svc:8080"},
            "mail": {"reaches": "https://mail.example.com"},
            "act": {"reaches": "run://remedy"},
        },
    },
    "agent-triage",
)

CASES = {
    "agent-parts-have-identities-of-their-own": RuleCases(
        passing=[
            Case(worker("act"), [worker("plan"), worker("reason")]),
            Case(association("triage-act", "arn:act"), [association("triage-plan", "arn:plan")]),
        ],
        failing=[
            Case(
                worker("act", account="triage"),
                [worker("plan", account="triage")],
                findings=[
                    (
                        "spec.template.spec.serviceAccountName: triage act acts as triage plan does, and may "
                        "whatever "
                        "that one may"
                    )
                ],
            ),
            Case(
                worker("act", holds="shared"),
                [worker("plan", holds="shared")],
                findings=[
                    "spec.template.spec.volumes: triage act and triage plan hold the same Secret shared"
                ],
            ),
            Case(
                worker("act", pod={"serviceAccountName": ""}),
                findings=[
                    "spec.template.spec.serviceAccountName: triage act has no service account of its own"
                ],
            ),
            Case(
                association("triage-act", "arn:one"),
                [association("triage-plan", "arn:one")],
                findings=["roleArn: triage-plan has this role too; a part of an agent has its own"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(worker("act", account=UNKNOWN)),
            Case(association("triage-act", UNKNOWN)),
        ],
    ),
    "agents-reach-what-their-records-name": RuleCases(
        passing=[
            Case(policy("act", to("agents", name="triage-desk")), [RECORD]),
            Case(policy("act", block("192.0.2.10/32"), to("temporal", name="temporal")), [RECORD]),
            Case(policy("plan", to("edge", component="edge"), DNS)),
            Case(policy("", to("observability", name="opentelemetry-collector"), agent="")),
            Case(policy("", block("10.0.1.0/27"), block("169.254.170.23/32", 80), DNS, agent="")),
            Case(policy("act", block("0.0.0.0/0"), namespace="elsewhere")),
            Case(policy(matchLabels={"app.kubernetes.io/name": "triage-desk"})),
        ],
        failing=[
            Case(
                policy("act", to("support", name="tickets")),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach pods of support, which no tool of its record "
                        "names"
                    )
                ],
            ),
            Case(
                policy("", to("observability", name="prometheus"), agent=""),
                findings=[
                    "spec.egress[0].to[0]: every agent may reach pods of observability, which not every part has to"
                ],
            ),
            Case(
                policy("act", block("192.0.2.10/32", 25)),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach 192.0.2.10/32 on a port that no tool of its "
                        "record names"
                    )
                ],
            ),
            Case(
                policy("act", block("0.0.0.0/0")),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach 0.0.0.0/0, more addresses than a service has "
                        "(256)"
                    )
                ],
            ),
            Case(
                policy("act", to("agents", name="triage-desk")),
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach pods of agents, and no record of triage is in "
                        "view"
                    )
                ],
            ),
            Case(
                policy("act", block("192.0.2.10/32")),
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach 192.0.2.10/32, and no record of triage is in "
                        "view"
                    )
                ],
            ),
            Case(
                policy("act", to("edge", component="edge")),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage act may reach pods of edge, which no tool of its record "
                        "names"
                    )
                ],
            ),
            Case(
                policy("reason", to("agents", name="triage-desk")),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage reason may reach pods of agents, and thinks: it asks the "
                        "gateway and "
                        "the engine alone"
                    )
                ],
            ),
            Case(
                policy("plan", block("192.0.2.10/32")),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: triage plan may reach 192.0.2.10/32, and thinks: it asks the "
                        "gateway and the "
                        "engine alone"
                    )
                ],
            ),
            Case(
                policy("", to("support", name="tickets"), to("support"), agent=""),
                [RECORD],
                findings=[
                    (
                        "spec.egress[0].to[0]: every agent may reach pods of support, which not every part has "
                        "to"
                    ),
                    "spec.egress[1].to[0]: every agent may reach every pod of support",
                ],
            ),
            Case(
                policy("act", {"ports": TUNNEL}, {**to("agents", name="triage-desk"), "ports": []}),
                [RECORD],
                findings=[
                    "spec.egress[0].to: triage act may reach whatever there is",
                    "spec.egress[1].ports: triage act may reach more than one port there",
                    (
                        "spec.egress[1].to[0]: triage act may reach pods of agents, which no tool of its record "
                        "names"
                    ),
                ],
            ),
            Case(
                policy(matchExpressions=[{"key": "slipway.dev/agent", "operator": "Exists"}]),
                findings=[
                    (
                        "spec.podSelector.matchExpressions: whom it opens a way for cannot be said; select an "
                        "agent and its "
                        "part by labels"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(policy("act", block(UNKNOWN))),
            Case(policy("act", to("agents", name=UNKNOWN)), [RECORD]),
        ],
    ),
    "one-worker-acts-for-an-agent": RuleCases(
        passing=[
            Case(worker("act")),
            Case(worker("plan", replicas=3, strategy={"type": "RollingUpdate"})),
        ],
        failing=[
            Case(
                worker("act", replicas=2),
                findings=["spec.replicas: 2 workers act for triage, each with budgets of its own"],
            ),
            Case(
                worker("act", strategy={}),
                findings=[
                    (
                        "spec.strategy.type: a new worker acts for triage beside the old one, and neither counts "
                        "the "
                        "other's calls"
                    )
                ],
            ),
            Case(
                worker("act", pod={"volumes": [{"name": "journal", "emptyDir": {}}]}),
                findings=[
                    (
                        "spec.template.spec.volumes: what triage has spent and who approved it goes with the pod: "
                        "it has "
                        "no disk"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(worker("act", replicas=UNKNOWN))],
    ),
}

test_agents = cases_test(PLATFORM, CASES)
