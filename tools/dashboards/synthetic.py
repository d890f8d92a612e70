"""Six hours of made-up figures for every series that the dashboards ask for: a day that is quiet, then a fault."""

import math
from collections.abc import Iterator
from typing import Final

from tools.dashboards import synthetic_platform as platform

START: Final = 1_800_000_000
"""Some second of January 2027; nothing reads a clock."""
STEP: Final = 30
HOURS: Final = 6
FAULT: Final = 4 * 3600
"""Seconds after the start: one model fails for half an hour."""

_ROUTE: Final = "httproute/edge/{}/rule/0"
_EDGE: Final = {"envoy_http_conn_manager_prefix": "https-10443", "namespace": "edge", "pod": "edge-0"}


def _wave(at: int, phase: float = 0.0) -> float:
    """Between 0.5 and 1.5, as a day rises and falls."""
    return 1 + 0.5 * math.sin(2 * math.pi * at / (HOURS * 3600) + phase)


def _is_fault(at: int) -> bool:
    return FAULT <= at < FAULT + 1800


def _gauges(at: int) -> Iterator[tuple[str, dict[str, str], float]]:
    fault = _is_fault(at)
    since = max(0, min(at - FAULT, 1800)) / 1800
    for model, objective, left in (
        ("minilm", "availability", 0.82),
        ("minilm", "latency-2500ms", 0.64),
        ("support-chat", "availability", 0.55 - 0.7 * since),
        ("support-chat", "time-to-first-token-2500ms", 0.4),
    ):
        labels = {"model": model, "objective": objective}
        fails = model == "support-chat" and objective == "availability"
        rate = 18.0 if fails and fault else 0.4 * _wave(at)
        yield "slo:error_budget_remaining:ratio", labels, left
        for span, part in (("1h", 1.0), ("6h", 0.3), ("1d", 0.1), ("3d", 0.05)):
            yield f"slo:burn_rate:{span}", labels, rate * part if fails else rate * 0.8
        yield "slo:requests:rate5m", labels, (12 if model == "minilm" else 3) * _wave(at)
    if fault:
        yield (
            "ALERTS",
            {"alertname": "ErrorBudgetBurnFast", "severity": "critical", "alertstate": "firing"},
            1,
        )
    yield (
        "kube_pod_container_resource_requests",
        {"resource": "nvidia_com_gpu", "pod": "support-chat-v1", "node": "a"},
        1,
    )
    yield "kube_node_status_allocatable", {"resource": "nvidia_com_gpu", "node": "a"}, 1 if at < FAULT else 2
    yield "model:usd_per_1000_tokens:1h", {"model": "support-chat"}, 0.0004 / _wave(at)
    yield "vllm:num_requests_waiting", {"pod": "support-chat-v1-0"}, 14 if fault else 1.5 * _wave(at)
    yield "vllm:kv_cache_usage_perc", {"pod": "support-chat-v1-0"}, 0.97 if fault else 0.4 * _wave(at)
    ends = {"envoy_tls_certificate": "edge/edge-certificate"}
    yield "envoy_listener_ssl_certificate_expiration_unix_time_seconds", ends, START + 41 * 86400
    for kind, used, limit in (
        ("cpu", 18 * _wave(at), 32.0),
        ("nvidia.com/gpu", 1.0 if at < FAULT else 2.0, 8.0),
    ):
        labels = {"nodepool": "cpu" if kind == "cpu" else "l4", "resource_type": kind}
        yield "karpenter_nodepools_usage", labels, used
        yield "karpenter_nodepools_limit", labels, limit
    yield (
        "kube_pod_status_unschedulable",
        {"namespace": "models", "pod": "support-chat-v1"},
        1 if fault else 0,
    )
    gpu = {"hostname": "ip-10-20-1-7", "gpu": "0", "modelName": "NVIDIA L4"}
    yield "DCGM_FI_DEV_GPU_UTIL", gpu, 98 if fault else 45 * _wave(at)
    yield "DCGM_FI_DEV_FB_USED", gpu, 20_500
    yield "DCGM_FI_DEV_FB_FREE", gpu, 2_500
    yield "DCGM_FI_DEV_XID_ERRORS", gpu, 0
    yield from platform.gauges(START, _wave(at), fault=fault)


