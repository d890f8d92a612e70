"""The managed store of the gateways' counters: ElastiCache Serverless for Valkey, in the platform's own subnets."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import ClusterHandle
from components.foundation.base import PlatformComponent
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import document
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.gateway.rate_limit_store import NAME, PORT, StoreAddress, managed_address
from components.identity.cluster_key import account_may_manage, principal_may_use
from components.network.network import NetworkHandle
from components.network.store_group import group_for_nodes

_ENGINE = "valkey"
_MAJOR = "8"
_MOST_GIGABYTES = 5
_MOST_COMMANDS = 100_000
_DEPLOY_USES = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
"""ElastiCache works with the key by a grant that it makes in the name of whoever creates the cache."""


def store_key_policy(names: Names) -> str:
    """The account manages the key; the deploy role hands it to ElastiCache, and nobody else uses it."""
    return document(
        *account_may_manage(names),
        principal_may_use(names, "DeployRoleCreatesGrants", names.role_arn("deploy"), _DEPLOY_USES),
    )


@dataclass(frozen=True, kw_only=True)
class ManagedStoreArgs:
    """What :class:`ManagedStore` needs."""

    names: Names
    network: NetworkHandle
    cluster: ClusterHandle
    lifecycle: Lifecycle


class ManagedStore(PlatformComponent):
    """A cache over all zones, always under TLS, that nodes of the cluster reach on one port with a user's password.

    The user is not made here, since its password would stand in the state: it has to exist before, under the name of
    the platform (docs/components/gateway.md), or the group of users is refused. What counts is lost with the cache and
    worth a minute, so it has no snapshots and no protection.
    """

    TYPE = "slipway:gateway:ManagedStore"

    def __init__(self, name: str, args: ManagedStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        names = args.names
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Counters of the gateways: subjects of tokens and how much they asked for",
            policy=store_key_policy(names),
            alias=names.key_alias(NAME),
            lifecycle=args.lifecycle,
        )
        users = aws.elasticache.UserGroup(
            f"{name}-users",
            user_group_id=f"{names.platform}-{NAME}",
            engine=_ENGINE,
            user_ids=[f"{names.platform}-{NAME}"],
            tags=self.tags(f"{name}-users"),
            opts=self.child_opts(),
        )
        cache = aws.elasticache.ServerlessCache(
            f"{name}-cache",
            name=f"{names.platform}-{NAME}",
            description="Counters of the gateways",
            engine=_ENGINE,
            major_engine_version=_MAJOR,
            kms_key_id=key.arn,
            user_group_id=users.user_group_id,
            subnet_ids=args.network.node_subnet_ids,
            security_group_ids=[self._group(name, args).id],
            # Callers choose how many counters there are: what they can cost has an end.
            cache_usage_limits={
                "data_storage": {"maximum": _MOST_GIGABYTES, "unit": "GB"},
                "ecpu_per_seconds": [{"maximum": _MOST_COMMANDS}],
            },
            tags=self.tags(f"{name}-cache"),
            opts=self.child_opts(depends_on=[*args.network.ready]),
        )
        address: pulumi.Output[str] = cache.endpoints.apply(lambda endpoints: str(endpoints[0].address))
        self.address: StoreAddress = managed_address(address.apply(lambda host: f"{host}:{PORT}"))
        self.ready: tuple[pulumi.Resource, ...] = (cache,)
        self.register_outputs({})

    def _group(self, name: str, args: ManagedStoreArgs) -> "aws.ec2.SecurityGroup":
        return group_for_nodes(
            self,
            name,
            vpc_id=args.network.vpc_id,
            nodes=args.cluster.security_group_id,
            port=PORT,
            what="Counters of the gateways, from nodes of the cluster",
            caller="Rate-limit service on nodes of the cluster",
        )
