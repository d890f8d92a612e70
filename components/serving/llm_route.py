"""Where the inner gateway finds a language model (fields: Gateway API v1.5.1)."""

from typing import Any, Final

from components.foundation.well_known import INNER_GATEWAY, KSERVE
from components.serving.llm_engine import ENGINE_PORT
from components.serving.llm_scheduler import child

ENDPOINTS: Final = ("completions", "chat/completions", "responses")
"""What callers may ask of an engine: text from text. What manages it (metrics, adapters, sleep) has no route."""

ROUTE_SUFFIX: Final = "-kserve-route"
"""Of the HTTPRoute that KServe 0.20 makes for a service (``router.go``; read 2026-11-30)."""
_VERSION_PATH: Final = "/{{ .ObjectMeta.Namespace }}/{{ .ObjectMeta.Name }}"


def version_path(namespace: str, service: str) -> str:
    """The path under which one version answers: the name of its service."""
    return f"/{namespace}/{service}"


def route() -> dict[str, Any]:
    """One version under its own path; shares between versions are the edge's.

    KServe puts all members of a traffic group behind every other path, as pools of one rule. Envoy AI Gateway 1.0.0
    takes one pool a rule ("at most one inferencepool can be referenced per route rule", ``post_route_modify.go``), and
    Envoy Gateway publishes nothing more to a gateway while one of its routes fails (``xds/runner/runner.go``, v1.8.1):
    such a path would stop the whole inner gateway as soon as a second version stood.
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
            _rule(
                f"version-{endpoint.replace('/', '-')}", f"{_VERSION_PATH}/v1/{endpoint}", f"/v1/{endpoint}"
            )
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
