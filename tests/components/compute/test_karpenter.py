import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.compute.karpenter import (
    Karpenter,
    KarpenterArgs,
    KarpenterSettings,
    chart_values,
    queue_policy,
)
from components.foundation.names import Names
from facts.pins import charts
from policies.engine.evaluate import judge
from tests.conftest import Made
from tests.policies.cases import platform_rules

RULES = platform_rules("karpenter.controller")

Deploy = Callable[[Callable[[], object]], Made]
RELEASE = "kubernetes:helm.sh/v3:Release"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
DEFINED = [
    "karpenter-crd-capacitybuffers.autoscaling.x-k8s.io",
    "karpenter-crd-ec2nodeclasses.karpenter.k8s.aws",
    "karpenter-crd-nodeclaims.karpenter.sh",
    "karpenter-crd-nodeoverlays.karpenter.sh",
    "karpenter-crd-nodepools.karpenter.sh",
]

INLINE_POLICY_LIMIT = 10_240
"""Characters of all inline policies of a role, white space not counted (IAM quotas, read 2026-11)."""


def karpenter(names: Names) -> Karpenter:
    cluster = ClusterHandle(
        name=names.cluster,
        arn=names.cluster_arn,
        endpoint="https://cluster.example.com",
        certificate_authority="ZXhhbXBsZQ==",
        security_group_id="sg-0123456789abcdef0",
    )
    addons = ClusterAddonsHandle()
    args = KarpenterArgs(settings=KarpenterSettings(), names=names, cluster=cluster, cluster_addons=addons)
    return Karpenter("karpenter", args)


@pytest.fixture
def made(deploy: Deploy, names: Names) -> Made:
    return deploy(lambda: karpenter(names))


def test_everything_it_registers(made: Made) -> None:
    rule, target = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    events = [
        "rebalance",
        "reservation-interruption",
        "scheduled-change",
        "spot-interruption",
        "state-change",
    ]
    assert made.children("karpenter") == sorted(
        [
            *((rule, f"karpenter-{event}") for event in events),
            *((target, f"karpenter-{event}") for event in events),
            ("aws:eks/accessEntry:AccessEntry", "karpenter-nodes-join"),
            ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "karpenter-identity"),
            ("aws:iam/role:Role", "karpenter-node-role"),
            ("aws:iam/role:Role", "karpenter-role"),
            ("aws:iam/rolePolicy:RolePolicy", "karpenter-permissions"),
            (attachment, "karpenter-node-AmazonEC2ContainerRegistryPullOnly"),
            (attachment, "karpenter-node-AmazonEKSWorkerNodePolicy"),
            ("aws:sqs/queue:Queue", "karpenter-interruption"),
            ("aws:sqs/queuePolicy:QueuePolicy", "karpenter-interruption"),
            ("kubernetes:core/v1:Namespace", "karpenter-namespace"),
            (RELEASE, "karpenter-controller"),
            *((DEFINITION, name) for name in DEFINED),
        ]
    )


def test_its_own_rules_hold(made: Made) -> None:
    said = judge(made.graph, RULES)
    assert (said.findings, said.undecided, said.faults) == ((), (), ())
    # One queue under three rules, its policy under one, five event rules, one role policy under two.
    assert said.decided == 3 + 1 + 5 + 2


def test_the_handle_is_complete_at_plan_time(deploy: Deploy, names: Names) -> None:
    found: list[Karpenter] = []
    deploy(lambda: found.append(karpenter(names)))
    assert found[0].handle.exports() == {
        "node_role_name": "example-test-karpenter-node",
        "interruption_queue_arn": "arn:aws:sqs:eu-central-1:111122223333:example-test-interruption",
    }
    assert [r._name for r in found[0].handle.ready] == [
        *DEFINED,
        "karpenter-controller",
        "karpenter-nodes-join",
        "karpenter-node-AmazonEKSWorkerNodePolicy",
        "karpenter-node-AmazonEC2ContainerRegistryPullOnly",
    ]


@pytest.mark.parametrize("name", ["karpenter-role", "karpenter-node-role"])
def test_both_roles_carry_the_boundary(made: Made, name: str) -> None:
    assert (
        made.named(name).inputs["permissionsBoundary"]
        == "arn:aws:iam::111122223333:policy/example-test-boundary"
    )


def test_only_the_controllers_pods_can_take_its_role(made: Made) -> None:
    trust = json.loads(made.named("karpenter-role").inputs["assumeRolePolicy"])["Statement"]
    assert [s["Principal"] for s in trust] == [{"Service": ["pods.eks.amazonaws.com"]}]
    assert trust[0]["Condition"]["StringEquals"] == {
        "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:111122223333:cluster/example-test",
        "aws:RequestTag/kubernetes-namespace": ["karpenter"],
        "aws:RequestTag/kubernetes-service-account": ["karpenter"],
        "aws:SourceAccount": "111122223333",
    }
    identity = made.named("karpenter-identity").inputs
    assert (identity["namespace"], identity["serviceAccount"]) == ("karpenter", "karpenter")


