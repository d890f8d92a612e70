"""What callers read when a model cannot answer, and which of the two gateways says it, as plain data (v1.8.1).

Envoy chooses the filters of a request by the route that it finds first. The edge knows the model only after the AI
gateway's processor has read the body: until then every request is on the last rule of the oldest AIGatewayRoute, and
that route's words are those that can be said. So all of them have the same, for what the edge itself finds out; what
a model's record says, the inner gateway says, which finds each model's route at once.
"""

from collections.abc import Mapping
from typing import Any, Final

from components.gateway.answers import Shape, answer, override, refusals, retry_after

EJECTED_SECONDS: Final = 30
WINDOW_SECONDS: Final = 60
_ONE_MODEL: Final = "This caller's limit for the model is used up."
_ALL_MODELS: Final = "This caller's limit for all models together is used up."
_UNAVAILABLE: Final = "The model does not answer now."
_WAKING: Final = "The model does not answer now. If it was at rest, this request has woken it."
_SERVER: Final = (500,)
_AWAY: Final = (502, 503, 504)
_GROUP: Final = "gateway.networking.k8s.io"


def used_up(shape: Shape) -> dict[str, Any]:
    """Said where a caller has used up its limit for one model."""
    words = answer(shape, _ONE_MODEL, "rate_limit_exceeded", retry_after(WINDOW_SECONDS))
    return override((429,), words, source="Local")


def used_up_everywhere() -> dict[str, Any]:
    """Said where a caller has used up its limit for all models together."""
    words = answer("openai", _ALL_MODELS, "rate_limit_exceeded", retry_after(WINDOW_SECONDS))
    return override((429,), words, source="Local")


def edge_words() -> list[dict[str, Any]]:
    """What the edge says of every model that is chosen by a request's body; what comes from behind it is left alone."""
    plain = answer("openai", _UNAVAILABLE, "model_unavailable", retry_after(EJECTED_SECONDS))
    return [used_up("openai"), override((*_SERVER, *_AWAY), plain, source="Local"), *refusals("openai")]


def failure_words(
    refusal: str, retry_after_seconds: int, waking_seconds: int, shape: Shape
) -> list[dict[str, Any]]:
    """What is said instead of an empty 500: by the record, by a model that wakes, or plainly.

    A picker that is away makes the inner gateway answer 500 without a body, and a proxy that gives up 502 to 504. An
    engine's own 500 says why, and to Envoy looks the same: its words give way to these.
    """
    if refusal:
        said = answer(shape, refusal, "model_unavailable", retry_after(retry_after_seconds))
        return [override((*_SERVER, *_AWAY), said)]
    plain = answer(shape, _UNAVAILABLE, "model_unavailable", retry_after(retry_after_seconds))
    if not waking_seconds:
        return [override((*_SERVER, *_AWAY), plain)]
    # Envoy's own 503 says neither that the model is woken nor when to ask again.
    waking = answer(shape, _WAKING, "model_unavailable", retry_after(waking_seconds))
    return [override((503,), waking), override((*_SERVER, 502, 504), plain)]


def inner_words_policy(
    name: str, namespace: str, route: str, labels: Mapping[str, str], words: list[dict[str, Any]]
) -> dict[str, Any]:
    """The words of one route of the inner gateway; merged with that gateway's own policy, whose words it repeats."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "targetRefs": [{"group": _GROUP, "kind": "HTTPRoute", "name": route}],
            "mergeType": "StrategicMerge",
            # The gateway's own list is replaced by this one, not joined to it.
            "responseOverride": [used_up_everywhere(), *words],
        },
    }
