"""The platform's own alerts when time passes: all quiet while it is well, and each heard for its own fault alone."""

import pytest

from components.loops.alerts import ALERTS as LOOPS
from components.loops.alerts import loops_rules
from components.observability.platform_alerts import ALERTS, platform_rules
from tests.alerts.promtool import counter, firing

RULES = [*platform_rules()["spec"]["groups"], *loops_rules()["spec"]["groups"]]
LASTS = 120
"""Minutes that are played; a fault begins with the first."""
DAY = 86400
QUEUE = "karpenter_interruption_message_queue_duration_seconds"
BUSY, STILL = counter((LASTS, 60)), counter((LASTS, 0))
SLOW = counter((LASTS, 0.5))


def steady(value):
    return f"{value}x{LASTS * 2}"


WELL = {
    'envoy_cluster_ratelimit_error{namespace="edge"}': STILL,
    'envoy_http_ext_proc_streams_failed{namespace="edge"}': STILL,
    'envoy_listener_ssl_certificate_expiration_unix_time_seconds{namespace="edge",envoy_tls_certificate="c"}': steady(
        30 * DAY
    ),
    'certmanager_certificate_ready_status{name="c",exported_namespace="edge",condition="True"}': steady(1),
    'envoy_control_plane_connected_state{namespace="edge",pod="p"}': steady(1),
    'envoy_listener_manager_lds_update_rejected{namespace="edge",pod="p"}': STILL,
    'envoy_cluster_manager_cds_update_rejected{namespace="edge",pod="p"}': STILL,
    'pilot_total_xds_rejects{type="cds"}': STILL,
    'karpenter_cloudprovider_instance_launch_failures_total{zone="a",capacity_type="spot",reason="r"}': STILL,
    'DCGM_FI_DEV_XID_ERRORS{hostname="h",gpu="0",modelName="L4"}': steady(0),
    'up{namespace="karpenter"}': steady(1),
    "karpenter_cluster_state_synced": steady(1),
    f'{QUEUE}_bucket{{le="30"}}': SLOW,
    f"{QUEUE}_count": SLOW,
    'karpenter_interruption_received_messages_total{message_type="spot_interrupted"}': SLOW,
    "karpenter_interruption_deleted_messages_total": SLOW,
    'up{namespace="load-balancers"}': steady(1),
    "otelcol_exporter_send_failed_log_records": STILL,
    "otelcol_exporter_enqueue_failed_log_records": STILL,
    "otelcol_receiver_refused_log_records": STILL,
    'keda_scaled_object_errors_total{exported_namespace="models",scaledObject="m"}': STILL,
    'no_poller_tasks{taskqueue="rollout"}': STILL,
    'workflow_failed{exported_namespace="slipway"}': STILL,
    'workflow_timeout{exported_namespace="slipway"}': STILL,
    "persistence_errors": STILL,
    'slipway:accepted_findings:first_end_seconds{rule="r",accepted_by="team"}': steady(90 * DAY),
    **{
        f'envoy_http_downstream_rq_xx{{envoy_http_conn_manager_prefix="https-10443",namespace="edge",'
        f'envoy_response_code_class="{code}"}}': BUSY if code == 2 else STILL
        for code in (2, 5)
    },
}
FAULTS = {
    "RateLimitStoreAway": {"envoy_cluster_ratelimit_error": BUSY},
    "GatewayProcessorFails": {"envoy_http_ext_proc_streams_failed": BUSY},
    "CertificateEnds": {"envoy_listener_ssl_certificate": steady(3 * DAY)},
    "CertificateNotReady": {"certmanager_certificate": steady(0)},
    "GatewayConfigurationStale": {"envoy_control_plane": steady(0)},
    "MeshConfigurationStale": {"pilot_total_xds_rejects": SLOW},
    "ModelPodsUnschedulable": {'kube_pod_status_unschedulable{namespace="models",pod="p"}': steady(1)},
    "MachinesNotLaunched": {"karpenter_cloudprovider": SLOW},
    "GpuFaulty": {"DCGM_FI_DEV_XID_ERRORS": steady(48)},
    "KarpenterAway": {'up{namespace="karpenter"}': steady(0)},
    "InterruptionsLate": {f"{QUEUE}_bucket": STILL},
    "LoadBalancersAway": {'up{namespace="load-balancers"}': steady(0)},
    "TelemetryLost": {"otelcol_receiver_refused": BUSY},
    "ScalingFails": {"keda_scaled_object_errors": SLOW},
    "WaiverEnds": {"slipway:accepted_findings": steady(9 * DAY)},
    "LoopsWithoutWorker": {"no_poller_tasks": SLOW},
    "LoopRunFailed": {"workflow_failed": SLOW},
    "LoopsDatabaseFails": {"persistence_errors": BUSY},
}
OTHERS = {
    "GatewayConfigurationStale": {"envoy_listener_manager": SLOW},
    "KarpenterAway": {"karpenter_cluster_state_synced": steady(0)},
    "InterruptionsLate": {"karpenter_interruption_deleted": STILL},
    "TelemetryLost": {"otelcol_exporter_send_failed": BUSY},
}
"""Second faults that one alert is for."""


def faulty(changes):
    """The series of a platform that is well but for these, which are named by how they begin."""
    made = dict(WELL)
    for begins, values in changes.items():
        named = [name for name in made if name.startswith(begins)] or [begins]
        made.update(dict.fromkeys(named, values))
    return made


def test_a_platform_that_is_well_calls_nobody(tmp_path):
    assert firing(tmp_path, RULES, WELL, [20, 60, LASTS - 1]) == {20: set(), 60: set(), LASTS - 1: set()}


def test_every_alert_has_a_fault_here():
    assert FAULTS.keys() == {alert.name for alert in (*ALERTS, *LOOPS)}


@pytest.mark.parametrize(("alert", "changes"), [*FAULTS.items(), *OTHERS.items()])
def test_each_fault_calls_by_its_own_name_and_by_no_other(tmp_path, alert, changes):
    minute = LASTS - 1
    assert firing(tmp_path, RULES, faulty(changes), [minute])[minute] == {alert}
