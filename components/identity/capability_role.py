"""One reviewed IAM role a capability, shared by the workloads that have it and scoped by who asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pulumi
import pulumi_aws as aws

from components.foundation.base import Handle, PlatformComponent
from components.foundation.iam_document import Statement, document, pod_identity_trust
from components.foundation.names import MODEL_READER, PAYLOAD_WRITER, Names
from facts.data_classes import DATA_CLASSES

_ACCOUNT: Final = "${aws:PrincipalTag/kubernetes-service-account}"
_BY_ACCOUNT: Final = re.compile(rf"(^|[/:]){re.escape(_ACCOUNT)}(/|$)")
"""The account as a whole step of a path: beside other text, ``a`` would reach what belongs to ``ab``."""
_WANTS: Final = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
_VIA: Final = "kms:ViaService"


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
        Statement(
            # By its alias, since the key's ARN is unknown at the first preview; by S3 only.
            sid="DecryptModels",
            actions=["kms:Decrypt"],
            resources=[names.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("models")},
                "StringEquals": {_VIA: f"s3.{names.region}.amazonaws.com"},
            },
        ),
    ]


def payload_writer_statements(names: Names) -> list[Statement]:
    """What a reader may, and writing into one's own folder of the payload bucket, of whichever data class.

    A writer reads back nothing, its own payloads included, and lists nothing. Objects are small enough to be uploaded
    in one piece; an upload in parts would take the right to decrypt.
    """
    bucket = names.bucket_arn("payloads")
    return [
        *model_reader_statements(names),
        Statement(
            sid="WriteOwnPayloads",
            actions=["s3:PutObject"],
            resources=[f"{bucket}/{data_class}/{_ACCOUNT}/*" for data_class in DATA_CLASSES],
        ),
        Statement(
            sid="EncryptPayloads",
            actions=["kms:GenerateDataKey"],
            resources=[names.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("payloads")},
                "StringEquals": {_VIA: f"s3.{names.region}.amazonaws.com"},
            },
        ),
    ]


def shared_by_accounts(statements: Sequence[Statement]) -> list[str]:
    """The ids of statements that give every service account the same.

    A statement is told apart by its resources, or by a condition, if every value names the account. The use of
    a key needs no telling apart where it goes through S3, since S3 asks for the object's own permission first.
    """
    return [s.sid for s in statements if s.effect == "Allow" and not _is_by_account(s)]


def _is_by_account(statement: Statement) -> bool:
    if all(_BY_ACCOUNT.search(resource) for resource in statement.resources):
        return True
    tests = [
        (key, [wanted] if isinstance(wanted, str) else wanted)
        for operator in _WANTS
        for key, wanted in statement.conditions.get(operator, {}).items()
    ]
    if all(action.startswith("kms:") for action in statement.actions) and any(
        key == _VIA and all(service.startswith("s3.") for service in wanted) for key, wanted in tests
    ):
        return True
    return any(all(_BY_ACCOUNT.search(value) for value in wanted) for _, wanted in tests)


@dataclass(frozen=True, kw_only=True)
class CapabilityRoleArgs:
    """What :class:`CapabilityRole` needs: the capability, its statements and who may have it.

    EKS gives a service account one role, so a capability is a whole job, never a part of one.

    Raises:
        ValueError: no service account is named, and a statement gives all of them the same.
    """

    names: Names
    capability: str
    statements: Sequence[Statement]
    namespaces: Sequence[str]
    service_accounts: Sequence[str] = ()

    def __post_init__(self) -> None:
        shared = [] if self.service_accounts else shared_by_accounts(self.statements)
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


def model_roles(
    names: Names, namespaces: Sequence[str], opts: pulumi.ResourceOptions
) -> CapabilityRoleHandle:
    """The roles of models' accounts, each of which has one; the handle is the reader's, and waits for both."""
    jobs = {MODEL_READER: model_reader_statements(names), PAYLOAD_WRITER: payload_writer_statements(names)}
    made = {
        job: CapabilityRole(
            job,
            CapabilityRoleArgs(names=names, capability=job, statements=may, namespaces=namespaces),
            opts,
        ).handle
        for job, may in jobs.items()
    }
    ready = tuple(resource for handle in made.values() for resource in handle.ready)
    return replace(made[MODEL_READER], ready=ready)
