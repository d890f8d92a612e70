"""What wakes somebody about the platform itself, whatever runs on it; series are ``facts/metrics``'. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from components.foundation.well_known import EDGE, KARPENTER, LOAD_BALANCERS, MODELS, OBSERVABILITY
from components.observability.accepted import ENDS
from components.observability.dashboards.panels import PageName, address
from components.observability.machine_prices import price_groups
from components.observability.slo.rules import RUNBOOKS, Measured, Promise, groups
from releases.objectives import Objective, Objectives

PLATFORM: Final = "platform"
"""Who owns these alerts, and the name under which the edge's own objective is counted."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert; ``lasts`` is how long its condition must hold before anybody is told."""

    name: str
    expression: str
    lasts: str
    severity: Literal["critical", "warning"]
    plane: Literal["data", "control"]
    summary: str
    dashboard: PageName
    """Where its figures are drawn."""

    def rule(self) -> dict[str, Any]:
        """As Prometheus reads it; its runbook is the page of its name."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.lasts,
            "labels": {"severity": self.severity, "plane": self.plane, "owner": PLATFORM},
            "annotations": {
                "summary": self.summary,
                "description": "At {{ $value }}; " + self.summary[0].lower() + self.summary[1:],
                "runbook_url": f"{RUNBOOKS}/{self.name}.md",
                "dashboard": address(self.dashboard),
            },
        }


_NOTICES: Final = "karpenter_interruption_message_queue_duration_seconds"
ALERTS: Final = (
    Alert(
        name="RateLimitStoreAway",
        expression="sum by (namespace) (rate(envoy_cluster_ratelimit_error[5m])) > 0",
        lasts="5m",
        severity="critical",
        plane="data",
        dashboard="data-plane",
        summary="The rate-limit service does not answer: callers get 500, since limits fail closed",
    ),
    Alert(
        name="GatewayProcessorFails",
        expression="sum by (namespace) (rate(envoy_http_ext_proc_streams_failed[5m])) > 0",
        lasts="5m",
        severity="critical",
        plane="data",
        dashboard="data-plane",
        summary="A processor of the AI gateway or an endpoint picker fails: its callers get 500",
    ),
    Alert(
        name="CertificateEnds",
        expression=(
            "min by (envoy_tls_certificate) "
            f'(envoy_listener_ssl_certificate_expiration_unix_time_seconds{{namespace="{EDGE}"}}) - time() < 7 * 86400'
        ),
        lasts="1h",
        severity="critical",
        plane="data",
        dashboard="data-plane",
        summary="The certificate that the edge serves ends within seven days: it was not renewed, or not taken over",
    ),
    Alert(
        name="CertificateNotReady",
        expression='max by (name, exported_namespace) (certmanager_certificate_ready_status{condition="True"}) == 0',
        lasts="1h",
        severity="warning",
        plane="control",
        dashboard="control-plane",
        summary="cert-manager cannot issue or renew a certificate",
    ),
    Alert(
        name="GatewayConfigurationStale",
        expression=(
            "min by (namespace, pod) (envoy_control_plane_connected_state) == 0\n"
            "or sum by (namespace, pod) (increase(envoy_listener_manager_lds_update_rejected[15m])) > 0\n"
            "or sum by (namespace, pod) (increase(envoy_cluster_manager_cds_update_rejected[15m])) > 0"
        ),
        lasts="10m",
        severity="warning",
        plane="control",
        dashboard="data-plane",
        summary="A proxy hears nothing from its controller, or refuses what it hears: changes of routes do not arrive",
    ),
    Alert(
        name="MeshConfigurationStale",
        expression="sum by (type) (increase(pilot_total_xds_rejects[15m])) > 0",
        lasts="10m",
        severity="warning",
        plane="control",
        dashboard="mesh",
        summary="The mesh's proxies refuse what istiod sends them: authorization policies may be older than declared",
    ),
    Alert(
        name="ModelPodsUnschedulable",
        expression=f'sum by (namespace, pod) (kube_pod_status_unschedulable{{namespace="{MODELS}"}}) > 0',
        lasts="15m",
        severity="warning",
        plane="control",
        dashboard="machines",
        summary="Pods of models find no machine: no capacity, no quota, or a pool at its limit",
    ),
    Alert(
        name="MachinesNotLaunched",
        expression=(
            "sum by (zone, capacity_type, reason) "
            "(increase(karpenter_cloudprovider_instance_launch_failures_total[15m])) > 0"
        ),
        lasts="15m",
        severity="warning",
        plane="control",
        dashboard="machines",
        summary="AWS gives no machine for a pool: no capacity in its zones and types, or a quota is used up",
    ),
    Alert(
        name="GpuFaulty",
        expression="max by (hostname, gpu, modelName) (DCGM_FI_DEV_XID_ERRORS) > 0",
        lasts="5m",
        severity="warning",
        plane="control",
        dashboard="machines",
        summary="A GPU reports an error (XID): what runs on it may fail or answer nonsense",
    ),
    Alert(
        name="KarpenterAway",
        expression=f'absent(up{{namespace="{KARPENTER}"}} == 1) or max(karpenter_cluster_state_synced) == 0',
        lasts="10m",
        severity="critical",
        plane="control",
        dashboard="control-plane",
        summary="Karpenter is away: no machine is made, and none is drained before AWS takes it back",
    ),
    Alert(
        name="InterruptionsLate",
        # Spot gives two minutes; what waited longer than half a minute leaves too few to drain a model in.
        expression=(
            f"sum(increase({_NOTICES}_count[15m]))\n"
            f'- sum(increase({_NOTICES}_bucket{{le=~"30(\\\\.0)?"}}[15m])) > 0.5\n'
            "or sum(increase(karpenter_interruption_received_messages_total[15m]))\n"
            "- sum(increase(karpenter_interruption_deleted_messages_total[15m])) > 0.5"
        ),
        lasts="5m",
        severity="warning",
        plane="control",
        dashboard="machines",
        summary="Notices of machines that AWS takes back are read late or not worked off: they go undrained",
    ),
    Alert(
        name="LoadBalancersAway",
        expression=f'absent(up{{namespace="{LOAD_BALANCERS}"}} == 1)',
        lasts="10m",
        severity="critical",
        plane="control",
        dashboard="control-plane",
        summary="The load balancer controller is away: the edge's load balancer follows no proxy that comes or goes",
    ),
    Alert(
        name="TelemetryLost",
        expression=(
            "sum(rate(otelcol_exporter_send_failed_log_records[10m])) > 0\n"
            "or sum(rate(otelcol_exporter_enqueue_failed_log_records[10m])) > 0\n"
            "or sum(rate(otelcol_receiver_refused_log_records[10m])) > 0"
        ),
        lasts="15m",
        severity="warning",
        plane="control",
        dashboard="control-plane",
        summary="The collector loses logs: they reach CloudWatch with gaps",
    ),
    Alert(
        name="ScalingFails",
        expression="sum by (exported_namespace, scaledObject) (increase(keda_scaled_object_errors_total[15m])) > 0",
        lasts="15m",
        severity="warning",
        plane="control",
        dashboard="control-plane",
        summary="KEDA cannot read what a model scales by: it stays at the replicas it has",
    ),
    Alert(
        name="WaiverEnds",
        expression=f"min by (rule, accepted_by) ({ENDS}) - time() < 14 * 86400",
        lasts="1h",
        severity="warning",
        plane="control",
        dashboard="security",
        summary="A finding is accepted for less than two weeks more: after that changes of the stack are refused",
    ),
)
"""Beside the chart's own, which look at nodes, volumes, Prometheus and Alertmanager."""

