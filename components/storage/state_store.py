"""Where Pulumi keeps what it knows of the stacks: a versioned bucket and the key of the secrets in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.foundation.base import Handle, PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import DURABLE
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage
from components.storage.bucket import Bucket, BucketArgs

KEEP_DAYS: Final = 365
"""An overwritten state can be taken back for so long."""
_PROJECT: Final = "slipway"


@dataclass(frozen=True, kw_only=True)
class StateStoreArgs:
    """What :class:`StateStore` needs: its names, and the roles that may use its key."""

    names: Names
    readers: Sequence[str]
    writers: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class StateStoreHandle(Handle):
    """What others may use of :class:`StateStore`."""

    bucket: pulumi.Input[str]
    key_alias: pulumi.Input[str]


def _key_statement(names: Names, sid: str, actions: Sequence[str], role_arns: Sequence[str]) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        resources=["*"],
        # A condition instead of principals: a key policy is refused while a role it names does not exist.
        principals={"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]},
        conditions={"ArnEquals": {"aws:PrincipalArn": list(role_arns)}},
        unscoped_because="in a key policy the resource is always this key",
    )


def state_key_policy(args: StateStoreArgs) -> str:
    """The account manages the key; deploy roles encrypt and decrypt with it, preview roles only decrypt."""
    return document(
        *account_may_manage(args.names),
        _key_statement(
            args.names,
            "DeployRoleUsesKey",
            ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
            args.writers,
        ),
        _key_statement(args.names, "PreviewReads", ("kms:Decrypt",), args.readers),
    )


def state_statements(state: Names, stack: str, above: Sequence[str], *, writes: bool) -> list[Statement]:
    """What a role of one stack may do to states: read its own and those it stands on, and write its own.

    The paths are those of Pulumi's own backends, with projects (pkg/backend/diy, read 2026-11-28).
    """
    bucket = state.bucket_arn("state")
    root = f"{bucket}/.pulumi"
    own = [
        f"{root}/stacks/{_PROJECT}/{stack}.json*",
        f"{root}/history/{_PROJECT}/{stack}/*",
        f"{root}/backups/{_PROJECT}/{stack}/*",
        f"{root}/locks/organization/{_PROJECT}/{stack}/*",
    ]
    others = [f"{root}/stacks/{_PROJECT}/{name}.json*" for name in above]
    actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"] if writes else ["kms:Decrypt"]
    return [
        Statement(sid="ListStates", actions=["s3:ListBucket"], resources=[bucket]),
        Statement(sid="ReadStates", actions=["s3:GetObject"], resources=[f"{root}/meta.yaml", *own, *others]),
        *(
            [Statement(sid="WriteOwnState", actions=["s3:DeleteObject", "s3:PutObject"], resources=own)]
            if writes
            else []
        ),
        Statement(
            sid="UseStateKey",
            actions=actions,
            resources=[state.arn("kms", "key/*")],
            conditions={"ForAnyValue:StringEquals": {"kms:ResourceAliases": state.key_alias("state")}},
        ),
    ]


class StateStore(PlatformComponent):
    """A locked-up bucket for states, with every version kept a year, and a key for it and the secrets in it."""

    TYPE = "slipway:foundation:StateStore"

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="States of stacks and the secrets in them",
            policy=state_key_policy(args),
            alias=names.key_alias("state"),
            lifecycle=DURABLE,
        )
        logs = Bucket(
            f"{name}-logs",
            BucketArgs(
                names=names,
                role="logs",
                expire_after_days=KEEP_DAYS,
                statements=[_deliver_access_logs(names)],
            ),
            self.child_opts(),
        ).handle
        states = Bucket(
            f"{name}-states",
            BucketArgs(
                names=names,
                role="state",
                key_arn=key.arn,
                noncurrent_days=KEEP_DAYS,
                access_log_to=logs,
            ),
            self.child_opts(),
        ).handle
        self.handle = StateStoreHandle(
            bucket=states.name, key_alias=names.key_alias("state"), ready=(key, *states.ready)
        )
        self.register_outputs({})


def _deliver_access_logs(names: Names) -> Statement:
    return Statement(
        sid="DeliverAccessLogs",
        actions=["s3:PutObject"],
        resources=[f"{names.bucket_arn('logs')}/access/*"],
        principals={"Service": ["logging.s3.amazonaws.com"]},
        conditions={
            "StringEquals": {"aws:SourceAccount": names.account},
            "ArnLike": {"aws:SourceArn": [names.bucket_arn("state")]},
        },
    )
