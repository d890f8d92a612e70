"""The key that signs what a kind of loop says, and the role that may sign with it and do nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi

from components.foundation.base import Handle, PlatformComponent
from components.foundation.encryption_key import signing_key
from components.foundation.iam_document import Conditions, Statement, document
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.well_known import LOOPS
from components.identity.cluster_key import account_may_manage
from components.identity.pod_roles import PodRoleArgs, account_role

PUBLIC: Final = "kms:GetPublicKey"
_HOW: Final = {"kms:MessageType": "DIGEST", "kms:SigningAlgorithm": "ECDSA_SHA_256"}
"""As ``runtime/loops/events/kms.py`` asks: a key that signs another way could sign what an event is mistaken for."""


def signer(kind: str) -> str:
    """What key and role of a kind are called in names."""
    return f"loops-{kind}"


def signing_statements(names: Names, kind: str) -> list[Statement]:
    """What a kind's role may: sign with its own key, named by alias, since its ARN is unknown at a first preview."""
    own: Conditions = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias(signer(kind))}}
    keys = [names.arn("kms", "key/*")]
    return [
        Statement(
            sid="SignEvents",
            actions=["kms:Sign"],
            resources=keys,
            conditions={**own, "StringEquals": _HOW},
        ),
        Statement(sid="ReadOwnPublicKey", actions=[PUBLIC], resources=keys, conditions=own),
    ]


def signing_key_policy(names: Names, kind: str) -> str:
    """The account manages and reads the public half; one role signs, from a pod of its kind alone."""
    account = {"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]}
    because = "in a key policy the resource is always this key"
    return document(
        *account_may_manage(names),
        # The public half is no secret: people commit it.
        Statement(
            sid="AccountReadsPublicKey",
            actions=[PUBLIC],
            resources=["*"],
            principals=account,
            unscoped_because=because,
        ),
        Statement(
            sid="WorkerSigns",
            actions=["kms:Sign"],
            resources=["*"],
            # A condition instead of a principal: a key policy is refused while the role it names does not exist.
            principals=account,
            conditions={
                "ArnEquals": {"aws:PrincipalArn": names.role_arn(signer(kind))},
                "StringEquals": {
                    **_HOW,
                    "aws:PrincipalTag/kubernetes-namespace": LOOPS,
                    "aws:PrincipalTag/kubernetes-service-account": kind,
                },
            },
            unscoped_because=because,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class SignerArgs:
    """What :class:`Signer` needs. ``after`` is what the association of its role waits for."""

    names: Names
    kind: str
    after: Sequence[pulumi.Resource] = ()
    lifecycle: Lifecycle = DURABLE


class Signer(PlatformComponent):
    """A key in KMS that never leaves it, and the identity of the workers of one kind.

    A worker refuses to start until the key's public half is committed in ``releases/keys``: nobody could verify what
    it says.
    """

    TYPE = "slipway:loops:Signer"

    def __init__(self, name: str, args: SignerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        names, kind = args.names, args.kind
        # No child shows who calls KMS with which key; rules hold calls and permissions together by it.
        super().__init__(name, opts, {"account": kind, "alias": names.key_alias(signer(kind))})
        key, alias = signing_key(
            self,
            f"{name}-key",
            description=f"Signs what workers of the loops say: {kind}",
            policy=signing_key_policy(names, kind),
            alias=names.key_alias(signer(kind)),
            lifecycle=args.lifecycle,
        )
        identity = account_role(
            self,
            name,
            PodRoleArgs(
                names=names,
                role=signer(kind),
                namespace=LOOPS,
                service_account=kind,
                statements=signing_statements(names, kind),
                after=args.after,
            ),
        )
        self.handle = Handle(ready=(key, alias, *identity))
        self.register_outputs({})