_EDGE: Final = f'envoy_http_conn_manager_prefix="https-10443",namespace="{EDGE}"'


def edge_objective() -> list[dict[str, Any]]:
    """The platform's own promise: 99.9 % of what reaches the edge is answered below 500, local replies included.

    What no model's figures show counts here: a processor or a rate-limit service that is away, a route without
    backends.
    """
    slo = Objectives(objectives=[Objective(indicator="availability", target=0.999)])
    requests = f"sum(rate(envoy_http_downstream_rq_xx{{{_EDGE}}}[5m]))"
    failed = f'sum(rate(envoy_http_downstream_rq_xx{{{_EDGE},envoy_response_code_class="5"}}[5m]))'
    measured = Measured(requests=requests, errors=f"{failed} or {requests} * 0")
    return groups(
        Promise(model="edge", release=PLATFORM, owner=PLATFORM, slo=slo, dashboard=address("data-plane")),
        {"availability": measured},
    )


def platform_rules(region: str = "", gpu_machines: Iterable[str] = ()) -> dict[str, Any]:
    """The PrometheusRule of the platform; with the prices of its machines that have one in the region."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "slipway-platform", "namespace": OBSERVABILITY},
        "spec": {
            "groups": [
                {"name": "platform", "rules": [alert.rule() for alert in ALERTS]},
                *edge_objective(),
                *price_groups(region, gpu_machines),
            ]
        },
    }
