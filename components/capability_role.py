"""One reviewed IAM role a capability, shared by the workloads that have it and scoped by who asks."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import Handle, PlatformComponent
from components.iam_document import Statement, document, pod_identity_trust
from components.names import Names
from facts.data_classes import DATA_CLASSES

_ACCOUNT: Final = "${aws:PrincipalTag/kubernetes-service-account}"
_ALIASES: Final = "kms:ResourceAliases"


def model_reader_statements(names: Names) -> list[Statement]:
    """Read access to one model version's files: the prefix is the service account's name.

    EKS Pod Identity puts the service account on the session as a principal tag (EKS user guide, "Grant Pods
    access to AWS resources based on tags", read 2026-11), so one role serves every model and none can read
    another's ``<service account>/``.
    """
    bucket = names.bucket_arn("models")
    return [
        Statement(sid="ReadOwnModel", actions=["s3:GetObject"], resources=[f"{bucket}/{_ACCOUNT}/*"]),
        Statement(
            sid="ListOwnModel",
            actions=["s3:ListBucket"],
            resources=[bucket],
            conditions={"StringLike": {"s3:prefix": f"{_ACCOUNT}/*"}},
        ),
        _key_through_s3("DecryptModels", names, "models", ["kms:Decrypt"]),
    ]


def payload_writer_statements(names: Names) -> list[Statement]:
    """Write access to a workload's own payloads, ``<data class>/<service account>/``; it can read none back.

    The data class comes first because the bucket's retention goes by it. Decrypting is what S3 asks for
    when an upload comes in parts.
    """
    bucket = names.bucket_arn("payloads")
    return [
        Statement(
            sid="WriteOwnPayloads",
            actions=["s3:AbortMultipartUpload", "s3:PutObject"],
            resources=[f"{bucket}/{data_class}/{_ACCOUNT}/*" for data_class in DATA_CLASSES],
        ),
        _key_through_s3("EncryptPayloads", names, "payloads", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ]


def _key_through_s3(sid: str, names: Names, role: str, actions: Sequence[str]) -> Statement:
    """Use of a bucket's key by its alias, and by S3 only: the workload cannot decrypt anything else with it."""
    return Statement(
        sid=sid,
        actions=actions,
        resources=[names.arn("kms", "key/*")],
        conditions={
            "ForAnyValue:StringEquals": {_ALIASES: names.key_alias(role)},
            "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
        },
    )


def unscoped_by_account(statements: Sequence[Statement]) -> list[str]:
    """The statements that give every service account the same, read from where its name should stand."""
    return [
        s.sid
        for s in statements
        if s.effect == "Allow"
        and _ACCOUNT not in json.dumps(s.render())
        and _ALIASES not in json.dumps(s.render())
    ]


@dataclass(frozen=True, kw_only=True)
class CapabilityRoleArgs:
    """What :class:`CapabilityRole` needs: the capability, its statements and who may have it.

    Raises:
        ValueError: no service account is named, and a statement gives all of them the same.
    """

    names: Names
    capability: str
    statements: Sequence[Statement]
    namespaces: Sequence[str]
    service_accounts: Sequence[str] = ()

    def __post_init__(self) -> None:
        shared = [] if self.service_accounts else unscoped_by_account(self.statements)
        if shared:
            raise ValueError(
                f"{self.capability}: {', '.join(shared)} gives every service account of "
                f"{', '.join(self.namespaces)} the same; scope it by {_ACCOUNT}, or name service_accounts"
            )


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
