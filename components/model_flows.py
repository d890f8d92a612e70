"""Who may talk to a model's pods, and what they may reach: everything else is refused by the namespace."""

from dataclasses import replace
from typing import Any, Final

from components.flow import Flow, Peer, egress
from components.gateway_flows import INNER_PROXIES
from components.llm_engine import ENGINE_PORT
from components.llm_scheduler import PICKER_HEALTH_PORT, PICKER_PORT
from components.model_plan import ReleasePlan
from components.namespaces import OBSERVABILITY
from components.payload_logging import AGENT_PORT
from components.serving_runtimes import PREDICTOR_PORT
from components.telemetry_values import COLLECTOR, OTLP_PORT, PROMETHEUS_ACCOUNT

_PROMETHEUS: Final = Peer(namespace=OBSERVABILITY, service_account=PROMETHEUS_ACCOUNT)
_LLM: Final = "llminferenceservice"


def predictor_labels(plan: ReleasePlan) -> dict[str, str]:
    """Labels that KServe puts on the pods of an InferenceService, and ours that tells its versions apart."""
    return {
        "serving.kserve.io/inferenceservice": plan.model,
        "component": "predictor",
        "slipway.dev/version": plan.version,
    }


def engine_labels(plan: ReleasePlan) -> dict[str, str]:
    """Labels that KServe puts on the engines of an LLMInferenceService (``GetWorkloadLabelSelector``, v0.20.0)."""
    return {
        "app.kubernetes.io/name": plan.key,
        "app.kubernetes.io/part-of": _LLM,
        "kserve.io/component": "workload",
    }


def picker_labels(plan: ReleasePlan) -> dict[str, str]:
    """Labels that KServe puts on an endpoint picker (``SchedulerLabels``, v0.20.0)."""
    return {
        "app.kubernetes.io/name": plan.key,
        "app.kubernetes.io/part-of": _LLM,
        "app.kubernetes.io/component": f"{_LLM}-router-scheduler",
    }


def picker_account(plan: ReleasePlan) -> str:
    """The service account KServe makes for an endpoint picker."""
    return f"{plan.key}-epp-sa"


def predictor_flows(plan: ReleasePlan, namespace: str, *, is_recorded: bool = False) -> list[Flow]:
    """Requests from the inner gateway, and Prometheus; where payloads are kept, requests go to the agent."""
    target = Peer(namespace=namespace, labels=predictor_labels(plan))
    requests, metrics = _callers(plan, target, PREDICTOR_PORT)
    if is_recorded:
        requests = replace(requests, port=AGENT_PORT, probe_ports=(AGENT_PORT, PREDICTOR_PORT))
    return [requests, metrics]


def llm_flows(plan: ReleasePlan, namespace: str) -> list[Flow]:
    """As for a predictor, and the picker: the gateway asks it, it asks the engines how busy they are."""
    engine = Peer(namespace=namespace, labels=engine_labels(plan))
    picker = Peer(namespace=namespace, service_account=picker_account(plan), labels=picker_labels(plan))
    return [
        *_callers(plan, engine, ENGINE_PORT),
        Flow(
            name=f"{plan.key}-picker-from-gateway",
            source=INNER_PROXIES,
            target=picker,
            port=PICKER_PORT,
            reason="which replica answers this request",
            probe_ports=(PICKER_HEALTH_PORT,),
        ),
        Flow(
            name=f"{plan.key}-from-picker",
            source=picker,
            target=engine,
            port=ENGINE_PORT,
            reason="how busy each replica is, every 50 ms",
        ),
    ]


def trace_ways(plan: ReleasePlan, namespace: str) -> dict[str, dict[str, Any]]:
    """The way out for spans of engine and picker, by role. Whom the collector takes them from is its own to say."""
    collector = Peer(namespace=OBSERVABILITY, labels={"app.kubernetes.io/name": "opentelemetry-collector"})
    sources = {
        "engine": Peer(namespace=namespace, service_account=plan.key, labels=engine_labels(plan)),
        "picker": Peer(namespace=namespace, service_account=picker_account(plan), labels=picker_labels(plan)),
    }
    return {
        role: egress(
            Flow(
                name=f"{plan.key}-{role}-to-{COLLECTOR}",
                source=source,
                target=collector,
                port=OTLP_PORT,
                reason="spans",
            )
        )
        for role, source in sources.items()
    }


def _callers(plan: ReleasePlan, target: Peer, port: int) -> list[Flow]:
    return [
        Flow(
            name=f"{plan.key}-from-gateway",
            source=INNER_PROXIES,
            target=target,
            port=port,
            reason="requests of callers, authenticated at the edge",
        ),
        Flow(
            name=f"{plan.key}-from-prometheus",
            source=_PROMETHEUS,
            target=target,
            port=port,
            reason="metrics",
        ),
    ]
