"""Where texts of agents' runs lie: one bucket, a folder an agent, emptied after the days of each record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from components.agents.parts import PARTS, account
from components.foundation.base import Handle, PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage
from components.storage.bucket import Bucket, BucketArgs, BucketHandle
from releases.agent import Agent

_USES: Final = ("kms:Decrypt", "kms:GenerateDataKey")
ROLE: Final = "agents"
"""What bucket and key are for, as names say it."""


def store_statements(names: Names, agent: str) -> list[Statement]:
    """What each part of an agent may: keep and read texts of its own runs. None deletes: the bucket does."""
    bucket = names.bucket_arn(ROLE)
    return [
        Statement(
            sid="ReadAndWriteOwnObjects",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[f"{bucket}/{agent}/*"],
        ),
        Statement(
            # Without it S3 says of what is gone that it is forbidden.
            sid="ListOwnObjects",
            actions=["s3:ListBucket"],
            resources=[bucket],
            conditions={"StringLike": {"s3:prefix": f"{agent}/*"}},
        ),
        Statement(
            sid="UseKeyThroughS3",
            actions=list(_USES),
            resources=[names.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias(ROLE)},
                "StringEquals": {"kms:ViaService": f"s3.{names.region}.amazonaws.com"},
            },
        ),
    ]


def _parts_use(names: Names, agents: Iterable[str]) -> Statement:
    """The roles of the agents' parts use the key, where their own policies do too."""
    return Statement(
        sid="AgentRolesUseKey",
        actions=list(_USES),
        resources=["*"],
        # A condition instead of a principal: a key policy is refused while the role it names does not exist.
        principals={"AWS": [f"arn:{names.partition}:iam::{names.account}:root"]},
        conditions={
            "ArnEquals": {
                "aws:PrincipalArn": [
                    names.role_arn(account(agent, part)) for agent in sorted(agents) for part in PARTS
                ]
            }
        },
        unscoped_because="in a key policy the resource is always this key",
    )


def expiry(agents: Iterable[Agent]) -> dict[str, int]:
    """Lifecycle prefixes of the bucket: one an agent and class of data, as long as its record says."""
    return {
        f"{agent.agent}/{data_class}/": days
        for agent in agents
        for data_class, days in agent.memory.retention_days.items()
    }


@dataclass(frozen=True, kw_only=True)
class AgentStoreArgs:
    """What :class:`AgentStore` needs. ``log_bucket`` takes the log of who read what."""

    names: Names
    agents: Mapping[str, Agent]
    log_bucket: BucketHandle
    lifecycle: Lifecycle = DURABLE


class AgentStore(PlatformComponent):
    """A private bucket with a key of its own, for tasks, plans, questions and answers of runs."""

    TYPE = "slipway:agents:AgentStore"

    def __init__(self, name: str, args: AgentStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names, kept = args.names, args.lifecycle
        key, alias = encryption_key(
            self,
            f"{name}-key",
            description="Texts of agents' runs: tasks, plans, what tools answered",
            policy=document(*account_may_manage(names), _parts_use(names, args.agents)),
            alias=names.key_alias(ROLE),
            lifecycle=kept,
        )
        lives = expiry(args.agents.values())
        bucket = Bucket(
            f"{name}-texts",
            BucketArgs(
                names=names,
                role=ROLE,
                key_arn=key.arn,
                noncurrent_days=1,
                # What lies outside the agents' folders is forgotten too.
                expire_after_days=max(lives.values()),
                expire_prefix_after_days=lives,
                access_log_to=args.log_bucket,
                lifecycle=kept,
            ),
            self.child_opts(),
        )
        self.handle = Handle(ready=(*bucket.handle.ready, key, alias))
        self.register_outputs({})
