"""The dashboard of the mesh: which flows are refused, which are lost, and whether its rules arrive."""

from typing import Final

from components.foundation.well_known import ISTIO_SYSTEM
from components.observability.dashboards.panels import Page, Panel, Query, one

_PAIR: Final = "source_workload, destination_workload"
_OF_PAIR: Final = "{{source_workload}} to {{destination_workload}}"

MESH: Final = Page(
    name="mesh",
    title="Slipway: mesh",
    panels=(
        Panel(
            title="Denied flows",
            says="Refused by an authorization policy: a caller that no declared flow lets in.",
            unit="short",
            queries=one(
                f'sum by ({_PAIR}) (increase(istio_tcp_connections_closed_total{{response_flags="DENY"}}[5m]))',
                _OF_PAIR,
            ),
        ),
        Panel(
            title="Connections that could not be made",
            says="A peer that is away, or one that proves no identity.",
            unit="short",
            queries=one(
                "sum by (destination_workload, response_flags) (increase(istio_tcp_connections_failed_total[5m]))",
                "{{destination_workload}} {{response_flags}}",
            ),
        ),
        Panel(
            title="Connections without mutual TLS",
            says="In plain text, from callers outside the mesh.",
            unit="short",
            queries=one(
                f"sum by ({_PAIR}) (rate(istio_tcp_connections_opened_total"
                '{connection_security_policy!="mutual_tls",reporter="destination"}[5m]))',
                _OF_PAIR,
            ),
        ),
        Panel(
            title="Bytes to models",
            says="What each workload takes in.",
            unit="bytes",
            queries=one(
                "sum by (destination_workload) (rate(istio_tcp_received_bytes_total"
                '{destination_workload_namespace="models",reporter="destination"}[5m]))',
                "{{destination_workload}}",
            ),
        ),
        Panel(
            title="Rules on their way to proxies (p99)",
            says="From a policy that was written to a proxy that has it.",
            unit="s",
            queries=one(
                "histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[5m])))",
                "p99",
            ),
        ),
        Panel(
            title="Rules that proxies refuse",
            says="Anything but zero: policies may be older than declared (runbook MeshConfigurationStale).",
            unit="short",
            queries=one("sum by (type) (increase(pilot_total_xds_rejects[15m]))", "{{type}}"),
        ),
        Panel(
            title="Pods that wait for the mesh",
            says="Above zero for long: a pod without a network.",
            unit="short",
            queries=one("sum(workload_manager_pending_proxy_count)", "waiting"),
        ),
        Panel(
            title="Nodes whose proxy is away",
            says="Pods of the mesh on such a node reach nobody.",
            unit="short",
            queries=one(
                f'sum by (daemonset) (kube_daemonset_status_number_unavailable{{namespace="{ISTIO_SYSTEM}"}})',
                "{{daemonset}}",
            ),
        ),
        Panel(
            title="Days until the mesh's root ends",
            says="Every workload's identity is below it.",
            unit="d",
            queries=one("min(citadel_server_root_cert_expiry_seconds) / 86400", "root"),
        ),
        Panel(
            title="Certificates for workloads",
            says="Given, and asked for by somebody who is not who they say.",
            unit="short",
            queries=(
                Query(expression="sum(rate(citadel_server_success_cert_issuance_count[5m]))", legend="given"),
                Query(
                    expression="sum(rate(citadel_server_authentication_failure_count[5m]))", legend="refused"
                ),
            ),
        ),
    ),
)
