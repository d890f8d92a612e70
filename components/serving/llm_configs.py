"""Our own well-known LLMInferenceServiceConfigs.

KServe always merges the configs of these names into a service, and a merge cannot take anything away; so the chart
that holds upstream's is not installed and ours stand under their names: a restricted pod, no capability, no script
that looks for RoCE, no route to what manages an engine.
"""

from typing import Any, Final

from components.foundation.well_known import KSERVE
from components.observability.values import OTLP_ENDPOINT
from components.serving.llm_engine import engine_pod
from components.serving.llm_route import route
from components.serving.llm_scheduler import scheduler

TRACED_SHARE: Final = "0.05"
"""Of the requests that come without a decision; one that was traced before stays traced."""


def llm_configs(picker_pool: str) -> dict[str, dict[str, Any]]:
    """What a model on one node needs, by role.

    The controller looks the names up itself (``WellKnownDefaultConfigs`` in KServe v0.20.0). A service of another
    topology (``worker``, ``prefill``) finds no config and reports ``ConfigNotFound``.
    """
    return {
        "engine": _config("kserve-config-llm-template", {"template": engine_pod()}),
        "scheduler": _config(
            "kserve-config-llm-scheduler", {"router": {"scheduler": scheduler(picker_pool)}}
        ),
        "route": _config(
            "kserve-config-llm-router-route", {"router": {"route": {"http": {"spec": route()}}}}
        ),
        "tracing": _config("kserve-config-llm-tracing", {"tracing": tracing()}),
    }


def tracing() -> dict[str, str]:
    """Spans go to our collector, which counts and drops them. Plain to the mesh, which encrypts."""
    return {
        "exporterEndpoint": OTLP_ENDPOINT,
        "exporter": "otlp",
        "sampler": "parentbased_traceidratio",
        "samplerArg": TRACED_SHARE,
    }


def _config(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceServiceConfig",
        "metadata": {"name": name, "namespace": KSERVE},
        "spec": spec,
    }
