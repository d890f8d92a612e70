"""One reviewed IAM role a capability, shared by the workloads that have it and scoped by who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Handle, PlatformComponent
from components.iam_document import Statement, document, pod_identity_trust
from components.names import Names

_ACCOUNT_TAG = "${aws:PrincipalTag/kubernetes-service-account}"


def model_reader_statements(names: Names) -> list[Statement]:
    """Read access to one model version's files: the prefix is the service account's name.

    EKS Pod Identity puts the service account on the session as a principal tag (EKS user guide, "Grant Pods
    access to AWS resources based on tags", read 2026-11), so one role serves every model and none can read
    another's ``<service account>/``.
    """
    bucket = names.bucket_arn("models")
    return [
        Statement(sid="ReadOwnModel", actions=["s3:GetObject"], resources=[f"{bucket}/{_ACCOUNT_TAG}/*"]),
        Statement(
            sid="ListOwnModel",
            actions=["s3:ListBucket"],
            resources=[bucket],
            conditions={"StringLike": {"s3:prefix": f"{_ACCOUNT_TAG}/*"}},
        ),
        Statement(
            sid="DecryptModels",
            actions=["kms:Decrypt"],
            resources=[names.arn("kms", "key/*")],
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("models")}},
        ),
    ]


@dataclass(frozen=True, kw_only=True)
class CapabilityRoleArgs:
    """What :class:`CapabilityRole` needs: the capability, its statements and who may have it."""

    names: Names
    capability: str
    statements: Sequence[Statement]
    namespaces: Sequence[str]
    service_accounts: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CapabilityRoleHandle(Handle):
    """What others may use of :class:`CapabilityRole`."""

    role_arn: pulumi.Input[str]


class CapabilityRole(PlatformComponent):
    """A role that only pods of this cluster, in the named namespaces, can take on."""

    TYPE = "slipway:identity:CapabilityRole"

    def __init__(
        self, name: str, args: CapabilityRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        names = args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role(args.capability),
            assume_role_policy=pod_identity_trust(names, args.namespaces, args.service_accounts),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=document(*args.statements), opts=self.child_opts()
        )
        self.handle = CapabilityRoleHandle(role_arn=names.role_arn(args.capability), ready=(role, policy))
        self.register_outputs({})
