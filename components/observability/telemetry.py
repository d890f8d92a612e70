"""Seeing what runs: metrics, logs and traces, kept for a known time and encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.cluster.cluster import ClusterHandle
from components.cluster.cluster_addons import ClusterAddonsHandle
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.definitions import define
from components.foundation.encryption_key import encryption_key
from components.foundation.helm import release
from components.foundation.iam_document import document
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.lifecycle import DURABLE, Lifecycle
from components.foundation.names import Names
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import OBSERVABILITY
from components.identity.cluster_key import account_may_manage, logs_may_use
from components.identity.pod_roles import ControllerParts, PodRoleArgs, controller_role
from components.mesh.mesh import MeshHandle
from components.observability.accepted import NO_CONSTANTS, Constants, accepted_rules
from components.observability.alert_topics import AlertTopics, AlertTopicsArgs, topic_arns
from components.observability.alerting import AlertingSettings
from components.observability.collector_grants import collector_statements, log_groups
from components.observability.collectors import collector, node_collector
from components.observability.dashboards.pages import config_maps
from components.observability.grafana import GrafanaSignIn
from components.observability.metric_store import (
    MetricStore,
    MetricStoreArgs,
    RemoteWriteSettings,
    remote_write,
)
from components.observability.monitors import pod_monitors, service_monitors
from components.observability.platform_alerts import platform_rules
from components.observability.prometheus import prometheus
from components.observability.traces import TraceSettings, with_traces
from components.observability.values import (
    COLLECTOR,
    OTLP_ENDPOINT,
    PROMETHEUS_ACCOUNT,
    READ_THE_NODE,
    gpu_exporter,
)


class TelemetrySettings(Settings):
    """``telemetry:`` in a stack file."""

    log_retention_days: Literal[30, 90, 180, 365, 731] = 90
    metric_retention_days: int = Field(default=30, ge=1, le=90)
    metric_storage_gib: int = Field(default=100, ge=10)
    alerting: AlertingSettings | None = None
    """Whom alerts reach; nobody, where nothing is said."""
    remote_write: RemoteWriteSettings | None = None
    """Where figures are kept beside Prometheus' own disks; nowhere, where nothing is said."""
    traces: TraceSettings | None = None
    """Which traces are kept, and where; none, where nothing is said."""
    grafana_admin_secret: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
    grafana_sign_in: GrafanaSignIn | None = None

    @model_validator(mode="after")
    def _somebody_signs_in_to_something(self) -> Self:
        if self.grafana_sign_in is not None and self.grafana_admin_secret is None:
            raise ValueError("grafana_sign_in: there is no Grafana without grafana_admin_secret; name one")
        return self


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
    constants: Constants = NO_CONSTANTS


@dataclass(frozen=True, kw_only=True)
class TelemetryHandle(Handle):
    """What others may use of :class:`Telemetry`. The principal is the mesh identity behind the trust domain."""

    otlp_endpoint: pulumi.Input[str]
    prometheus_principal: pulumi.Input[str] = f"ns/{OBSERVABILITY}/sa/{PROMETHEUS_ACCOUNT}"


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
            system_namespace(OBSERVABILITY, pod_security="privileged", reason=READ_THE_NODE),
            # Pods need addresses, names and disks.
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        written_to = self._log_groups()
        identity = self._identity()
        crds = define(self, name, "prometheus-operator")
        settings = args.settings
        store, told = self._metric_store(), self._topics()
        values = prometheus(
            retention_days=settings.metric_retention_days,
            storage_gib=settings.metric_storage_gib,
            grafana_admin_secret=settings.grafana_admin_secret,
            grafana_sign_in=settings.grafana_sign_in,
            alerting=settings.alerting,
            topics=topic_arns(settings.alerting, args.names),
            remote=remote_write(store.url, args.names) if store else None,
        )
        charts: dict[str, tuple[str, dict[str, Any], list[pulumi.Resource]]] = {
            # The operator stops where a kind it watches is missing; its pods' credentials come at admission.
            "prometheus": ("kube-prometheus-stack", values, [*crds, *(store.ready if store else ()), *told]),
            # Credentials are injected when the pod is admitted: the association comes first.
            "collector": (
                "opentelemetry-collector",
                with_traces(
                    collector(args.names.region, log_groups(args.names)), settings.traces, args.names.region
                ),
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
        rules = self._rules([namespace, *crds, running["prometheus"]])
        self.handle = TelemetryHandle(
            otlp_endpoint=OTLP_ENDPOINT, ready=(namespace, *crds, *running.values(), *monitors, *rules)
        )
        self.register_outputs({})

    def _metric_store(self) -> MetricStore | None:
        args, asked = self._args, self._args.settings.remote_write
        if asked is None:
            return None
        needs = MetricStoreArgs(
            settings=asked, names=args.names, cluster=args.cluster, lifecycle=args.lifecycle
        )
        return MetricStore(f"{self._name}-metrics", needs, self.child_opts())

    def _topics(self) -> Sequence[pulumi.Resource]:
        args, asked = self._args, self._args.settings.alerting
        if asked is None or not topic_arns(asked, args.names):
            return ()
        needs = AlertTopicsArgs(
            settings=asked, names=args.names, cluster=args.cluster, lifecycle=args.lifecycle
        )
        return AlertTopics(f"{self._name}-alert-topics", needs, self.child_opts()).ready

    def _monitors(self, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        return [
            # Each needs its CRD and the operator's webhook.
            KubernetesObject(
                f"{self._name}-monitor-{role}", manifest, self.child_opts(depends_on=list(after))
            )
            for role, manifest in {**service_monitors(), **pod_monitors()}.items()
        ]

    def _rules(self, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        constants = self._args.constants
        made = {
            "alerts": platform_rules(self._args.names.region, constants.gpu_machines),
            "accepted": accepted_rules(constants.accepted),
        }
        return [
            KubernetesObject(f"{self._name}-{role}", manifest, self.child_opts(depends_on=list(after)))
            for role, manifest in made.items()
            if manifest is not None
        ]

    def _dashboards(self, after: Sequence[pulumi.Resource]) -> None:
        if self._args.settings.grafana_admin_secret is None:
            return
        for page, manifest in config_maps().items():
            KubernetesObject(
                f"{self._name}-dashboard-{page}", manifest, self.child_opts(depends_on=list(after))
            )

    def _log_groups(self) -> list[pulumi.Resource]:
        name, names = self._name, self._args.names
        key, _ = encryption_key(
            self,
            f"{name}-key",
            description="Logs of the platform and of what runs on it",
            policy=document(*account_may_manage(names), logs_may_use(names, names.log_group("telemetry/*"))),
            alias=names.key_alias("telemetry"),
            lifecycle=self._args.lifecycle,
            alias_name=f"{name}-key",
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

    def _identity(self) -> tuple[pulumi.Resource, ...]:
        name, args = self._name, self._args
        return controller_role(
            self,
            ControllerParts.of(name),
            PodRoleArgs(
                names=args.names,
                role="telemetry",
                namespace=OBSERVABILITY,
                service_account=COLLECTOR,
                statements=collector_statements(args.names, args.settings.traces),
                after=args.cluster.ready,
            ),
            args.cluster.name,
        )
