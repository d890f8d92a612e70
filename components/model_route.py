"""The edge's route to one model, as plain data: always to the inner gateway, never around it."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import pulumi

from components.gateway_manifests import CALLER_HEADER
from components.namespaces import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE

MODEL_HEADER: Final = "x-ai-eg-model"
"""The AI gateway fills it from the request's body before it chooses a route."""
TOKENS: Final = "llm_total_token"
_GATEWAY_API: Final = "gateway.networking.k8s.io"
_ENVOY_API: Final = "gateway.envoyproxy.io"


@dataclass(frozen=True, kw_only=True)
class ModelRoute:
    """One model at the edge.

    ``name`` is what callers ask for and names every object. ``upstream_path`` is where the inner gateway finds a
    language model's OpenAI interface (``/publishers/models/models/support-chat/v1``); ``upstream_host`` the host
    name under which it finds a predictive one (``minilm-v1-models.models.internal``).

    Raises:
        ValueError: the upstream of this kind of model is not named, or retries could repeat work.
    """

    name: str
    hostname: pulumi.Input[str]
    kind: Literal["language", "predictive"]
    upstream_path: str = ""
    upstream_host: str = ""
    tokens_per_minute: int = 100_000
    timeout_seconds: int = 300
    retries: int = 2

    def __post_init__(self) -> None:
        if self.kind == "language" and not self.upstream_path.startswith("/"):
            raise ValueError(f"route {self.name}: a language model needs upstream_path, from / on")
        if self.kind == "predictive" and not self.upstream_host:
            raise ValueError(f"route {self.name}: a predictive model needs upstream_host")
        for field, value in (
            ("tokens_per_minute", self.tokens_per_minute),
            ("timeout_seconds", self.timeout_seconds),
        ):
            if value < 1:
                raise ValueError(f"route {self.name}: {field} is {value}; it must be at least 1")
        if self.retries < 0:
            raise ValueError(f"route {self.name}: retries is {self.retries}; it must be 0 or more")


def model_route(route: ModelRoute) -> dict[str, dict[str, Any]]:
    """Role to manifest, in the order in which they must be made.

    All stand in the edge's namespace. The protection comes before the route it is for.
    """
    if route.kind == "predictive":
        return {
            "backend": _backend(route),
            "protection": _protection(route),
            "route": _http_route(route),
        }
    return {
        "backend": _backend(route),
        "service": _service_backend(route),
        "protection": _protection(route),
        "route": _ai_route(route),
    }


def _metadata(route: ModelRoute) -> dict[str, Any]:
    return {
        "name": route.name,
        "namespace": EDGE,
        "labels": {"app.kubernetes.io/part-of": "slipway", "slipway.dev/model": route.name},
    }


def _parent() -> dict[str, str]:
    return {"group": _GATEWAY_API, "kind": "Gateway", "name": EDGE_GATEWAY}


def _backend(route: ModelRoute) -> dict[str, Any]:
    return {
        "apiVersion": f"{_ENVOY_API}/v1alpha1",
        "kind": "Backend",
        "metadata": _metadata(route),
        "spec": {
            "endpoints": [
                # Plain to the mesh's agent on the node, which encrypts it and names the edge to the other side.
                {"fqdn": {"hostname": f"{INNER_GATEWAY}.{KSERVE}.svc.cluster.local", "port": 80}}
            ]
        },
    }


def _service_backend(route: ModelRoute) -> dict[str, Any]:
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIServiceBackend",
        "metadata": _metadata(route),
        "spec": {
            "schema": {"name": "OpenAI", "prefix": route.upstream_path},
            "backendRef": {"group": _ENVOY_API, "kind": "Backend", "name": route.name},
            # The caller's token ends at the edge: a model could use it elsewhere in the caller's name.
            "headerMutation": {"remove": ["authorization"]},
        },
    }


def _ai_route(route: ModelRoute) -> dict[str, Any]:
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "metadata": _metadata(route),
        "spec": {
            "parentRefs": [_parent()],
            "hostnames": [route.hostname],
            "rules": [
                {
                    "matches": [{"headers": [{"type": "Exact", "name": MODEL_HEADER, "value": route.name}]}],
                    "backendRefs": [{"name": route.name}],
                    "timeouts": {"request": f"{route.timeout_seconds}s"},
                }
            ],
            "llmRequestCosts": [{"metadataKey": TOKENS, "type": "TotalToken"}],
        },
    }


def _http_route(route: ModelRoute) -> dict[str, Any]:
    return {
        "apiVersion": f"{_GATEWAY_API}/v1",
        "kind": "HTTPRoute",
        "metadata": _metadata(route),
        "spec": {
            "parentRefs": [_parent()],
            "hostnames": [route.hostname],
            "rules": [
                {
                    "matches": [{"path": {"type": "PathPrefix", "value": f"/{route.name}"}}],
                    "filters": [
                        {
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": {"remove": ["authorization"]},
                        },
                        {
                            "type": "URLRewrite",
                            "urlRewrite": {
                                "hostname": route.upstream_host,
                                "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"},
                            },
                        },
                    ],
                    "backendRefs": [{"group": _ENVOY_API, "kind": "Backend", "name": route.name}],
                    "timeouts": {"request": f"{route.timeout_seconds}s"},
                }
            ],
        },
    }


def _protection(route: ModelRoute) -> dict[str, Any]:
    """What this model adds to the edge's own limits; merged, or the edge's would be replaced."""
    spec: dict[str, Any] = {
        "targetRefs": [{"group": _GATEWAY_API, "kind": "HTTPRoute", "name": route.name}],
        "mergeType": "StrategicMerge",
        "timeout": {"http": {"requestTimeout": f"{route.timeout_seconds}s"}},
    }
    if route.retries:
        spec["retry"] = {
            "numRetries": route.retries,
            # Only what no model has begun to answer: a prompt must not be paid for twice.
            "retryOn": {"triggers": ["connect-failure", "reset-before-request"]},
        }
    if route.kind == "language":
        spec["rateLimit"] = {"type": "Global", "global": {"rules": [_token_limit(route)]}}
    return {
        "apiVersion": f"{_ENVOY_API}/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": _metadata(route),
        "spec": spec,
    }


def _token_limit(route: ModelRoute) -> dict[str, Any]:
    return {
        "clientSelectors": [{"headers": [{"name": CALLER_HEADER, "type": "Distinct"}]}],
        "limit": {"requests": route.tokens_per_minute, "unit": "Minute"},
        "cost": {
            # Asked before the answer, paid for after it: how long an answer is, nobody knows before.
            "request": {"from": "Number", "number": 0},
            "response": {"from": "Metadata", "metadata": {"namespace": "io.envoy.ai_gateway", "key": TOKENS}},
        },
    }
