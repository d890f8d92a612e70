"""The edge's route to one model, as plain data: always to the inner gateway, never around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pulumi

from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY
from components.gateway.access import TokenIssuer, authorization_policy
from components.gateway.caller_settings import CallerSettings
from components.gateway.driven_shares import DrivenBackend, notes
from components.gateway.model_list import inner_backend
from components.gateway.model_slots import SLOTS, Slot
from components.gateway.rate_limits import TOKENS, Limits, route_policy

MODEL_HEADER: Final = "x-ai-eg-model"
"""The AI gateway fills it from the request's body before it chooses a route."""
_GATEWAY_API: Final = "gateway.networking.k8s.io"
_ENVOY_API: Final = "gateway.envoyproxy.io"

Interface = Literal["chat", "embeddings", "rerank", "inference"]
"""What callers write: docs/api.md."""
INTERFACES: Final[Mapping[str, Interface]] = {
    "chat": "chat",
    "text-generation": "chat",
    "text-embedding": "embeddings",
    "reranking": "rerank",
    "text-classification": "inference",
    "tabular": "inference",
}
"""The interface of each task, whatever engine serves it."""
_BY_BODY: Final = ("chat", "embeddings")
"""Interfaces whose requests name the model in their body, and whose answers count tokens."""


def counts_tokens(task: str) -> bool:
    """Whether answers to a task say how many tokens they cost."""
    return INTERFACES[task] in _BY_BODY


@dataclass(frozen=True, kw_only=True)
class Share:
    """What the edge sends to one address of the inner gateway, in per cent.

    ``path`` is where that gateway finds an OpenAI interface (``/models/support-chat-v1/v1``); ``name`` the object's;
    ``slot`` its place in the route, where versions come and go; ``most`` what a controller may give it.
    """

    name: str
    path: str
    percent: int = 100
    most: int = 100
    version: str = ""
    slot: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class SmallerModel:
    """Who answers in a model's place: under which name it is asked, and the object that leads to it."""

    model: str
    backend: str


@dataclass(frozen=True, kw_only=True)
class ModelRoute:
    """One model at the edge.

    ``name`` is what callers ask for and names what belongs to the model. ``shares`` are the addresses of an interface
    that is chosen by the body. ``upstream_path`` is the path of any other where it is not the caller's own;
    ``upstream_host`` the host name under which the inner gateway finds a predictive model
    (``minilm.models.models.internal``). ``timeout`` is Kubernetes' notation (``300s``). ``smaller_models`` answer in
    their order where this one keeps failing. ``is_driven``: a controller moves the shares, once they are set.

    Raises:
        ValueError: the upstream of this interface is not named, or a smaller model could not answer for it.
    """

    name: str
    hostname: pulumi.Input[str]
    interface: Interface
    tokens: TokenIssuer
    limits: Limits
    timeout: pulumi.Input[str]
    callers: Mapping[str, CallerSettings] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()
    upstream_path: str = ""
    upstream_host: str = ""
    smaller_models: tuple[SmallerModel, ...] = ()
    is_driven: bool = False

    def __post_init__(self) -> None:
        if self.interface in _BY_BODY and not any(share.percent for share in self.shares):
            raise ValueError(f"route {self.name}: {self.interface} needs shares, one of them above 0")
        if not all(share.path.startswith("/") for share in self.shares):
            raise ValueError(f"route {self.name}: the path of a share is from / on")
        if self.interface != "chat" and not self.upstream_host:
            raise ValueError(f"route {self.name}: {self.interface} needs upstream_host")
        if self.smaller_models and self.interface != "chat":
            raise ValueError(f"route {self.name}: only chat has smaller models (got {self.interface})")
        slots = [share.slot for share in self.shares]
        if len(slots) > 1 and (None in slots or len(set(slots)) < len(slots)):
            raise ValueError(f"route {self.name}: shares beside each other need a slot each (got {slots})")
        if bool(self.smaller_models) != self.limits.smaller_model:
            raise ValueError(f"route {self.name}: limits.smaller_model disagrees with smaller_models")

    def labels(self) -> dict[str, str]:
        """Labels of every object of the route."""
        return {"app.kubernetes.io/part-of": "slipway", "slipway.dev/model": self.name}


