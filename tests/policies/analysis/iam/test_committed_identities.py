"""What identities of the committed stacks must never do, whatever is merged, and that each can do its job."""

from functools import cache

import pytest

from policies.analysis.iam.effective import grants, may
from policies.analysis.iam.identities import ROLE, identities
from policies.analysis.iam.patterns import covers_action
from policies.analysis.iam.sessions import workloads
from tests.captured import STACKS, captured

NO_POD_MAY = (
    "iam:*", "sts:AssumeRole", "eks:*", "organizations:*", "kms:PutKeyPolicy", "kms:CreateGrant", "s3:Delete*",
    "s3:PutBucketPolicy", "s3:PutBucket*", "route53:*", "ec2:*", "elasticloadbalancing:*", "secretsmanager:*",
)  # fmt: skip


@cache
def above(stack):
    """Every role of every stack by ARN: a stack of models takes its roles from its platform's."""
    return {
        identity.holder.outputs["arn"]: identity
        for identity in identities(captured(stack).graph)
        if identity.holder is not None
    }


def roles():
    return {arn: identity for stack in STACKS for arn, identity in above(stack).items()}


def pods(stack, namespace="models"):
    return [w for w in workloads(captured(stack).graph, roles()) if w.name.startswith(f"{namespace}/")]


MODEL_PODS = [pytest.param(s, w, id=f"{s}-{w.name}") for s in STACKS for w in pods(s)]
SYSTEM_PODS = [
    pytest.param(w, id=f"{s}-{w.name}")
    for s in STACKS
    for w in workloads(captured(s).graph, roles())
    if not w.name.startswith("models/")
]


def bucket(workload, kind):
    """A bucket of the workload's own environment (``example-dev``)."""
    prefix = workload.holder.inputs["clusterName"]
    return f"arn:aws:s3:::{prefix}-{kind}-111122223333-eu-central-1"


def account(workload):
    return workload.name.partition("/")[2]


def test_there_are_models_and_system_pods_to_ask_about():
    assert len(MODEL_PODS) >= 6
    assert {w.values[0].name for w in SYSTEM_PODS} == {
        "agents/incident-triage-act",
        "agents/incident-triage-plan",
        "agents/incident-triage-reason",
        "karpenter/karpenter",
        "load-balancers/aws-load-balancer-controller",
        "loops/drift",
        "loops/end-of-life",
        "loops/remedy",
        "loops/rollout",
        "observability/kube-prometheus-stack-alertmanager",
        "observability/kube-prometheus-stack-prometheus",
        "observability/otel-collector",
        "temporal/temporal",
    }


@pytest.mark.parametrize(("_stack", "pod"), MODEL_PODS)
def test_a_model_reads_its_own_files_and_no_others(_stack, pod):
    models = bucket(pod, "models")
    assert may(pod, "s3:GetObject", f"{models}/{account(pod)}/weights.safetensors") == "depends"
    assert {c.key for g in grants(pod, "s3:GetObject") for c in g.conditions} == {"aws:requestedregion"}
    for other in ("another", f"{account(pod)}x", f"x{account(pod)}", ""):
        assert may(pod, "s3:GetObject", f"{models}/{other}/weights.safetensors") == "no"
    assert may(pod, "s3:PutObject", f"{models}/{account(pod)}/weights.safetensors") == "no"
    for kind in ("payloads", "logs", "trail"):
        assert grants(pod, "s3:Get*", f"{bucket(pod, kind)}*") == []
        assert grants(pod, "s3:List*", f"{bucket(pod, kind)}*") == []


@pytest.mark.parametrize(("_stack", "pod"), MODEL_PODS)
def test_a_model_writes_payloads_only_to_its_own_folder(_stack, pod):
    written = {g.resource for g in grants(pod, "s3:Put*")}
    own = [f"{bucket(pod, 'payloads')}/{c}/{account(pod)}/*" for c in ("confidential", "internal", "public")]
    assert written <= {*own, f"{bucket(pod, 'payloads')}/restricted/{account(pod)}/*"}
    assert bool(written) == any(covers_action(g.action, "kms:GenerateDataKey") for g in grants(pod))


@pytest.mark.parametrize("action", NO_POD_MAY)
@pytest.mark.parametrize(("_stack", "pod"), MODEL_PODS)
def test_no_model_changes_identity_policy_or_network(_stack, pod, action):
    assert grants(pod, action) == []


@pytest.mark.parametrize("pod", SYSTEM_PODS)
def test_no_pod_of_the_control_plane_reads_objects_or_secrets(pod):
    is_agent = pod.name.startswith("agents/")
    for action in ("secretsmanager:*", "dynamodb:*", "logs:Get*", *(() if is_agent else ("s3:*",))):
        assert grants(pod, action) == []
    # An agent's parts share its own prefix of a store; who publishes to a topic has AWS encrypt what it sends.
    through = "s3" if is_agent else "sns"
    for grant in grants(pod, "kms:Decrypt"):
        assert is_agent or account(pod) == "kube-prometheus-stack-alertmanager"
        said = {c.key: c.values for c in grant.conditions}
        assert said["kms:viaservice"] == (f"{through}.eu-central-1.amazonaws.com",)
        assert said["kms:resourcealiases"] in {("alias/example-dev-agents",), ("alias/example-prod-alerts",)}


@pytest.mark.parametrize("pod", [p for p in SYSTEM_PODS if p.values[0].name.startswith("agents/")])
def test_a_part_of_an_agent_reads_and_writes_below_its_own_prefix(pod):
    store = bucket(pod, "agents")
    for action in ("s3:GetObject", "s3:PutObject"):
        assert may(pod, action, f"{store}/incident-triage/a") == "depends"
        assert may(pod, action, f"{store}/another/a") == "no"
        assert may(pod, action, f"{bucket(pod, 'models')}/a") == "no"


@pytest.mark.parametrize("pod", SYSTEM_PODS)
def test_a_pod_of_the_control_plane_passes_no_role_but_the_nodes_to_ec2(pod):
    passed = grants(pod, "iam:PassRole")
    cluster = pod.holder.inputs["clusterName"]
    if pod.name == "karpenter/karpenter":
        assert [g.resource for g in passed] == [f"arn:aws:iam::111122223333:role/{cluster}-karpenter-node"]
        assert [c.written for c in passed[0].conditions] == [
            "iam:PassedToService StringEquals ec2.amazonaws.com"
        ]
    else:
        assert passed == []
    for action in (
        "iam:Put*",
        "iam:Attach*",
        "iam:Update*",
        "iam:CreateRole",
        "iam:CreatePolicy*",
        "iam:*Boundary",
    ):
        assert grants(pod, action) == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_document_of_the_committed_stacks_is_read_and_every_role_bounded(stack):
    declared = identities(captured(stack).graph)
    assert [i.name for i in declared if i.missing or i.elsewhere] == []
    assert [i.name for i in declared if i.holder and i.holder.type == ROLE and len(i.layers) != 2] == []