def _rates(at: int) -> Iterator[tuple[str, dict[str, str], float]]:
    """Counters, as what they grow by in a second."""
    fault = _is_fault(at)
    for model, asked in (("minilm", 12.0), ("support-chat", 3.0)):
        cluster = {"envoy_cluster_name": _ROUTE.format(model), "namespace": "edge"}
        failing = fault and model == "support-chat"
        good = asked * _wave(at) * (0.6 if failing else 1)
        yield "envoy_cluster_upstream_rq", {**cluster, "envoy_response_code": "200"}, good
        yield "envoy_cluster_upstream_rq", {**cluster, "envoy_response_code": "429"}, 0.05 * asked
        yield (
            "envoy_cluster_upstream_rq",
            {**cluster, "envoy_response_code": "503"},
            0.4 * asked if failing else 0,
        )
        yield "envoy_cluster_ratelimit_over_limit", cluster, 0.05 * asked
        slow = 3 if failing else 1
        for bound, share in (
            (100, 0.3),
            (250, 0.6),
            (500, 0.85),
            (1000, 0.95),
            (2500, 0.99),
            (math.inf, 1.0),
        ):
            labels = {**cluster, "le": "+Inf" if bound == math.inf else str(bound)}
            yield "envoy_cluster_upstream_rq_time_bucket", labels, good * share**slow
    yield from _versions(at, fault)
    for kind, tokens in (("input", 900.0), ("output", 240.0)):
        labels = {"gen_ai_original_model": "support-chat", "gen_ai_token_type": kind}
        yield "gen_ai_client_token_usage_sum", labels, tokens * _wave(at)
    for bound, share in ((0.1, 0.2), (0.25, 0.55), (0.5, 0.8), (1, 0.93), (2.5, 0.98), (math.inf, 1.0)):
        labels = {
            "gen_ai_original_model": "support-chat",
            "le": "+Inf" if bound == math.inf else f"{bound:g}",
        }
        yield "gen_ai_server_time_to_first_token_seconds_bucket", labels, 3 * share ** (4 if fault else 1)
    for code, rate in (("2", 15.0), ("4", 1.2), ("5", 1.2 if fault else 0.01)):
        yield "envoy_http_downstream_rq_xx", {**_EDGE, "envoy_response_code_class": code}, rate * _wave(at)
    for name, rate in (("jwt_authn_denied", 0.3), ("rbac_denied", 0.1), ("no_route", 0.05)):
        yield f"envoy_http_{name}", _EDGE, rate * _wave(at, 1)
    yield "envoy_cluster_ratelimit_error", {"namespace": "edge"}, 0
    yield "envoy_http_ext_proc_streams_failed", _EDGE, 0.2 if fault else 0
    for update in ("listener_manager_lds", "cluster_manager_cds"):
        yield f"envoy_{update}_update_rejected", {"namespace": "edge"}, 0
    reason = {"reason": "InsufficientInstanceCapacity", "zone": "eu-central-1a"}
    yield "karpenter_cloudprovider_instance_launch_failures_total", reason, 0.005 if fault else 0
    yield "karpenter_interruption_received_messages_total", {"message_type": "spot_interrupted"}, 0.001
    yield from platform.rates(_wave(at), fault=fault)


def _versions(at: int, fault: bool) -> Iterator[tuple[str, dict[str, str], float]]:
    """A candidate with a tenth of the requests, which fails and is slow in the fault."""
    for version, asked, bad in (("v1", 2.7, False), ("v2", 0.3, fault)):
        labels = {"slipway_dev_model": "support-chat", "slipway_dev_version": version}
        failing = 0.4 if bad else 0.002
        for reason, part in (("stop", 1 - failing), ("error", failing)):
            yield (
                "vllm:request_success_total",
                {**labels, "finished_reason": reason},
                asked * part * _wave(at),
            )
        for bound, share in ((1, 0.4), (2.5, 0.8), (5, 0.95), (10, 0.99), (math.inf, 1.0)):
            place = {**labels, "le": "+Inf" if bound == math.inf else f"{bound:g}"}
            yield (
                "vllm:e2e_request_latency_seconds_bucket",
                place,
                asked * share ** (4 if bad else 1) * _wave(at),
            )


def _line(name: str, labels: dict[str, str], value: float, at: int) -> str:
    said = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels))
    return f"{name}{{{said}}} {value:.6g} {START + at}"


def open_metrics() -> str:
    """Everything as OpenMetrics with times, which ``promtool tsdb create-blocks-from`` reads."""
    lines: dict[str, list[str]] = {}
    grown: dict[tuple[str, str], float] = {}
    for at in range(0, HOURS * 3600 + 1, STEP):
        for name, labels, value in _gauges(at):
            lines.setdefault(name, []).append(_line(name, labels, value, at))
        for name, labels, rate in _rates(at):
            key = (name, str(sorted(labels.items())))
            grown[key] = grown.get(key, 0.0) + rate * STEP
            lines.setdefault(name, []).append(_line(name, labels, round(grown[key], 3), at))
    return (
        "".join(f"# TYPE {name} unknown\n" + "\n".join(found) + "\n" for name, found in lines.items())
        + "# EOF\n"
    )
