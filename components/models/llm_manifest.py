"""The LLMInferenceService of a language model on one node, as plain data (fields: KServe v0.20.0, v1alpha2)."""

from typing import Any, Final

from components.foundation.names import Names
from components.foundation.well_known import INNER_GATEWAY, KSERVE
from components.models.download import verified_pod
from components.models.engine_arguments import engine_arguments
from components.models.flows import engine_labels
from components.models.manifests import placement_fields, resources
from components.models.model_loading import load_seconds
from components.models.plan import ReleasePlan
from components.serving.llm_engine import engine_pod

SERVING: Final = "WorkloadsReady"
"""The condition of a service whose engines answer (``WorkloadReady``, KServe v0.20.0)."""
_NODE_SECONDS: Final = 1200
"""A machine that Karpenter rents, its disks, the engine's image."""
_LONGEST_WAIT_MINUTES: Final = 120
"""Half of a deploy role's session (four hours, bootstrap/): an `up` that outlives it cannot save its state."""


def start_minutes(plan: ReleasePlan) -> int:
    """How long ``up`` waits for a version: a machine, and twice what its files take the first time.

    What takes longer fails this ``up`` and goes on loading; the next one waits for the rest.
    """
    return min(-(-(_NODE_SECONDS + 2 * int(plan.start.cold_seconds)) // 60), _LONGEST_WAIT_MINUTES)


def llm_inference_service(
    plan: ReleasePlan, namespace: str, names: Names, *, pool: str, replicas: int
) -> dict[str, Any]:
    """One model on one node: tensor parallel over its GPUs, behind the inner gateway and an endpoint picker.

    The pod stands here whole, though KServe would merge the same from its config: what is judged is what runs.
    Its traffic group says which versions are of one model, and all its weights are 1: the edge is what shares
    (``llm_route.route`` says why). So nothing here follows traffic, and a way back never waits for a version that
    has stopped to answer.
    """
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {
            "name": plan.key,
            "namespace": namespace,
            "labels": plan.labels(),
            # Read by Pulumi's provider. Else a candidate would have its share while its files are still on their way.
            "annotations": {**plan.annotations(), "pulumi.com/waitFor": f"condition={SERVING}"},
        },
        "spec": {
            "model": {"uri": plan.artifact_uri, "name": plan.model},
            # Ours fetches and verifies. Files in an image are mounted by what this switches off.
            **({"storageInitializer": {"enabled": False}} if plan.start.kind == "s3" else {}),
            "replicas": replicas,
            "parallelism": {"tensor": plan.needs.gpu_count},
            "labels": plan.pod_labels(),
            # The evicting drain, not Karpenter, decides when a warm model moves.
            "annotations": {"karpenter.sh/do-not-disrupt": "true"},
            "template": verified_pod(_pod(plan, pool), plan, names),
            "router": {
                "gateway": {"refs": [{"name": INNER_GATEWAY, "namespace": KSERVE}]},
                "route": {"group": plan.model, "weight": 1},
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
        **placement_fields(pool, engine_labels(plan), on_gpu=True),
        "containers": [
            {
                **engine,
                "command": command,
                "args": engine_arguments(plan),
                "resources": resources(plan),
                "startupProbe": _patience(engine["startupProbe"], plan),
            }
        ],
    }


def _patience(probe: dict[str, Any], plan: ReleasePlan) -> dict[str, Any]:
    """The engine's own, or longer for files that take longer to be read from the node's disk."""
    tries = load_seconds(plan.size_bytes) // probe["periodSeconds"]
    return {**probe, "failureThreshold": max(tries, probe["failureThreshold"])}
