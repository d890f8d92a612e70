"""The roles of one stack: one that brings it up, one that previews it; and the one that publishes models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import Statement, document
from components.foundation.names import Names
from components.foundation.registry import Registry

DEPLOY_SESSION_SECONDS: Final = 14_400
"""An ``up`` of a whole platform waits for a control plane and one chart after the other; credentials of a workflow are
not renewed while it runs, so a session lasts as long as the workflow's job may."""
PREVIEW_SESSION_SECONDS: Final = 7_200
Kind = Literal["deploy", "preview", "publisher"]


def capability(kind: Kind, stack: str, names: Names, *, has_upstream: bool) -> str:
    """What a stack's role is called within its platform: ``deploy``, or ``models-deploy`` for ``prod-models``.

    The stack without an upstream is the platform: its deploy role is the one the cluster admits.
    """
    if not has_upstream:
        return kind
    return f"{stack.removeprefix(names.environment).strip('-')}-{kind}"


@dataclass(frozen=True, kw_only=True)
class DeployRoleArgs:
    """What :class:`DeployRole` needs; ``derived`` are documents that ``slipway permissions`` worked out."""

    names: Names
    role: str
    trust: str
    boundary_arn: str
    session_seconds: int
    statements: Sequence[Statement]
    derived: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class DeployRoleHandle(Handle):
    """What others may use of :class:`DeployRole`."""

    role_arn: pulumi.Input[str]


class DeployRole(PlatformComponent):
    """A role that workflows take on, with what its stack takes and its states, within a boundary.

    IAM takes 6,144 characters a policy, so what was derived is spread over several.
    """

    TYPE = "slipway:foundation:DeployRole"

    def __init__(self, name: str, args: DeployRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role(args.role),
            assume_role_policy=args.trust,
            permissions_boundary=args.boundary_arn,
            max_session_duration=args.session_seconds,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        parts = {"own": document(*args.statements)}
        parts |= {str(number): json.dumps(derived) for number, derived in enumerate(args.derived, 1)}
        attached = [self._attach(f"{name}-{part}", names.role(f"{args.role}-{part}"), text, role)
                    for part, text in parts.items()]  # fmt: skip
        self.handle = DeployRoleHandle(role_arn=names.role_arn(args.role), ready=(role, *attached))
        self.register_outputs({})

    def _attach(self, name: str, called: str, text: str, role: aws.iam.Role) -> pulumi.Resource:
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=called,
            policy=text,
            tags=self.tags(f"{name}-policy"),
            opts=self.child_opts(),
        )
        return aws.iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=self.child_opts()
        )


def chart_statements(registry: Registry, *, writes: bool) -> list[Statement]:
    """Pulling charts from a registry of ECR; a deploy fills its cache, a preview reads what is there."""
    if not registry.repositories:
        return []
    fills = (
        ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        if writes
        else ["ecr:BatchImportUpstreamImage"]
    )
    return [
        Statement(
            sid="PullCharts",
            actions=["ecr:BatchGetImage", *fills, "ecr:GetDownloadUrlForLayer"],
            resources=[registry.repositories],
        ),
        Statement(
            sid="GetRegistryToken",
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
            unscoped_because="a registry's token has no resource level",
        ),
    ]


def publisher_statements(names: Names) -> list[Statement]:
    """Uploading models, in parts where a file is large, and pushing images. What is there stays as it is: locked."""
    bucket = names.bucket_arn("models")
    images = names.arn("ecr", f"repository/{names.platform}/*")
    return [
        Statement(
            sid="ListModels",
            actions=["s3:ListBucket", "s3:ListBucketMultipartUploads"],
            resources=[bucket],
        ),
        Statement(
            sid="UploadModels",
            actions=["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources=[f"{bucket}/*"],
        ),
        Statement(
            sid="PushImages",
            actions=[
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            resources=[images],
        ),
        Statement(
            sid="GetRegistryToken",
            actions=["ecr:GetAuthorizationToken"],
            resources=["*"],
            unscoped_because="a registry's token has no resource level",
        ),
        Statement(
            sid="UseModelKey",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[names.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("models")},
                "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            },
        ),
    ]
