"""Who gets in at the edge, as plain data: whose tokens count, and which caller may use which model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.foundation.well_known import EDGE, EDGE_GATEWAY
from components.gateway.caller_settings import CallerSettings

CALLER_HEADER: Final = "x-caller"
"""Carries the subject of the caller's token; only the edge may set it."""
PROVIDER: Final = "callers"
"""The same in every policy: the token is checked by the route a request first meets, and read by the model's."""
_CLAIM: Final = "sub"


@dataclass(frozen=True, kw_only=True)
class TokenIssuer:
    """Whose tokens open the edge."""

    issuer: pulumi.Input[str]
    jwks_uri: pulumi.Input[str]
    audiences: pulumi.Input[Sequence[str]]


def authentication_policy(tokens: TokenIssuer) -> dict[str, Any]:
    """Every request carries a token of this issuer for this audience; the caller's name reaches the models."""
    return _policy(EDGE_GATEWAY, {}, {"kind": "Gateway", "name": EDGE_GATEWAY}, {"jwt": _jwt(tokens)})


def authorization_policy(
    model: str, labels: Mapping[str, str], tokens: TokenIssuer, callers: Mapping[str, CallerSettings]
) -> dict[str, Any]:
    """The model's callers and nobody else; without callers nobody at all.

    The API takes rules about tokens only beside the provider that checks them, so the edge's stands here again. It
    merges: whatever else the edge asks of a caller is asked here too.
    """
    allowed: list[dict[str, Any]] = [
        {
            "name": name,
            "action": "Allow",
            "principal": {
                "jwt": {
                    "provider": PROVIDER,
                    "claims": [{"name": _CLAIM, "valueType": "String", "values": [caller.subject]}],
                }
            },
        }
        for name, caller in sorted(callers.items())
    ]
    authorization = {"defaultAction": "Deny", **({"rules": allowed} if allowed else {})}
    return _policy(
        model,
        labels,
        {"kind": "HTTPRoute", "name": model},
        {"mergeType": "StrategicMerge", "jwt": _jwt(tokens), "authorization": authorization},
    )


def _policy(
    name: str, labels: Mapping[str, str], target: Mapping[str, str], spec: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "SecurityPolicy",
        "metadata": {"name": name, "namespace": EDGE, **({"labels": dict(labels)} if labels else {})},
        "spec": {"targetRefs": [{"group": "gateway.networking.k8s.io", **target}], **spec},
    }


def _jwt(tokens: TokenIssuer) -> dict[str, Any]:
    return {
        "providers": [
            {
                "name": PROVIDER,
                "issuer": tokens.issuer,
                "audiences": tokens.audiences,
                "remoteJWKS": {"uri": tokens.jwks_uri},
                "claimToHeaders": [{"claim": _CLAIM, "header": CALLER_HEADER}],
            }
        ]
    }
