"""Where the inner gateway finds a language model (fields: Gateway API v1.5.1)."""

from typing import Any, Final

from components.llm_engine import ENGINE_PORT
from components.llm_scheduler import child
from components.namespaces import INNER_GATEWAY, KSERVE

ENDPOINTS: Final = ("completions", "chat/completions", "responses")
"""What callers may ask of an engine: text from text. What manages it (metrics, adapters, sleep) has no route."""

_VERSION_PATH: Final = "/{{ .ObjectMeta.Namespace }}/{{ .ObjectMeta.Name }}"
_MODEL_PATH: Final = "/publishers/{{ .ObjectMeta.Namespace }}/models/{{ .Spec.Model.Name }}"


def model_path(namespace: str, model: str) -> str:
    """The path under which all versions of a model answer, in proportion to their weights."""
    return f"/publishers/{namespace}/models/{model}"


def route() -> dict[str, Any]:
    """One version under its own path, and all versions of a model under the model's.

    KServe puts every member of a traffic group, with its weight, behind the second kind of path only.
    """
    return {
        "parentRefs": [
            {
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": INNER_GATEWAY,
                "namespace": KSERVE,
            }
        ],
        "rules": [
            _rule(f"{of}-{endpoint.replace('/', '-')}", f"{path}/v1/{endpoint}", f"/v1/{endpoint}")
            for of, path in (("version", _VERSION_PATH), ("model", _MODEL_PATH))
            for endpoint in ENDPOINTS
        ],
    }


def _rule(name: str, path: str, engine_path: str) -> dict[str, Any]:
    return {
        "name": name,
        "matches": [{"path": {"type": "PathPrefix", "value": path}}],
        "filters": [
            {
                "type": "URLRewrite",
                "urlRewrite": {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": engine_path}},
            }
        ],
        "backendRefs": [
            {
                "group": "inference.networking.k8s.io",
                "kind": "InferencePool",
                "name": child("inference-pool"),
                "port": ENGINE_PORT,
                "weight": 1,
            }
        ],
        # No limit here, where Envoy's own would be 15 seconds: the edge knows how long an answer may take.
        "timeouts": {"request": "0s", "backendRequest": "0s"},
    }
