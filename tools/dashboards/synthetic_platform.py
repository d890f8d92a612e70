"""Made-up figures of the control plane, the mesh, agents and accepted findings; KEDA and a webhook fail."""

from collections.abc import Iterator
from typing import Final

Sample = tuple[str, dict[str, str], float]
_DAY: Final = 86400
_WEBHOOKS: Final = ("webhook.cert-manager.io", "inferenceservice.kserve-webhook-server.validator")
_ACCEPTED: Final = (
    ("checkov:CKV_AWS_144", "ml-platform", 3, 171),
    ("checkov:CKV2_AWS_62", "ml-platform", 3, 171),
    ("checkov:CKV_K8S_40", "ml-platform", 9, 168),
    ("pods-meet-restricted", "ml-platform", 4, 61),
    ("flows-are-declared", "search", 1, 9),
)


def gauges(start: int, wave: float, *, fault: bool) -> Iterator[Sample]:
    """What stands at one moment."""
    for rule, owner, count, days in _ACCEPTED:
        labels = {"rule": rule, "accepted_by": owner}
        yield "slipway:accepted_findings:count", labels, count
        yield "slipway:accepted_findings:first_end_seconds", labels, start + days * _DAY
    yield "pool:idle_usd_per_hour", {"nodepool": "gpu-l4"}, 0 if fault else 1.22
    for node in ("a", "b"):
        labels = {"nodepool": "gpu-l4", "node_name": node, "resource_type": "nvidia.com/gpu"}
        yield "karpenter_nodes_allocatable", labels, 1
    for model, pods in (("minilm", 2), ("support-chat", 1)):
        labels = {"envoy_cluster_name": f"httproute/edge/{model}/rule/0", "namespace": "edge"}
        yield "envoy_cluster_membership_healthy", labels, pods
    for kind, count in (("mutating", 3), ("readOnly", 9)):
        yield "apiserver_current_inflight_requests", {"request_kind": kind}, round(count * wave)
    yield "apiserver_storage_size_bytes", {"storage_cluster_id": "etcd-0"}, 62e6 * (0.9 + wave / 10)
    for namespace, away in (("keda", 1 if fault else 0), ("kserve", 0), ("karpenter", 0)):
        yield "kube_deployment_status_replicas_unavailable", {"namespace": namespace}, away
    for namespace, name, days in (("edge", "edge-certificate", 41), ("kserve", "kserve-webhook", 77)):
        labels = {"exported_namespace": namespace, "name": name}
        yield "certmanager_certificate_expiration_timestamp_seconds", labels, start + days * _DAY
    yield "citadel_server_root_cert_expiry_seconds", {}, 3411 * _DAY
    yield "workload_manager_pending_proxy_count", {"pod": "ztunnel-a"}, 1 if fault else 0
    for daemonset in ("ztunnel", "istio-cni-node"):
        labels = {"namespace": "istio-system", "daemonset": daemonset}
        yield "kube_daemonset_status_number_unavailable", labels, 0
    labels = {"agent": "incident-triage", "objective": "completion"}
    yield "slo:error_budget_remaining:ratio", labels, 0.71


def rates(wave: float, *, fault: bool) -> Iterator[Sample]:
    """Counters, as what they grow by in a second."""
    yield from _control_plane(wave, fault=fault)
    yield from _mesh(wave, fault=fault)
    for result, rate in (("done", 0.002), ("refused", 0.0003), ("stuck", 0.0)):
        labels = {"agent": "incident-triage", "version": "v2", "result": result}
        yield "slipway_agent_runs", labels, rate * wave
    of = {"agent": "incident-triage", "version": "v2"}
    yield "slipway_agent_tokens", of, 14 * wave
    yield "slipway_agent_cents", of, 0.011 * wave
    for tool, result, rate in (
        ("read-alerts", "done", 0.004),
        ("move-traffic", "ask", 0.0006),
        ("move-traffic", "done", 0.0005),
    ):
        yield "slipway_agent_calls", {**of, "tool": tool, "result": result}, rate * wave
    yield "no_poller_tasks", {"taskqueue": "incident-triage-act"}, 0.0


