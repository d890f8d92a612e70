"""The most any role of the platform can ever do, whatever is attached to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import Conditions, Statement, document
from components.foundation.names import Names

REGIONAL: Final[dict[str, tuple[str, ...]]] = {
    "Machines": (
        "autoscaling:Describe*", "autoscaling:UpdateAutoScalingGroup", "ec2:CreateFleet",
        "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:DeleteLaunchTemplate", "ec2:DeleteTags", "ec2:Describe*",
        "ec2:ModifyInstanceAttribute", "ec2:RunInstances", "ec2:TerminateInstances", "ssm:GetParameter",
    ),
    "Volumes": (
        "ec2:AttachVolume", "ec2:CopyVolumes", "ec2:CreateSnapshot", "ec2:CreateVolume", "ec2:DeleteSnapshot",
        "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:EnableFastSnapshotRestores", "ec2:LockSnapshot",
        "ec2:ModifyVolume",
    ),
    "Network": (
        "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateNetworkInterface", "ec2:CreateRoute", "ec2:CreateSecurityGroup", "ec2:DeleteNetworkInterface",
        "ec2:DeleteRoute", "ec2:DeleteSecurityGroup", "ec2:DetachNetworkInterface",
        "ec2:ModifyNetworkInterfaceAttribute", "ec2:RevokeSecurityGroupIngress", "ec2:UnassignPrivateIpAddresses",
    ),
    "LoadBalancers": (
        "elasticloadbalancing:Add*", "elasticloadbalancing:Apply*", "elasticloadbalancing:Attach*",
        "elasticloadbalancing:Configure*", "elasticloadbalancing:Create*", "elasticloadbalancing:Delete*",
        "elasticloadbalancing:Deregister*", "elasticloadbalancing:Describe*", "elasticloadbalancing:Detach*",
        "elasticloadbalancing:Modify*", "elasticloadbalancing:Register*", "elasticloadbalancing:RemoveTags",
        "elasticloadbalancing:Set*",
    ),
    "Cluster": (
        "arc-zonal-shift:GetManagedResource", "eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity",
    ),
    "Images": (
        "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer", "ecr:TagResource",
    ),
    "Data": (
        "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:RetireGrant", "kms:Sign",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage",
    ),
    "SessionManager": (
        "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    ),
    "Runs": ("rds-db:connect",),
    "Telemetry": (
        "aps:RemoteWrite", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", "sns:Publish",
        "xray:PutTraceSegments",
    ),
}  # fmt: skip
"""What AWS's managed policies of nodes, control plane and drivers (facts/managed_policies.py) and the platform's own
roles ask for, in one region; a test finds what is missing here, and what nobody asks for."""

GLOBAL: Final[dict[str, tuple[str, ...]]] = {
    "Profiles": (
        "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
        "iam:GetInstanceProfile", "iam:ListInstanceProfiles", "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile",
    ),
    "Zones": ("route53:ChangeResourceRecordSets", "route53:GetChange", "route53:ListResourceRecordSets"),
    "Prices": ("pricing:GetProducts",),
}  # fmt: skip
"""The same of services that have no region, or that answer from another one."""

NEVER: Final[dict[str, tuple[str, ...]]] = {
    "DenyBoundaryChanges": (
        "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary", "iam:SetDefaultPolicyVersion",
    ),
    "DenyPolicyChanges": ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
    "DenyLongLivedCredentials": (
        "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile",
        "iam:CreateServiceSpecificCredential", "iam:CreateUser", "iam:PutUserPolicy", "iam:UpdateLoginProfile",
    ),
    "DenyTrailChanges": (
        "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
    ),
    "DenyKeyChanges": ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"),
    "DenyObjectLockBypass": (
        "s3:BypassGovernanceRetention", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration",
    ),
}  # fmt: skip
"""What no later edit of the lists above may bring back: an explicit refusal beats every permission."""


@dataclass(frozen=True, kw_only=True)
class PermissionsBoundaryArgs:
    """What :class:`PermissionsBoundary` needs."""

    names: Names


@dataclass(frozen=True, kw_only=True)
class PermissionsBoundaryHandle(Handle):
    """What others may use of :class:`PermissionsBoundary`: that roles can name it."""


def boundary_document(names: Names) -> str:
    """The envelope as a policy document; regional services only in the platform's region."""
    in_region: Conditions = {"StringEquals": {"aws:RequestedRegion": names.region}}
    return document(
        *(_area(sid, actions, in_region) for sid, actions in REGIONAL.items()),
        *(_area(sid, actions, {}) for sid, actions in GLOBAL.items()),
        Statement(sid="PassOwnRoles", actions=["iam:PassRole"], resources=[names.role_arn("*")]),
        Statement(
            sid="CreateServiceLinkedRoles",
            actions=["iam:CreateServiceLinkedRole"],
            resources=[f"arn:{names.partition}:iam::{names.account}:role/aws-service-role/*"],
        ),
        *(
            Statement(sid=sid, effect="Deny", actions=actions, resources=["*"])
            for sid, actions in NEVER.items()
        ),
        Statement(
            sid="DenyCreateRoleWithoutBoundary",
            effect="Deny",
            actions=["iam:CreateRole"],
            resources=["*"],
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": names.boundary_arn}},
        ),
    )


def _area(sid: str, actions: tuple[str, ...], conditions: Conditions) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        resources=["*"],
        conditions=conditions,
        unscoped_because="a boundary grants nothing; each role's own policy scopes the resource",
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
            name=args.names.boundary,
            description="The most any role of the platform can ever do",
            policy=boundary_document(args.names),
            tags=self.tags(f"{name}-policy"),
            opts=self.child_opts(),
        )
        self.handle = PermissionsBoundaryHandle(ready=(policy,))
        self.register_outputs({})
