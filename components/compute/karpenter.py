"""Karpenter: makes nodes when pods need them, and hears when AWS takes one back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.cluster.node_pulls import node_pulls
from components.cluster.node_shell import Debug, node_shell
from components.compute.karpenter_permissions import controller_statements
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.iam_document import Statement, document, service_trust
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import KARPENTER
from components.identity.pod_roles import ControllerParts, PodRoleArgs, controller_role

EVENTS: Final = {
    "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    "scheduled-change": ("aws.health", "AWS Health Event"),
    "reservation-interruption": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""What Karpenter v1.14.1 listens to (the parsers under pkg/controllers/interruption/messages)."""
_SERVICE_ACCOUNT: Final = "karpenter"
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")


class KarpenterSettings(Settings):
    """``karpenter:`` in a stack file."""

    replicas: int = Field(default=2, ge=2, le=5)
    """One leads, the others wait. Each needs a system node of its own."""
    log_level: Literal["debug", "info", "error"] = "info"
    debug: Debug | None = None
    """``ssm``: who may start a session in Systems Manager gets a shell on a node that Karpenter made."""


@dataclass(frozen=True, kw_only=True)
class KarpenterArgs:
    """What :class:`Karpenter` needs."""

    settings: KarpenterSettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class KarpenterHandle(Handle):
    """What others may use of :class:`Karpenter`."""

    node_role_name: pulumi.Input[str]
    interruption_queue_arn: pulumi.Input[str]


def chart_values(names: Names, settings: KarpenterSettings) -> dict[str, Any]:
    """The controller chart's values; pod and container security are the chart's own and pass "restricted"."""
    return {
        "replicas": settings.replicas,
        "logLevel": settings.log_level,
        "podDisruptionBudget": {"name": "karpenter", "maxUnavailable": 1},
        "serviceAccount": {"create": True, "name": _SERVICE_ACCOUNT},
        "settings": {
            "clusterName": names.cluster,
            # The endpoint and its certificate come from eks:DescribeCluster.
            "eksControlPlane": True,
            "interruptionQueue": names.queue("interruption"),
            # Repairs what the node monitoring agent finds broken, such as a GPU with Xid errors.
            "featureGates": {"reservedCapacity": True, "nodeRepair": True},
            # No machines in a zone that the cluster's own zonal shift leaves.
            "enableZonalShift": True,
        },
        "controller": {
            # The metadata service, where it would look else, is out of a pod's reach.
            "env": [{"name": "AWS_REGION", "value": names.region}],
            "resources": {
                "requests": {"cpu": "500m", "memory": "1Gi"},
                "limits": {"cpu": "2", "memory": "1Gi"},
            },
        },
        # Karpenter must not run on nodes that Karpenter makes.
        **ON_SYSTEM_NODES,
    }


def queue_policy(names: Names) -> str:
    """EventBridge of this account may send; nobody may do anything without TLS."""
    queue = names.arn("sqs", names.queue("interruption"))
    return document(
        Statement(
            sid="EventBridgeSendsMessages",
            actions=["sqs:SendMessage"],
            resources=[queue],
            principals={"Service": ["events.amazonaws.com"]},
            conditions={
                "ArnLike": {"aws:SourceArn": names.arn("events", "rule/*")},
                "StringEquals": {"aws:SourceAccount": names.account},
            },
        ),
        Statement(
            sid="DenyInsecureTransport",
            effect="Deny",
            actions=["sqs:*"],
            resources=[queue],
            principals={"AWS": ["*"]},
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        ),
    )


class Karpenter(PlatformComponent):
    """The controller with its permissions, the role of the nodes it makes, and the interruption queue.

    Nodes it made outlive it: delete the node pools first, or the machines stay and cost.
    """

    TYPE = "slipway:compute:Karpenter"

    def __init__(self, name: str, args: KarpenterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        nodes_join = self._node_role(name, args)
        hears = self._interruption_queue(name, names)
        identity = self._controller_identity(name, args)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(KARPENTER),
            # Before its access entry the deploy role may not write to the cluster.
            self.child_opts(depends_on=list(args.cluster.ready)),
        )
        crds = define(self, name, "karpenter")
        controller = release(
            f"{name}-controller",
            "karpenter",
            KARPENTER,
            chart_values(names, args.settings),
            # Credentials are injected when the pod is admitted, so the association comes first; without its
            # CRDs, its queue or DNS the controller ends at start.
            self.child_opts(depends_on=[*crds, namespace, *identity, *hears, *args.cluster_addons.ready]),
            registry=args.registry,
        )
        self.handle = KarpenterHandle(
            node_role_name=names.role("karpenter-node"),
            interruption_queue_arn=names.arn("sqs", names.queue("interruption")),
            ready=(*crds, controller, *nodes_join),
        )
        self.register_outputs({})

    def _node_role(self, name: str, args: KarpenterArgs) -> tuple[pulumi.Resource, ...]:
        names = args.names
        role = aws.iam.Role(
            f"{name}-node-role",
            name=names.role("karpenter-node"),
            assume_role_policy=service_trust("ec2.amazonaws.com"),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-node-role"),
            opts=self.child_opts(),
        )
        attached: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{name}-node-{policy}",
                role=role.name,
                policy_arn=f"arn:{names.partition}:iam::aws:policy/{policy}",
                opts=self.child_opts(),
            )
            for policy in _NODE_POLICIES
        ]
        attached += node_pulls(self, f"{name}-node", role, args.registry)
        node_shell(self, f"{name}-node", names, role, args.settings.debug)
        entry = aws.eks.AccessEntry(
            f"{name}-nodes-join",
            cluster_name=args.cluster.name,
            principal_arn=role.arn,
            type="EC2_LINUX",
            tags=self.tags(f"{name}-nodes-join"),
            # The cluster is named by a complete string, so Pulumi cannot see the dependency.
            opts=self.child_opts(depends_on=list(args.cluster.ready)),
        )
        return (entry, *attached)

    def _interruption_queue(self, name: str, names: Names) -> tuple[pulumi.Resource, ...]:
        queue = aws.sqs.Queue(
            f"{name}-interruption",
            name=names.queue("interruption"),
            # A warning is worthless once the machine is gone.
            message_retention_seconds=300,
            # With the queue's own key: EventBridge could not send under a KMS key without a grant.
            sqs_managed_sse_enabled=True,
            tags=self.tags(f"{name}-interruption"),
            opts=self.child_opts(),
        )
        policy = aws.sqs.QueuePolicy(
            f"{name}-interruption", queue_url=queue.url, policy=queue_policy(names), opts=self.child_opts()
        )
        for role, (source, kind) in EVENTS.items():
            rule = aws.cloudwatch.EventRule(
                f"{name}-{role}",
                name=names.queue(role),
                event_pattern=json.dumps({"source": [source], "detail-type": [kind]}),
                tags=self.tags(f"{name}-{role}"),
                opts=self.child_opts(),
            )
            aws.cloudwatch.EventTarget(
                f"{name}-{role}", rule=rule.name, arn=queue.arn, opts=self.child_opts()
            )
        return (queue, policy)

    def _controller_identity(self, name: str, args: KarpenterArgs) -> tuple[pulumi.Resource, ...]:
        # The agent that answers for it is one of the cluster's add-ons.
        return controller_role(
            self,
            ControllerParts.of(name),
            PodRoleArgs(
                names=args.names,
                role="karpenter",
                namespace=KARPENTER,
                service_account=_SERVICE_ACCOUNT,
                statements=controller_statements(args.names),
                after=args.cluster.ready,
            ),
            args.cluster.name,
        )
