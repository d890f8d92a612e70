"""Where figures are kept beyond the cluster: Prometheus writes them to Amazon Managed Prometheus, signed by its pod."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.cluster.cluster import ClusterHandle
from components.foundation.base import PlatformComponent, Settings
from components.foundation.encryption_key import encryption_key
from components.foundation.iam_document import Statement, document
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from components.foundation.well_known import OBSERVABILITY
from components.identity.cluster_key import account_may_manage, logs_may_use
from components.identity.pod_roles import PodRoleArgs, account_role
from components.observability.values import PROMETHEUS_ACCOUNT

CAPABILITY: Final = "metrics"
_DEPLOY_USES: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
"""The service works with the key by grants, made in the name of whoever creates the workspace (Amazon Managed Service
for Prometheus user guide, "Encryption at rest", read 2026-11-30)."""
_QUEUE: Final = {"maxSamplesPerSend": 1000, "maxShards": 200, "capacity": 2500}
"""As AWS advises for its quotas (the same guide, "Set up ingestion from a new Prometheus server", read 2026-11-30)."""
_LOG_DAYS: Final = 365
"""Of what the service says about refused writes: names of series, no figures."""
WorkspaceArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:aps:[a-z0-9-]+:[0-9]{12}:workspace/ws-[0-9a-f-]{36}$")
]


class RemoteWriteSettings(Settings):
    """``telemetry.remote_write:`` in a stack file; without it figures stay on Prometheus' own disks."""

    workspace: WorkspaceArn | None = None
    """One that exists, in the platform's account and region. None: one is made, under a key of its own."""


def write_statement(names: Names, settings: RemoteWriteSettings) -> Statement:
    """Writing into one workspace, and nothing else: no query reads it with this."""
    if settings.workspace is not None:
        return Statement(sid="WriteSeries", actions=["aps:RemoteWrite"], resources=[settings.workspace])
    return Statement(
        sid="WriteSeries",
        actions=["aps:RemoteWrite"],
        # AWS chooses the id of a workspace: it is told by the platform's tag, which no other workspace has.
        resources=[names.arn("aps", "workspace/*")],
        conditions={
            "StringEquals": {f"aws:ResourceTag/{key}": value for key, value in names.vpc_tags.items()}
        },
    )


def log_group(names: Names) -> str:
    """What the service says of writes it refused; its prefix is AWS's (vended logs)."""
    return f"/aws/vendedlogs{names.log_group('metrics')}"


def metrics_key_policy(names: Names) -> str:
    """The account manages the key; the service uses it in the name of who deploys, and logs are written under it."""
    deploys = Statement(
        sid="DeployRoleUsesKeyThroughService",
        actions=_DEPLOY_USES,
        resources=["*"],
        # By name, and through the service alone: the role's own policies let it decrypt nothing.
        principals={"AWS": [names.role_arn("deploy")]},
        conditions={"StringEquals": {"kms:ViaService": f"aps.{names.region}.amazonaws.com"}},
        unscoped_because="in a key policy the resource is always this key",
    )
    return document(*account_may_manage(names), deploys, logs_may_use(names, log_group(names)))


def remote_write(url: pulumi.Input[str], names: Names) -> dict[str, Any]:
    """What Prometheus' spec says besides: both replicas write, and the store keeps one of each two samples."""
    return {
        "externalLabels": {"cluster": names.platform},
        # By these two labels the service knows replicas of one Prometheus.
        "replicaExternalLabelName": "__replica__",
        "remoteWrite": [{"url": url, "sigv4": {"region": names.region}, "queueConfig": dict(_QUEUE)}],
    }


def write_url(workspace: str, names: Names) -> str:
    """Where a workspace takes writes, from its ARN."""
    suffix = "amazonaws.com.cn" if names.partition == "aws-cn" else "amazonaws.com"
    identity = workspace.rpartition("/")[2]
    return f"https://aps-workspaces.{names.region}.{suffix}/workspaces/{identity}/api/v1/remote_write"


@dataclass(frozen=True, kw_only=True)
class MetricStoreArgs:
    """What :class:`MetricStore` needs."""

    settings: RemoteWriteSettings
    names: Names
    cluster: ClusterHandle
    lifecycle: Lifecycle


class MetricStore(PlatformComponent):
    """A workspace under a key of its own that logs what it refuses, or one that exists; Prometheus may write to it."""

    TYPE = "slipway:telemetry:MetricStore"

    def __init__(self, name: str, args: MetricStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        existing = args.settings.workspace
        self.url: pulumi.Input[str] = (
            write_url(existing, args.names)
            if existing is not None
            else pulumi.Output.concat(self._workspace().prometheus_endpoint, "api/v1/remote_write")
        )
        self.ready = account_role(
            self,
            name,
            PodRoleArgs(
                names=args.names,
                role=CAPABILITY,
                namespace=OBSERVABILITY,
                service_account=PROMETHEUS_ACCOUNT,
                statements=[write_statement(args.names, args.settings)],
                after=args.cluster.ready,
            ),
        )
        self.register_outputs({})

    def _workspace(self) -> "aws.amp.Workspace":
        name, names, kept = self._name, self._args.names, self._args.lifecycle
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Figures of the platform and of what runs on it",
            policy=metrics_key_policy(names),
            alias=names.key_alias(CAPABILITY),
            lifecycle=kept,
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=log_group(names),
            retention_in_days=kept.log_days(_LOG_DAYS),
            skip_destroy=kept.protects,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-logs"),
            opts=self.child_opts(),
        )
        return aws.amp.Workspace(
            f"{name}-workspace",
            alias=names.platform,
            kms_key_arn=key.arn,
            logging_configuration={"log_group_arn": pulumi.Output.concat(logs.arn, ":*")},
            tags={**self.tags(f"{name}-workspace"), **names.vpc_tags},
            opts=self.child_opts(protect=kept.protects),
        )
