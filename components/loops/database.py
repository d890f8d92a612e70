"""The database of the loops' engine: Aurora PostgreSQL, in the platform's own subnets, entered by tokens of IAM."""

from dataclasses import dataclass
from typing import Final, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.cluster.cluster import ClusterHandle
from components.foundation.base import PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.identity.cluster_key import account_may_manage, principal_may_use
from components.network.network import NetworkHandle
from components.network.store_group import group_for_nodes
from facts.rds_authorities import AUTHORITY

PORT: Final = 5432
_ENGINE: Final = "aurora-postgresql"
_VERSION: Final = "16.8"
"""Temporal 1.32 asks for PostgreSQL 12 or later. A minor version moves here, by a change of this line."""
_PARAMETERS: Final = {"rds.force_ssl": "1", "log_statement": "ddl", "log_min_duration_statement": "1000"}
_FAMILY: Final = "aurora-postgresql16"
_ROLE: Final = "temporal"
_DEPLOY_USES: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
"""RDS and Secrets Manager work with the key by grants, made in the name of whoever creates the database."""


class DatabaseSettings(Settings):
    """``durable.database:`` in a stack file."""

    least_capacity: float = Field(default=0.5, ge=0.5, le=128, multiple_of=0.5)
    """Aurora capacity units (2 GiB of memory each) of an instance that has little to do."""
    most_capacity: float = Field(default=4, ge=1, le=128, multiple_of=0.5)
    instances: int = Field(default=2, ge=1, le=3)
    """In different zones. With one, the loops stand still while it is replaced."""
    backup_days: int = Field(default=14, ge=1, le=35)

    @model_validator(mode="after")
    def _capacity_is_ordered(self) -> Self:
        if self.least_capacity > self.most_capacity:
            raise ValueError(
                f"least_capacity ({self.least_capacity:g}) is above most_capacity ({self.most_capacity:g})"
            )
        return self


def database_user(names: Names) -> str:
    """Who the engine is in the database: named after the platform, so that a role for one opens no other."""
    return f"{names.organisation}_{names.environment}_{_ROLE}"


def database_key_policy(names: Names) -> str:
    """The account manages the key; the deploy role hands it to RDS and its secret, and nobody else uses it."""
    return document(
        *account_may_manage(names),
        principal_may_use(names, "DeployRoleCreatesGrants", names.role_arn("deploy"), _DEPLOY_USES),
    )


def enter_statement(names: Names) -> Statement:
    """Entering the database as the engine's own user; which cluster it is nobody knows before it exists."""
    return Statement(
        sid="ConnectToDatabase",
        actions=["rds-db:connect"],
        resources=[names.arn("rds-db", f"dbuser:cluster-*/{database_user(names)}")],
    )


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What :class:`Database` needs."""

    settings: DatabaseSettings
    names: Names
    network: NetworkHandle
    cluster: ClusterHandle
    lifecycle: Lifecycle


class Database(PlatformComponent):
    """Encrypted with a key of its own, backed up, reached from nodes on one port under TLS, entered by tokens of IAM.

    The password of its first user is RDS's own to make and to keep; nothing here reads it. The engine's user and its
    two databases are made once by hand (docs/components/durable.md): until then the engine waits.
    """

    TYPE = "slipway:loops:Database"

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        identifier = f"{args.names.platform}-{_ROLE}"
        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            name=identifier,
            description="Runs of the loops: private subnets of the platform",
            subnet_ids=args.network.node_subnet_ids,
            tags=self.tags(f"{name}-subnets"),
            opts=self.child_opts(),
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{name}-parameters",
            name=identifier,
            family=_FAMILY,
            description="Runs of the loops: TLS only, and slow statements and changes of tables are logged",
            parameters=[{"name": name, "value": value} for name, value in _PARAMETERS.items()],
            tags=self.tags(f"{name}-parameters"),
            opts=self.child_opts(),
        )
        database = self._cluster(identifier, subnets, parameters)
        instances = [
            self._instance(database, identifier, number) for number in range(1, args.settings.instances + 1)
        ]
        self.host: pulumi.Output[str] = database.endpoint
        self.ready: tuple[pulumi.Resource, ...] = (database, *instances)
        self.register_outputs({})

    def _cluster(
        self, identifier: str, subnets: "aws.rds.SubnetGroup", parameters: "aws.rds.ClusterParameterGroup"
    ) -> "aws.rds.Cluster":
        name, args = self._name, self._args
        settings, kept, key = args.settings, args.lifecycle, self._key()
        return aws.rds.Cluster(
            f"{name}-cluster",
            cluster_identifier=identifier,
            engine=_ENGINE,
            engine_version=_VERSION,
            master_username="administrator",
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key.arn,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=key.arn,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=[self._group().id],
            port=PORT,
            backup_retention_period=settings.backup_days,
            copy_tags_to_snapshot=True,
            deletion_protection=kept.protects,
            skip_final_snapshot=kept.disposable,
            final_snapshot_identifier=None if kept.disposable else f"{identifier}-last",
            enabled_cloudwatch_logs_exports=["postgresql"],
            serverlessv2_scaling_configuration={
                "min_capacity": settings.least_capacity,
                "max_capacity": settings.most_capacity,
            },
            tags=self.tags(f"{name}-cluster"),
            opts=self.child_opts(protect=kept.protects, depends_on=[*args.network.ready]),
        )

    def _instance(
        self, database: "aws.rds.Cluster", identifier: str, number: int
    ) -> "aws.rds.ClusterInstance":
        name = f"{self._name}-instance-{number}"
        return aws.rds.ClusterInstance(
            name,
            identifier=f"{identifier}-{number}",
            cluster_identifier=database.cluster_identifier,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            engine_version=_VERSION,
            instance_class="db.serverless",
            ca_cert_identifier=AUTHORITY,
            publicly_accessible=False,
            auto_minor_version_upgrade=False,
            copy_tags_to_snapshot=True,
            tags=self.tags(name),
            opts=self.child_opts(protect=self._args.lifecycle.protects),
        )

    def _key(self) -> "aws.kms.Key":
        name, names, kept = self._name, self._args.names, self._args.lifecycle
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Runs of the loops: who decided what about which version",
            policy=database_key_policy(names),
            alias=names.key_alias(_ROLE),
            lifecycle=kept,
        )
        return key

    def _group(self) -> "aws.ec2.SecurityGroup":
        name, args = self._name, self._args
        return group_for_nodes(
            self,
            name,
            vpc_id=args.network.vpc_id,
            nodes=args.cluster.security_group_id,
            port=PORT,
            what="Runs of the loops, from nodes of the cluster",
            caller="The loops' engine on nodes of the cluster",
        )