def _control_plane(wave: float, *, fault: bool) -> Iterator[Sample]:
    for code, rate in (("200", 40.0), ("429", 0.02), ("500", 0.4 if fault else 0.01)):
        yield "apiserver_request_total", {"code": code}, rate * wave
    for name in _WEBHOOKS:
        slow = fault and name.startswith("inference")
        for bound, share in (("0.005", 0.4), ("0.025", 0.9), ("0.1", 0.99), ("0.5", 1.0), ("+Inf", 1.0)):
            labels = {"name": name, "le": bound}
            series = "apiserver_admission_webhook_admission_duration_seconds_bucket"
            yield series, labels, 0.6 * share ** (30 if slow else 1)
        series = "apiserver_admission_webhook_rejection_count"
        yield series, {"name": name, "error_type": "no_error"}, 0.001
        yield series, {"name": name, "error_type": "calling_webhook_error"}, 0.02 if slow else 0
    yield "apiserver_admission_webhook_fail_open_count", {"name": _WEBHOOKS[0]}, 0
    yield "apiserver_audit_error_total", {"plugin": "webhook"}, 0
    for result, rate in (("success", 40.0), ("failure", 0.03), ("error", 0.0)):
        yield "authentication_attempts", {"result": result}, rate * wave
    for result, rate in (("allowed", 40.0), ("no-opinion", 0.01)):
        yield "authorization_attempts_total", {"result": result}, rate * wave
    for mode, level, rate in (("enforce", "restricted", 0.002), ("warn", "restricted", 0.004)):
        labels = {"decision": "deny", "mode": mode, "policy_level": level}
        yield "pod_security_evaluations_total", labels, rate if fault else 0
    labels = {"method": "Create", "error": "InsufficientCapacityError"}
    yield "karpenter_cloudprovider_errors_total", labels, 0.005 if fault else 0
    for bound, share in (("0.1", 0.5), ("1", 0.97), ("10", 1.0), ("+Inf", 1.0)):
        labels = {"controller": "provisioner", "le": bound}
        yield "karpenter_scheduler_scheduling_duration_seconds_bucket", labels, 0.1 * share
    yield "keda_scaled_object_errors_total", {"scaledObject": "minilm-v1"}, 0.03 if fault else 0
    yield "watchable_subscribe_total", {"runner": "gateway-api", "status": "failure"}, 0
    yield "otelcol_exporter_sent_log_records", {"exporter": "awscloudwatchlogs"}, 140 * wave
    yield "otelcol_exporter_send_failed_log_records", {"exporter": "awscloudwatchlogs"}, 6 if fault else 0
    yield "otelcol_receiver_refused_log_records", {"receiver": "otlp"}, 0
    yield "prometheus_rule_evaluation_failures_total", {"pod": "prometheus-0"}, 0
    yield "alertmanager_notifications_failed_total", {"integration": "sns"}, 0.01 if fault else 0
    yield "workflow_failed", {"exported_namespace": "slipway"}, 0.0


def _mesh(wave: float, *, fault: bool) -> Iterator[Sample]:
    pair = {
        "source_workload": "notebook",
        "destination_workload": "support-chat-v1-kserve",
        "destination_workload_namespace": "models",
        "response_flags": "DENY",
    }
    yield "istio_tcp_connections_closed_total", pair, 0.05 if fault else 0.001
    labels = {"destination_workload": "minilm-v1-predictor", "response_flags": "CONNECT"}
    yield "istio_tcp_connections_failed_total", labels, 0.002
    plain = {
        "source_workload": "unknown",
        "destination_workload": "edge",
        "connection_security_policy": "unknown",
        "reporter": "destination",
    }
    yield "istio_tcp_connections_opened_total", plain, 0.4 * wave
    for workload, rate in (("minilm-v1-predictor", 9e3), ("support-chat-v1-kserve", 41e3)):
        labels = {
            "destination_workload": workload,
            "destination_workload_namespace": "models",
            "reporter": "destination",
        }
        yield "istio_tcp_received_bytes_total", labels, rate * wave
    for bound, share in (("0.1", 0.7), ("0.5", 0.98), ("1", 1.0), ("+Inf", 1.0)):
        yield "pilot_proxy_convergence_time_bucket", {"le": bound}, 0.2 * share ** (3 if fault else 1)
    yield "pilot_total_xds_rejects", {"type": "wds"}, 0
    yield "citadel_server_success_cert_issuance_count", {}, 0.02 * wave
    yield "citadel_server_authentication_failure_count", {}, 0
