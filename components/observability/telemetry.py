"""Seeing what runs: metrics, logs and traces, kept for a known time and encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.iam_document import Statement, document, pod_identity_trust
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import OBSERVABILITY
from components.identity.cluster_key import account_may_manage, logs_may_use
from components.mesh.mesh import MeshHandle
from components.observability.alerting import AlertingSettings
from components.observability.dashboards.pages import config_maps
from components.observability.monitors import pod_monitors, service_monitors
from components.observability.platform_alerts import platform_rules
from components.observability.prometheus import prometheus
from components.observability.values import (
    COLLECTOR,
    OTLP_ENDPOINT,
    PROMETHEUS_ACCOUNT,
    collector,
    gpu_exporter,
    node_collector,
)

LOGS: Final = ("applications", "containers")
"""What programs send themselves, and what their containers print."""


class TelemetrySettings(Settings):
    """``telemetry:`` in a stack file."""

    log_retention_days: Literal[30, 90, 180, 365, 731] = 90
    metric_retention_days: int = Field(default=30, ge=1, le=90)
    metric_storage_gib: int = Field(default=100, ge=10)
    alerting: AlertingSettings | None = None
    """Whom alerts reach; nobody, where nothing is said."""
    grafana_admin_secret: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")


_READ_THE_NODE: Final = "agents read the logs and devices of each node"


@dataclass(frozen=True, kw_only=True)
class TelemetryArgs:
    """What :class:`Telemetry` needs."""

    settings: TelemetrySettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle
    mesh: MeshHandle
    lifecycle: Lifecycle = DURABLE
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class TelemetryHandle(Handle):
    """What others may use of :class:`Telemetry`. The principal is the mesh identity behind the trust domain."""

    otlp_endpoint: pulumi.Input[str]
    prometheus_principal: pulumi.Input[str] = f"ns/{OBSERVABILITY}/sa/{PROMETHEUS_ACCOUNT}"


def log_groups(names: Names) -> dict[str, str]:
    """The physical name of each log group."""
    return {kind: names.log_group(f"telemetry/{kind}") for kind in LOGS}


def collector_statements(names: Names) -> list[Statement]:
    """The collector writes to its log groups and cannot read them."""
    groups = [names.arn("logs", f"log-group:{group}") for group in log_groups(names).values()]
    return [
        Statement(
            sid="WriteTelemetry",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[arn for group in groups for arn in (group, f"{group}:*")],
        )
    ]


class Telemetry(PlatformComponent):
    """OpenTelemetry collectors, Prometheus with Alertmanager, GPU metrics, and monitors for all we run.

    Grafana comes only with a secret that holds its password. The namespace is privileged, because agents in it
    read their node; it is not in the mesh, but the pods that meet workloads are, each by its own label.
    """

    TYPE = "slipway:telemetry:Telemetry"

    def __init__(self, name: str, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._name, self._args = name, args
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(OBSERVABILITY, pod_security="privileged", reason=_READ_THE_NODE),
            # Pods need addresses, names and disks.
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        written_to = self._log_groups()
        identity = self._identity()
        crds = define(self, name, "prometheus-operator")
        settings = args.settings
        values = prometheus(
            retention_days=settings.metric_retention_days,
            storage_gib=settings.metric_storage_gib,
            grafana_admin_secret=settings.grafana_admin_secret,
            alerting=settings.alerting,
        )
        charts: dict[str, tuple[str, dict[str, Any], list[pulumi.Resource]]] = {
            # The operator stops where a kind it watches is missing.
            "prometheus": ("kube-prometheus-stack", values, crds),
            # Credentials are injected when the pod is admitted: the association comes first.
            "collector": (
                "opentelemetry-collector",
                collector(args.names.region, log_groups(args.names)),
                [*written_to, *identity],
            ),
            "node-collector": ("opentelemetry-node-collector", node_collector(), []),
            "gpu-exporter": ("dcgm-exporter", gpu_exporter(), []),
        }
        running = {
            role: release(
                f"{name}-{role}",
                pin,
                OBSERVABILITY,
                chart_values,
                # Pods that carry the mesh's label join as they start: the agents must run by then.
                self.child_opts(depends_on=[namespace, *args.mesh.ready, *after]),
                registry=args.registry,
            )
            for role, (pin, chart_values, after) in charts.items()
        }
        monitors = self._monitors([namespace, *crds, running["prometheus"]])
        self._dashboards([namespace])
        alerts = self._alerts([namespace, *crds, running["prometheus"]])
        self.handle = TelemetryHandle(
            otlp_endpoint=OTLP_ENDPOINT, ready=(namespace, *crds, *running.values(), *monitors, alerts)
        )
        self.register_outputs({})

    def _monitors(self, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        return [
            # Each needs its CRD and the operator's webhook.
            KubernetesObject(
                f"{self._name}-monitor-{role}", manifest, self.child_opts(depends_on=list(after))
            )
            for role, manifest in {**service_monitors(), **pod_monitors()}.items()
        ]

    def _dashboards(self, after: Sequence[pulumi.Resource]) -> None:
        """One ConfigMap a page, where there is a Grafana to read it."""
        if self._args.settings.grafana_admin_secret is None:
            return
        for page, manifest in config_maps().items():
            KubernetesObject(
                f"{self._name}-dashboard-{page}", manifest, self.child_opts(depends_on=list(after))
            )

    def _alerts(self, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        return KubernetesObject(
            f"{self._name}-alerts", platform_rules(), self.child_opts(depends_on=list(after))
        )

    def _log_groups(self) -> list[pulumi.Resource]:
        name, names = self._name, self._args.names
        key = aws.kms.Key(
            f"{name}-key",
            description="Logs of the platform and of what runs on it",
            enable_key_rotation=True,
            deletion_window_in_days=self._args.lifecycle.key_deletion_days,
            policy=document(*account_may_manage(names), logs_may_use(names, names.log_group("telemetry/*"))),
            tags=self.tags(f"{name}-key"),
            opts=self.child_opts(protect=self._args.lifecycle.protects),
        )
        aws.kms.Alias(
            f"{name}-key", name=names.key_alias("telemetry"), target_key_id=key.id, opts=self.child_opts()
        )
        return [
            aws.cloudwatch.LogGroup(
                f"{name}-logs-{kind}",
                name=group,
                retention_in_days=self._args.lifecycle.log_days(self._args.settings.log_retention_days),
                skip_destroy=self._args.lifecycle.protects,
                kms_key_id=key.arn,
                tags=self.tags(f"{name}-logs-{kind}"),
                opts=self.child_opts(),
            )
            for kind, group in log_groups(names).items()
        ]

    def _identity(self) -> list[pulumi.Resource]:
        name, args = self._name, self._args
        role = aws.iam.Role(
            f"{name}-role",
            name=args.names.role("telemetry"),
            assume_role_policy=pod_identity_trust(args.names, [OBSERVABILITY], [COLLECTOR]),
            permissions_boundary=args.names.boundary_arn,
            tags=self.tags(f"{name}-role"),
            opts=self.child_opts(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-permissions",
            role=role.name,
            policy=document(*collector_statements(args.names)),
            opts=self.child_opts(),
        )
        association = aws.eks.PodIdentityAssociation(
            f"{name}-identity",
            cluster_name=args.cluster.name,
            namespace=OBSERVABILITY,
            service_account=COLLECTOR,
            role_arn=role.arn,
            tags=self.tags(f"{name}-identity"),
            # A pod admitted now would already call with the role, and be refused.
            opts=self.child_opts(depends_on=[*args.cluster.ready, policy]),
        )
        return [policy, association]