def model_route(route: ModelRoute) -> dict[str, dict[str, Any]]:
    """Role to manifest, in the order in which they must be made.

    All stand in the edge's namespace. What protects the route comes before it. Its policies name an HTTPRoute also
    where an AIGatewayRoute is declared: the AI gateway makes one of the same name from it.
    """
    by_body = route.interface in _BY_BODY
    # The inner gateway finds a predictive model by its host; the AI gateway calls a backend by the name it has here.
    own = inner_backend(route.name, route.upstream_host, route.labels()) if _has_own_backend(route) else None
    return {
        **({"backend": own} if own is not None else {}),
        **{
            f"service-{share.version}" if share.version else "service": _service_backend(route, share)
            for share in route.shares
        },
        "access": authorization_policy(route.name, route.labels(), route.tokens, route.callers),
        "protection": route_policy(
            route.name,
            route.labels(),
            route.callers,
            route.limits,
            counts_tokens=by_body,
            shape="inference" if route.interface == "inference" else "openai",
        ),
        "route": _ai_route(route) if by_body else _http_route(route),
    }


def _metadata(route: ModelRoute) -> dict[str, Any]:
    return {"name": route.name, "namespace": EDGE, "labels": route.labels()}


def _parent() -> dict[str, str]:
    return {"group": _GATEWAY_API, "kind": "Gateway", "name": EDGE_GATEWAY}


def _has_own_backend(route: ModelRoute) -> bool:
    return route.interface in _BY_BODY and bool(route.upstream_host)


def _backend(route: ModelRoute) -> dict[str, str]:
    name = route.name if _has_own_backend(route) else INNER_GATEWAY
    return {"group": _ENVOY_API, "kind": "Backend", "name": name}


def _service_backend(route: ModelRoute, share: Share) -> dict[str, Any]:
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIServiceBackend",
        "metadata": {**_metadata(route), "name": share.name},
        "spec": {
            "schema": {"name": "OpenAI", "prefix": share.path},
            "backendRef": _backend(route),
            # The caller's token ends at the edge: a model could use it elsewhere in the caller's name.
            "headerMutation": {"remove": ["authorization"]},
        },
    }


def _places(shares: tuple[Share, ...]) -> list[tuple[str, int]]:
    """Names and weights by position, which never changes for a version: in an empty slot the one that answers waits."""
    if not any(share.slot for share in shares):
        return [(share.name, share.percent) for share in shares]
    by_slot = {share.slot: (share.name, share.percent) for share in shares}
    waiting = max(shares, key=lambda share: share.percent).name
    return [by_slot.get(slot, (waiting, 0)) for slot in SLOTS]


def _ai_route(route: ModelRoute) -> dict[str, Any]:
    smaller = [
        {"name": other.backend, "priority": order, "modelNameOverride": other.model}
        for order, other in enumerate(route.smaller_models, start=1)
    ]
    # Weights count among backends of one priority; one of weight 0 gets nothing and keeps its place.
    own = [
        {"name": name, "weight": weight, **({"priority": 0} if smaller else {})}
        for name, weight in _places(route.shares)
    ]
    driven = notes(DrivenBackend(s.version, s.name, s.most, s.slot or "") for s in route.shares)
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "metadata": {**_metadata(route), **({"annotations": driven} if route.is_driven else {})},
        "spec": {
            "parentRefs": [_parent()],
            "hostnames": [route.hostname],
            "rules": [
                {
                    "matches": [{"headers": [{"type": "Exact", "name": MODEL_HEADER, "value": route.name}]}],
                    "backendRefs": [*own, *smaller],
                    "timeouts": {"request": route.timeout},
                }
            ],
            "llmRequestCosts": [{"metadataKey": TOKENS, "type": "TotalToken"}],
        },
    }


def _matches(route: ModelRoute) -> list[dict[str, Any]]:
    """What callers may ask of a predictive model; what manages its server has no route."""
    if route.interface == "rerank":
        paths = [("POST", f"/models/{route.name}/v1/rerank")]
    else:
        inference = f"/v2/models/{route.name}"
        paths = [("GET", inference), ("GET", f"{inference}/ready"), ("POST", f"{inference}/infer")]
    return [{"method": method, "path": {"type": "Exact", "value": path}} for method, path in paths]


def _http_route(route: ModelRoute) -> dict[str, Any]:
    rewrite: dict[str, Any] = {"hostname": route.upstream_host}
    if route.upstream_path:
        rewrite["path"] = {"type": "ReplaceFullPath", "replaceFullPath": route.upstream_path}
    return {
        "apiVersion": f"{_GATEWAY_API}/v1",
        "kind": "HTTPRoute",
        "metadata": _metadata(route),
        "spec": {
            "parentRefs": [_parent()],
            "hostnames": [route.hostname],
            "rules": [
                {
                    "matches": _matches(route),
                    "filters": [
                        {
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": {"remove": ["authorization"]},
                        },
                        {"type": "URLRewrite", "urlRewrite": rewrite},
                    ],
                    "backendRefs": [_backend(route)],
                    "timeouts": {"request": route.timeout},
                }
            ],
        },
    }
