"""Seeing what runs: metrics, logs and traces, kept for a known time and encrypted."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.base import Handle, PlatformComponent, Settings
from components.cluster import ClusterHandle
from components.cluster_addons import ClusterAddonsHandle
from components.cluster_key import account_may_manage, logs_may_use
from components.helm import release
from components.iam_document import Statement, document, pod_identity_trust
from components.kubernetes import KubernetesObject
from components.names import Names
from components.namespaces import OBSERVABILITY
from components.system_namespace import system_namespace
from components.telemetry_monitors import pod_monitors, service_monitors
from components.telemetry_values import COLLECTOR, OTLP_ENDPOINT, collector, gpu_exporter, prometheus


class TelemetrySettings(Settings):
    """``telemetry:`` in a stack file."""

    log_retention_days: Literal[30, 90, 180, 365, 731] = 90
    metric_retention_days: int = Field(default=15, ge=1, le=90)
    metric_storage_gib: int = Field(default=100, ge=10)


@dataclass(frozen=True, kw_only=True)
class TelemetryArgs:
    """What :class:`Telemetry` needs."""

    settings: TelemetrySettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class TelemetryHandle(Handle):
    """What others may use of :class:`Telemetry`."""

    otlp_endpoint: pulumi.Input[str]


def collector_statements(names: Names) -> list[Statement]:
    """The collector writes to one log group and cannot read it."""
    group = names.arn("logs", f"log-group:{names.log_group('telemetry')}")
    return [
        Statement(
            sid="WriteTelemetry",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[group, f"{group}:*"],
        )
    ]


class Telemetry(PlatformComponent):
    """OpenTelemetry collector, Prometheus with Alertmanager and Grafana, GPU metrics, and monitors for all we run."""

    TYPE = "slipway:telemetry:Telemetry"

    def __init__(self, name: str, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = args.settings
        namespace = KubernetesObject(
            f"{name}-namespace",
            # Node exporters read the host's figures.
            system_namespace(OBSERVABILITY, pod_security="privileged", in_mesh=True),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        log_group = self._log_group(name, args)
        identity = self._identity(name, args)
        # Kept on delete: the CRDs are part of the chart, and with them go all monitors and alerts.
        stack = release(
            f"{name}-prometheus",
            "kube-prometheus-stack",
            OBSERVABILITY,
            prometheus(settings.metric_retention_days, settings.metric_storage_gib),
            self.child_opts(depends_on=[namespace, *args.cluster_addons.ready], retain_on_delete=True),
        )
        collectors = release(
            f"{name}-collector",
            "opentelemetry-collector",
            OBSERVABILITY,
            collector(args.names.region, args.names.log_group("telemetry")),
            # Credentials are injected when the pod is admitted: the association comes first.
            self.child_opts(depends_on=[namespace, log_group, *identity]),
        )
        gpus = release(
            f"{name}-gpu-exporter",
            "dcgm-exporter",
            OBSERVABILITY,
            gpu_exporter(),
            self.child_opts(depends_on=[namespace]),
        )
        for role, manifest in {**service_monitors(), **pod_monitors()}.items():
            # The CRDs come with the Prometheus chart.
            KubernetesObject(
                f"{name}-monitor-{role}", manifest, self.child_opts(depends_on=[stack, namespace])
            )
        self.handle = TelemetryHandle(otlp_endpoint=OTLP_ENDPOINT, ready=(stack, collectors, gpus))
        self.register_outputs({})

    def _log_group(self, name: str, args: TelemetryArgs) -> pulumi.Resource:
        names = args.names
        physical = names.log_group("telemetry")
        key = aws.kms.Key(
            f"{name}-key",
            description="Logs and traces of the platform",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=document(account_may_manage(names), logs_may_use(names, physical)),
            tags=self.tags(f"{name}-key"),
            opts=self.child_opts(protect=True),
        )
        aws.kms.Alias(
            f"{name}-key", name=names.key_alias("telemetry"), target_key_id=key.id, opts=self.child_opts()
        )
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=physical,
            retention_in_days=args.settings.log_retention_days,
            kms_key_id=key.arn,
            tags=self.tags(f"{name}-logs"),
            opts=self.child_opts(),
        )

    def _identity(self, name: str, args: TelemetryArgs) -> tuple[pulumi.Resource, ...]:
        names = args.names
        role = aws.iam.Role(
            f"{name}-role",
            name=names.role("telemetry"),
            assume_role_policy=pod_identity_trust(names, [OBSERVABILITY], [COLLECTOR]),
            permissions_boundary=names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=document(*collector_statements(names)),
            opts=self.child_opts(),
        )
        association = aws.eks.PodIdentityAssociation(
            f"{name}-identity",
            cluster_name=args.cluster.name,
            namespace=OBSERVABILITY,
            service_account=COLLECTOR,
            role_arn=role.arn,
            tags=self.tags(f"{name}-identity"),
            opts=self.child_opts(depends_on=[*args.cluster.ready, policy]),
        )
        return (association, policy)