def test_the_nodes_it_makes_may_join(made: Made) -> None:
    entry = made.only("aws:eks/accessEntry:AccessEntry").inputs
    assert entry["type"] == "EC2_LINUX"
    assert entry["principalArn"] == "arn:aws:iam::111122223333:role/example-test-karpenter-node"
    trust = json.loads(made.named("karpenter-node-role").inputs["assumeRolePolicy"])["Statement"]
    assert [s["Principal"] for s in trust] == [{"Service": ["ec2.amazonaws.com"]}]


def test_the_queue_is_encrypted_short_lived_and_fed_by_every_rule(made: Made) -> None:
    queue = made.only("aws:sqs/queue:Queue").inputs
    assert queue["name"] == "example-test-interruption"
    assert queue["sqsManagedSseEnabled"] is True
    assert queue["messageRetentionSeconds"] == 300
    targets = made.all("aws:cloudwatch/eventTarget:EventTarget")
    rules = {r.inputs["name"] for r in made.all("aws:cloudwatch/eventRule:EventRule")}
    arn = "arn:aws:sqs:eu-central-1:111122223333:example-test-interruption"
    assert {t.inputs["arn"] for t in targets} == {arn}
    assert {t.inputs["rule"] for t in targets} == rules


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        (
            "spot-interruption",
            {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]},
        ),
        ("rebalance", {"source": ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"]}),
        ("state-change", {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}),
        ("scheduled-change", {"source": ["aws.health"], "detail-type": ["AWS Health Event"]}),
        (
            "reservation-interruption",
            {
                "source": ["aws.ec2"],
                "detail-type": ["EC2 Capacity Reservation Instance Interruption Warning"],
            },
        ),
    ],
)
def test_what_it_hears_of(made: Made, name: str, pattern: dict[str, list[str]]) -> None:
    rules = made.all("aws:cloudwatch/eventRule:EventRule")
    found = next(r for r in rules if r.name == f"karpenter-{name}")
    assert json.loads(found.inputs["eventPattern"]) == pattern


def test_only_event_rules_of_this_account_send_and_nobody_without_tls(names: Names) -> None:
    queue = "arn:aws:sqs:eu-central-1:111122223333:example-test-interruption"
    assert json.loads(queue_policy(names))["Statement"] == [
        {
            "Sid": "EventBridgeSendsMessages",
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Principal": {"Service": ["events.amazonaws.com"]},
            "Resource": [queue],
            "Condition": {
                "ArnLike": {"aws:SourceArn": "arn:aws:events:eu-central-1:111122223333:rule/*"},
                "StringEquals": {"aws:SourceAccount": "111122223333"},
            },
        },
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Action": ["sqs:*"],
            "Principal": {"AWS": ["*"]},
            "Resource": [queue],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]


def test_the_policy_fits_the_quota_of_inline_policies(made: Made) -> None:
    policy = made.named("karpenter-permissions").inputs["policy"]
    assert len("".join(policy.split())) < INLINE_POLICY_LIMIT


def test_the_chart_is_pinned_and_the_crds_outlive_the_stack(made: Made) -> None:
    release = made.named("karpenter-controller")
    chart = charts()["karpenter"]
    assert release.inputs["chart"] == f"{chart.repository}/{chart.chart}"
    assert release.inputs["version"] == chart.version
    assert release.inputs["namespace"] == "karpenter"
    assert release.inputs["atomic"] is True
    assert release.inputs["skipCrds"] is True
    assert sorted(r.name for r in made.graph if r.retain_on_delete) == DEFINED


def test_the_controller_comes_after_its_crds_its_queue_and_its_credentials(made: Made) -> None:
    before = made.graph.waits_for(made.named("karpenter-controller").urn)
    for name in (*DEFINED, "karpenter-namespace", "karpenter-identity", "karpenter-permissions"):
        assert made.named(name).urn in before
    assert made.only("aws:sqs/queue:Queue").urn in before
    assert made.only("aws:sqs/queuePolicy:QueuePolicy").urn in before


def test_the_chart_values(names: Names) -> None:
    assert chart_values(names, KarpenterSettings()) == {
        "replicas": 2,
        "logLevel": "info",
        "podDisruptionBudget": {"name": "karpenter", "maxUnavailable": 1},
        "serviceAccount": {"create": True, "name": "karpenter"},
        "settings": {
            "clusterName": "example-test",
            "eksControlPlane": True,
            "interruptionQueue": "example-test-interruption",
            "featureGates": {"reservedCapacity": True, "nodeRepair": True},
            "enableZonalShift": True,
        },
        "controller": {
            "env": [{"name": "AWS_REGION", "value": "eu-central-1"}],
            "resources": {
                "requests": {"cpu": "500m", "memory": "1Gi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
        },
        "nodeSelector": {"kubernetes.io/os": "linux", "slipway.dev/pool": "system"},
        "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
    }


@pytest.mark.parametrize(
    "changes", [{"replicas": 1}, {"replicas": True}, {"log_level": "trace"}, {"version": "1"}]
)
def test_bad_settings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KarpenterSettings(**changes)
