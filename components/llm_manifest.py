"""The LLMInferenceService of a language model on one node, as plain data (fields: KServe v0.20.0, v1alpha2)."""

from typing import Any

from components.llm_engine import engine_pod
from components.model_flows import engine_labels
from components.model_manifests import placement_fields, resources
from components.model_plan import ReleasePlan
from components.namespaces import INNER_GATEWAY, KSERVE
from components.start_path import load_seconds


def llm_inference_service(
    plan: ReleasePlan, namespace: str, *, pool: str, replicas: int, weight: int
) -> dict[str, Any]:
    """One model on one node: tensor parallel over its GPUs, behind the inner gateway and an endpoint picker.

    The pod stands here whole, though KServe would merge the same from its config: what is judged is what runs.
    Members of one traffic group share the model's name, and requests in proportion to their weights, here per cent.
    A version starts with a weight of at least 1, since a route that starts at 0 races with its cluster's discovery;
    0 keeps one warm that had traffic before.
    """
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {
            "name": plan.key,
            "namespace": namespace,
            "labels": plan.labels(),
            "annotations": plan.annotations(),
        },
        "spec": {
            "model": {"uri": plan.artifact_uri, "name": plan.model},
            "replicas": replicas,
            "parallelism": {"tensor": plan.needs.gpu_count},
            "labels": plan.pod_labels(),
            # The evicting drain, not Karpenter, decides when a warm model moves.
            "annotations": {"karpenter.sh/do-not-disrupt": "true"},
            "template": _pod(plan, pool),
            "router": {
                "gateway": {"refs": [{"name": INNER_GATEWAY, "namespace": KSERVE}]},
                "route": {"group": plan.model, "weight": weight},
                "scheduler": {},
            },
            # What is traced, and where to, stands in the platform's config.
            "tracing": {},
        },
    }


def _pod(plan: ReleasePlan, pool: str) -> dict[str, Any]:
    pod = engine_pod()
    engine = pod["containers"][0]
    # The controller fills in the model's name where the config has a template; here it is known.
    command = [plan.model if word.startswith("{{") else word for word in engine["command"]]
    return {
        **pod,
        "serviceAccountName": plan.key,
        **placement_fields(pool, engine_labels(plan)),
        "containers": [
            {
                **engine,
                "command": command,
                "args": _engine_arguments(plan),
                "resources": resources(plan),
                "startupProbe": _patience(engine["startupProbe"], plan),
            }
        ],
    }


def _patience(probe: dict[str, Any], plan: ReleasePlan) -> dict[str, Any]:
    """The engine's own, or longer for files that take longer to be read from the node's disk."""
    tries = load_seconds(plan.size_bytes) // probe["periodSeconds"]
    return {**probe, "failureThreshold": max(tries, probe["failureThreshold"])}


def _engine_arguments(plan: ReleasePlan) -> list[str]:
    arguments = ["--tensor-parallel-size", str(plan.needs.gpu_count)]
    if plan.max_context is not None:
        arguments += ["--max-model-len", str(plan.max_context)]
    return arguments
