"""Who may talk to a model's pods, and what they may reach: everything else is refused by the namespace."""

from typing import Any, Final

from components.foundation.well_known import OBSERVABILITY
from components.gateway.flows import INNER_PROXIES, PROMETHEUS
from components.mesh.declared_flows import flow_objects
from components.mesh.flow import Flow, Peer, egress, egress_to_addresses
from components.models.payload_logging import AGENT_PORT
from components.models.plan import ReleasePlan
from components.observability.values import COLLECTOR, COLLECTOR_PODS
from components.serving.llm_engine import ENGINE_PORT
from components.serving.llm_scheduler import PICKER_HEALTH_PORT, PICKER_PORT
from components.serving.runtimes import PREDICTOR_PORT

_LLM: Final = "llminferenceservice"
_PICKERS: Final = {
    "app.kubernetes.io/part-of": _LLM,
    "app.kubernetes.io/component": f"{_LLM}-router-scheduler",
}
_API_SERVER_PORT: Final = 443
_REQUESTS: Final = "requests of callers, authenticated at the edge"


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
    return {"app.kubernetes.io/name": plan.key, **_PICKERS}


def picker_account(plan: ReleasePlan) -> str:
    """The service account KServe makes for an endpoint picker."""
    return f"{plan.key}-epp-sa"


def predictor_flows(plan: ReleasePlan, namespace: str, *, is_recorded: bool = False) -> list[Flow]:
    """Requests from the inner gateway, and Prometheus; where payloads are kept, requests go to the agent alone."""
    target = Peer(namespace=namespace, labels=predictor_labels(plan))
    if not is_recorded:
        return [_callers(plan, target, PREDICTOR_PORT)]
    requests = Flow(
        name=f"{plan.key}-callers",
        sources=[INNER_PROXIES],
        target=target,
        port=AGENT_PORT,
        reason=_REQUESTS,
        probe_ports=(AGENT_PORT, PREDICTOR_PORT),
    )
    metrics = Flow(
        name=f"{plan.key}-metrics",
        sources=[PROMETHEUS],
        target=target,
        port=PREDICTOR_PORT,
        reason="metrics",
    )
    return [requests, metrics]


def llm_flows(plan: ReleasePlan, namespace: str) -> list[Flow]:
    """As for a predictor, and its picker, which asks the engines how busy they are."""
    engine = Peer(namespace=namespace, labels=engine_labels(plan))
    picker = Peer(namespace=namespace, service_account=picker_account(plan), labels=picker_labels(plan))
    return [_callers(plan, engine, ENGINE_PORT, picker)]


def ways_of_language_models(namespace: str, api_server_range: str) -> dict[str, dict[str, Any]]:
    """What is the same for all language models, once: who asks pickers, whom they ask, where spans of all pods go.

    A picker watches its pool and its pods, or it knows no engine: its way to the API server is no part of what models
    may reach by HTTPS, which a stack may narrow. Whom the collector takes spans from is its own to say.
    """
    pickers = Flow(
        name="pickers",
        sources=[INNER_PROXIES],
        target=Peer(namespace=namespace, labels=_PICKERS),
        port=PICKER_PORT,
        reason="the gateway asks which replica answers a request",
        probe_ports=(PICKER_HEALTH_PORT,),
    )
    sources = Peer(namespace=namespace, labels={"app.kubernetes.io/part-of": _LLM})
    collector = Peer(namespace=OBSERVABILITY, labels=COLLECTOR_PODS)
    spans = egress(
        f"language-models-to-{COLLECTOR}-egress", sources, collector, "spans of engines and pickers"
    )
    watch = egress_to_addresses(
        "pickers-to-api-server-egress",
        Peer(namespace=namespace, labels=_PICKERS),
        [api_server_range],
        _API_SERVER_PORT,
        "pickers watch their pool and its pods",
    )
    return {**flow_objects([pickers]), "spans": spans, "watch": watch}


def _callers(plan: ReleasePlan, target: Peer, port: int, picker: Peer | None = None) -> Flow:
    pickers, asks = ([picker], "; its picker: how busy each replica is, every 50 ms") if picker else ([], "")
    return Flow(
        name=f"{plan.key}-callers",
        sources=[INNER_PROXIES, PROMETHEUS, *pickers],
        target=target,
        port=port,
        reason=f"the gateway: {_REQUESTS}; Prometheus: metrics{asks}",
    )
