"""Rate limits and timeouts of the gateways, as plain data (fields: Envoy Gateway v1.8.1).

What is above a limit is answered 429, in the words of ``failures.py``. Every caller of every model:
``gateway.requests_per_minute`` (``gateway.py``); one model: its ``callers`` (``caller_settings.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE
from components.gateway.access import CALLER_HEADER
from components.gateway.answers import Shape, refusals
from components.gateway.caller_settings import TOKENS_PER_MINUTE, CallerSettings
from components.gateway.failures import (
    EJECTED_SECONDS,
    edge_words,
    failure_words,
    used_up,
    used_up_everywhere,
)

TOKENS: Final = "llm_total_token"
"""Where the AI gateway leaves the tokens of prompt and answer together."""
_GROUP: Final = "gateway.networking.k8s.io"

_RETRY: Final = {
    # Only what no model has begun to answer: a prompt must not be paid for twice.
    "numRetries": 2,
    "retryOn": {"triggers": ["connect-failure", "reset-before-request"]},
}
_RETRY_BUDGET: Final = {"percent": {"numerator": 20}, "minRetryConcurrency": 3}
"""At most a fifth of what is under way: retries must not keep down what they wait for."""
_SICK: Final = {
    "consecutiveGatewayErrors": 3,
    "consecutive5XxErrors": 5,
    "interval": "5s",
    "baseEjectionTime": f"{EJECTED_SECONDS}s",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one model is given.

    ``parallel`` is how many requests a proxy of the edge has under way at once, and how many more may wait. Each
    proxy counts for itself, so the model may see as many times that as there are proxies. ``waking_seconds`` is what
    a model that may be at zero takes until it answers.

    Raises:
        ValueError: a number that would let nothing through.
    """

    parallel: int
    smaller_model: bool = False
    refusal: str = ""
    retry_after_seconds: int = EJECTED_SECONDS
    waking_seconds: int = 0

    def __post_init__(self) -> None:
        if self.parallel < 1:
            raise ValueError(f"parallel is {self.parallel}; it must be at least 1")

    def words(self, shape: Shape) -> list[dict[str, Any]]:
        """What is said in the model's place."""
        return failure_words(self.refusal, self.retry_after_seconds, self.waking_seconds, shape)


def protection_policy(requests_per_minute: int, timeout_seconds: int) -> dict[str, Any]:
    """What one caller may ask of each route, and how long the edge waits: slowly, but not for ever.

    Not ``shared``: merged with a model's limits, it would make Envoy Gateway 1.8 write them where Envoy counts no
    tokens. What a caller may ask of all models together, :func:`inner_protection_policy` limits.
    """
    return _policy(
        EDGE_GATEWAY,
        EDGE,
        {"kind": "Gateway", "name": EDGE_GATEWAY},
        {
            "rateLimit": {"type": "Global", "global": {"rules": [_each_caller(requests_per_minute)]}},
            "timeout": {
                "tcp": {"connectTimeout": "5s"},
                "http": {"requestTimeout": f"{timeout_seconds}s", "connectionIdleTimeout": "600s"},
            },
            "circuitBreaker": _circuit_breaker(1024, pending=256),
            "responseOverride": refusals("openai"),
            "retry": _RETRY,
        },
    )


def inner_protection_policy(requests_per_minute: int) -> dict[str, Any]:
    """One count for a caller over all models; replicas that keep failing are left alone, never more than half.

    Here and not at the edge: every request to a model passes, and no limit here has a cost, beside which ``shared``
    may not stand. The edge has written who calls; only it may reach this gateway. And the edge sees one address for
    all replicas. Of pools of language models, the endpoint picker chooses; this does not move it.
    """
    return _policy(
        INNER_GATEWAY,
        KSERVE,
        {"kind": "Gateway", "name": INNER_GATEWAY},
        {
            "rateLimit": {
                "type": "Global",
                "global": {"rules": [{**_each_caller(requests_per_minute), "shared": True}]},
            },
            "responseOverride": [used_up_everywhere()],
            "healthCheck": {"passive": {**_SICK, "maxEjectionPercent": 50}},
            "timeout": {"tcp": {"connectTimeout": "5s"}},
            "circuitBreaker": {"retryBudget": _RETRY_BUDGET},
            "retry": _RETRY,
        },
    )


def route_policy(
    model: str,
    labels: Mapping[str, str],
    callers: Mapping[str, CallerSettings],
    limits: Limits,
    *,
    counts_tokens: bool,
    shape: Shape,
) -> dict[str, Any]:
    """What this model adds to the edge's own limits; merged, or the edge's would be replaced."""
    spec: dict[str, Any] = {
        "mergeType": "StrategicMerge",
        "circuitBreaker": _circuit_breaker(limits.parallel, pending=limits.parallel),
        # The edge's own list is replaced by this one, not joined to it.
        "responseOverride": (
            edge_words() if counts_tokens else [used_up(shape), *limits.words(shape), *refusals(shape)]
        ),
    }
    counted = [
        rule for _, caller in sorted(callers.items()) for rule in _caller_limits(caller, counts_tokens)
    ]
    if counted:
        spec["rateLimit"] = {"type": "Global", "global": {"rules": counted}}
    if limits.smaller_model:
        # The only address of the model is put aside, so the next in order answers.
        spec["healthCheck"] = {"passive": {**_SICK, "maxEjectionPercent": 100}}
    return _policy(model, EDGE, {"kind": "HTTPRoute", "name": model}, spec, labels)


def _each_caller(requests_per_minute: int) -> dict[str, Any]:
    return {
        "clientSelectors": [{"headers": [{"name": CALLER_HEADER, "type": "Distinct"}]}],
        "limit": {"requests": requests_per_minute, "unit": "Minute"},
    }


def _caller_limits(caller: CallerSettings, counts_tokens: bool) -> list[dict[str, Any]]:
    who = [{"headers": [{"name": CALLER_HEADER, "type": "Exact", "value": caller.subject}]}]
    limits: list[dict[str, Any]] = [
        {"clientSelectors": who, "limit": {"requests": caller.requests_per_minute, "unit": "Minute"}}
    ]
    if counts_tokens:
        limits.append(
            {
                "clientSelectors": who,
                "limit": {"requests": caller.tokens_per_minute or TOKENS_PER_MINUTE, "unit": "Minute"},
                "cost": {
                    # Asked before the answer, paid for after it: how long an answer is, nobody knows before.
                    "request": {"from": "Number", "number": 0},
                    "response": {
                        "from": "Metadata",
                        "metadata": {"namespace": "io.envoy.ai_gateway", "key": TOKENS},
                    },
                },
            }
        )
    return limits


def _circuit_breaker(parallel: int, *, pending: int) -> dict[str, Any]:
    return {
        "maxConnections": parallel,
        "maxPendingRequests": pending,
        "maxParallelRequests": parallel,
        "retryBudget": _RETRY_BUDGET,
    }


def _policy(
    name: str,
    namespace: str,
    target: Mapping[str, str],
    spec: Mapping[str, Any],
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": name, "namespace": namespace, **({"labels": dict(labels)} if labels else {})},
        "spec": {"targetRefs": [{"group": _GROUP, **target}], **spec},
    }
