"""The most any role of the platform can ever do, whatever is attached to it."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import Handle, PlatformComponent
from components.iam_document import Statement, document
from components.names import Names

ENVELOPE: Final[dict[str, tuple[str, ...]]] = {
    "Network": (
        "ec2:AssignIpv6Addresses", "ec2:AssignPrivateIpAddresses", "ec2:Attach*", "ec2:Authorize*",
        "ec2:Create*", "ec2:Delete*", "ec2:Describe*", "ec2:Detach*", "ec2:EnableFastSnapshotRestores",
        "ec2:GetSpotPlacementScores", "ec2:Modify*", "ec2:Revoke*", "ec2:RunInstances", "ec2:TerminateInstances",
        "ec2:UnassignIpv6Addresses", "ec2:UnassignPrivateIpAddresses", "ec2:LockSnapshot",
        "elasticloadbalancing:Add*", "elasticloadbalancing:Configure*", "elasticloadbalancing:Create*",
        "elasticloadbalancing:Delete*", "elasticloadbalancing:Deregister*", "elasticloadbalancing:Describe*",
        "elasticloadbalancing:Modify*", "elasticloadbalancing:Register*", "elasticloadbalancing:Set*",
        "autoscaling:Describe*", "autoscaling:UpdateAutoScalingGroup", "pricing:GetProducts",
        "ssm:GetParameter",
    ),
    "Cluster": ("eks:Describe*", "eks:List*", "eks-auth:AssumeRoleForPodIdentity"),
    "Identity": (
        "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:CreateServiceLinkedRole",
        "iam:DeleteInstanceProfile", "iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:PassRole",
        "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "sts:AssumeRole", "sts:TagSession",
    ),
    "Images": (
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage",
        "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
    ),
    "Data": (
        "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
        "s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject",
        "secretsmanager:GetSecretValue", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage",
    ),
    "Telemetry": (
        "cloudwatch:PutMetricData", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ),
}  # fmt: skip
"""What the managed policies of nodes, control plane and drivers and the platform's own roles need, and no
more: no IAM role, user, policy or key can be made by any of them."""


@dataclass(frozen=True, kw_only=True)
class PermissionsBoundaryArgs:
    """What :class:`PermissionsBoundary` needs."""

    names: Names


@dataclass(frozen=True, kw_only=True)
class PermissionsBoundaryHandle(Handle):
    """What others may use of :class:`PermissionsBoundary`: that roles can name it."""


def boundary_document() -> str:
    """The envelope as a policy document, closed to other regions' resources by the roles' own statements."""
    return document(
        *(
            Statement(
                sid=area,
                actions=actions,
                resources=["*"],
                unscoped_because="a boundary grants nothing; each role's own policy scopes the resource",
            )
            for area, actions in ENVELOPE.items()
        ),
        Statement(
            sid="NeverTheBoundaryItself",
            effect="Deny",
            actions=[
                "iam:DeleteRolePermissionsBoundary",
                "iam:PutRolePermissionsBoundary",
                "iam:CreatePolicyVersion",
            ],
            resources=["*"],
        ),
    )


class PermissionsBoundary(PlatformComponent):
    """A managed policy every role of the platform carries as its boundary."""

    TYPE = "slipway:identity:PermissionsBoundary"

    def __init__(
        self, name: str, args: PermissionsBoundaryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=f"{args.names.platform}-boundary",
            description="The most any role of the platform can ever do",
            policy=boundary_document(),
            tags=self.tags(f"{name}-policy"),
            opts=self.child_opts(),
        )
        self.handle = PermissionsBoundaryHandle(ready=(policy,))
        self.register_outputs({})
