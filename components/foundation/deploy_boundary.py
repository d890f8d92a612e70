"""The most that deploy, preview and publisher roles of an account can ever do, whatever is attached to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import Statement, document
from components.foundation.names import Names
from facts.deploy_actions import deploy_actions

DATA: Final = (
    "codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection",
    "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:CompleteLayerUpload",
    "ecr:DescribeImages", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload",
    "ecr:PutImage", "ecr:UploadLayerPart",
    "iam:CreateServiceLinkedRole", "iam:PassRole", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey",
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket",
    "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:PutObject",
)  # fmt: skip
"""What states and uploads take, and what goes with making things."""
NEVER: Final[dict[str, tuple[str, ...]]] = {
    "DenyLongLivedCredentials": (
        "iam:AttachGroupPolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateGroup",
        "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential", "iam:CreateUser", "iam:PutGroupPolicy",
        "iam:PutUserPolicy", "iam:UpdateLoginProfile",
    ),
    "DenyIdentityProviderChanges": (
        "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider", "iam:DeleteOpenIDConnectProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider",
    ),
    "DenyBoundaryRemoval": ("iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DeployBoundaryArgs:
    """What :class:`DeployBoundary` needs; ``kept`` are ARNs of IAM that only the bootstrap may change."""

    names: Names
    kept: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeployBoundaryHandle(Handle):
    """What others may use of :class:`DeployBoundary`: that roles can name it."""


def verbs() -> list[str]:
    """``ec2:Create*`` and its like: every verb of every service that some type of ours is made with."""
    found = set()
    for row in deploy_actions().values():
        for action in row.every():
            service, _, name = action.partition(":")
            end = next((i for i, letter in enumerate(name[1:], 1) if letter.isupper()), len(name))
            found.add(f"{service}:{name[:end]}*")
    return sorted(found)


def deploy_boundary_document(args: DeployBoundaryArgs) -> str:
    """The envelope: verbs of the services that stacks are made of, and what no deploy may ever do.

    Roles, boundaries and policies of the bootstrap are out of reach: a deploy cannot widen itself.
    """
    return document(
        Statement(
            sid="AllowServicesOfStacks",
            actions=[*verbs(), *DATA],
            resources=["*"],
            unscoped_because="a boundary grants nothing; each role's own policies scope the resource",
        ),
        *(
            Statement(sid=sid, effect="Deny", actions=actions, resources=["*"])
            for sid, actions in NEVER.items()
        ),
        Statement(
            sid="DenyBootstrapChanges",
            effect="Deny",
            actions=["iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*",
                     "iam:SetDefault*", "iam:Tag*", "iam:Untag*", "iam:Update*"],
            resources=list(args.kept),
        ),
    )  # fmt: skip


class DeployBoundary(PlatformComponent):
    """A managed policy that every role of the bootstrap carries as its boundary."""

    TYPE = "slipway:foundation:DeployBoundary"

    def __init__(
        self, name: str, args: DeployBoundaryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        policy = aws.iam.Policy(
            f"{name}-policy",
            name=args.names.boundary,
            description="The most a deploy, preview or publisher role can ever do",
            policy=deploy_boundary_document(args),
            tags=self.tags(f"{name}-policy"),
            opts=self.child_opts(),
        )
        self.handle = DeployBoundaryHandle(ready=(policy,))
        self.register_outputs({})
