"""Dashboards of the data plane and of machines: gateways, pools and GPUs."""

from typing import Final

from components.foundation.well_known import EDGE, MODELS
from components.observability.dashboards.panels import Page, Panel, Query, one
from components.observability.machine_prices import IDLE

_AT_EDGE: Final = f'envoy_http_conn_manager_prefix="https-10443",namespace="{EDGE}"'

DATA_PLANE: Final = Page(
    name="data-plane",
    title="Slipway: gateways",
    panels=(
        Panel(
            title="Answers of the edge",
            says="All routes together, what the edge refuses by itself included.",
            unit="reqps",
            queries=one(
                f"sum by (envoy_response_code_class) (rate(envoy_http_downstream_rq_xx{{{_AT_EDGE}}}[5m]))",
                "{{envoy_response_code_class}}xx",
            ),
        ),
        Panel(
            title="Refused callers",
            says="Without a token, not on a model's list, or asking for no route.",
            unit="reqps",
            queries=(
                Query(expression=f"sum(rate(envoy_http_jwt_authn_denied{{{_AT_EDGE}}}[5m]))", legend="401"),
                Query(expression=f"sum(rate(envoy_http_rbac_denied{{{_AT_EDGE}}}[5m]))", legend="403"),
                Query(expression=f"sum(rate(envoy_http_no_route{{{_AT_EDGE}}}[5m]))", legend="no route"),
            ),
        ),
        Panel(
            title="Helpers that fail",
            says="The rate-limit service, and processors of the AI gateway and of pickers: their callers get 500.",
            unit="reqps",
            queries=(
                Query(expression="sum(rate(envoy_cluster_ratelimit_error[5m]))", legend="rate limit"),
                Query(expression="sum(rate(envoy_http_ext_proc_streams_failed[5m]))", legend="processors"),
            ),
        ),
        Panel(
            title="Days until the edge's certificate ends",
            says="As the proxies serve it.",
            unit="d",
            queries=one(
                "(min by (envoy_tls_certificate) "
                "(envoy_listener_ssl_certificate_expiration_unix_time_seconds) - time()) / 86400",
                "{{envoy_tls_certificate}}",
            ),
        ),
        Panel(
            title="Backends that answer",
            says="Of each model's route: pods that the edge takes for healthy.",
            unit="short",
            queries=one(
                "sum by (envoy_cluster_name) (envoy_cluster_membership_healthy"
                f'{{envoy_cluster_name=~"httproute/{EDGE}/.*"}})',
                "{{envoy_cluster_name}}",
            ),
        ),
        Panel(
            title="Configuration that proxies refuse",
            says="Anything but zero: changes do not arrive.",
            unit="short",
            queries=(
                Query(
                    expression="sum(increase(envoy_listener_manager_lds_update_rejected[15m]))",
                    legend="listeners",
                ),
                Query(
                    expression="sum(increase(envoy_cluster_manager_cds_update_rejected[15m]))",
                    legend="clusters",
                ),
            ),
        ),
    ),
)

MACHINES: Final = Page(
    name="machines",
    title="Slipway: machines and GPUs",
    panels=(
        Panel(
            title="Pools: what is used of what may be",
            says="At 1 a pool is at its limit, and pods wait.",
            unit="percentunit",
            bad_above=0.95,
            queries=one(
                'max by (nodepool, resource_type) (karpenter_nodepools_usage{resource_type=~"cpu|nvidia.com/gpu"}) '
                '/ max by (nodepool, resource_type) (karpenter_nodepools_limit{resource_type=~"cpu|nvidia.com/gpu"})',
                "{{nodepool}} {{resource_type}}",
            ),
        ),
        Panel(
            title="GPUs by pool",
            says="What machines have, and what pods ask for: the difference is idle.",
            unit="short",
            queries=(
                Query(
                    expression='sum by (nodepool) (karpenter_nodes_allocatable{resource_type="nvidia.com/gpu"})',
                    legend="{{nodepool}} there",
                ),
                Query(
                    expression='sum(kube_pod_container_resource_requests{resource="nvidia_com_gpu"})',
                    legend="asked for, all pools",
                ),
            ),
        ),
        Panel(
            title="Idle GPUs in money",
            says="USD an hour at list price, for GPUs that no pod asks for; machines without a price are in none.",
            unit="currencyUSD",
            queries=one(f"sum by (nodepool) ({IDLE})", "{{nodepool}}"),
        ),
        Panel(
            title="Pods of models that wait for a machine",
            says="No capacity, no quota, or a pool at its limit.",
            unit="short",
            queries=one(f'sum(kube_pod_status_unschedulable{{namespace="{MODELS}"}})', "waiting"),
        ),
        Panel(
            title="Machines that AWS did not give",
            says="By EC2's reason.",
            unit="short",
            queries=one(
                "sum by (reason, zone) (increase(karpenter_cloudprovider_instance_launch_failures_total[15m]))",
                "{{reason}} {{zone}}",
            ),
        ),
        Panel(
            title="Interruptions",
            says="Spot machines that AWS takes back, and maintenance.",
            unit="short",
            queries=one(
                "sum by (message_type) (increase(karpenter_interruption_received_messages_total[15m]))",
                "{{message_type}}",
            ),
        ),
        Panel(
            title="GPU use",
            says="A GPU that is held and does nothing is paid.",
            unit="percent",
            queries=one("max by (hostname, gpu) (DCGM_FI_DEV_GPU_UTIL)", "{{hostname}} {{gpu}}"),
        ),
        Panel(
            title="GPU memory in use",
            says="Engines take most of it at their start.",
            unit="percentunit",
            queries=one(
                "max by (hostname, gpu) (DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE))",
                "{{hostname}} {{gpu}}",
            ),
        ),
        Panel(
            title="GPU errors (XID)",
            says="Anything but zero: see the runbook GpuFaulty.",
            unit="short",
            queries=one("max by (hostname, gpu) (DCGM_FI_DEV_XID_ERRORS)", "{{hostname}} {{gpu}}"),
        ),
    ),
)
