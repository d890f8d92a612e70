"""What stands once at the edge for all models: the way to the inner gateway, and no list of their names.

The AI gateway answers ``GET /v1/models`` itself, with every name it knows, before anybody's list of callers is asked
(``models_processor.go``, v1.0.0). It does so on its own routes only (``enableRouterLevelAIGatewayExtProcOnRoute``), and
an exact path comes before theirs: a route of ours for this path, which nobody may call, keeps the names.
"""

from typing import Any, Final

import pulumi

from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE
from components.gateway.access import TokenIssuer, authorization_policy

MODEL_LIST: Final = "model-list"
_PATH: Final = "/v1/models"
_ENVOY_API: Final = "gateway.envoyproxy.io"
_GATEWAY_API: Final = "gateway.networking.k8s.io"


def inner_backend(name: str, host: str = "", labels: dict[str, str] | None = None) -> dict[str, Any]:
    """The inner gateway as a backend; with a host, known by that name, which the AI gateway calls it by."""
    known_as = {"hostname": host} if host else {}
    return {
        "apiVersion": f"{_ENVOY_API}/v1alpha1",
        "kind": "Backend",
        "metadata": {"name": name, "namespace": EDGE, **({"labels": labels} if labels else {})},
        "spec": {
            "endpoints": [
                # Plain to the mesh's agent on the node, which encrypts it and names the edge to the other side.
                {**known_as, "fqdn": {"hostname": f"{INNER_GATEWAY}.{KSERVE}.svc.cluster.local", "port": 80}}
            ]
        },
    }


def closed_list(hostname: pulumi.Input[str], tokens: TokenIssuer) -> dict[str, dict[str, Any]]:
    """What refuses first, then the route: nobody is among its callers, so everybody with a token gets 403."""
    return {
        "model-list-access": authorization_policy(MODEL_LIST, {}, tokens, {}),
        "model-list": {
            "apiVersion": f"{_GATEWAY_API}/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": MODEL_LIST, "namespace": EDGE},
            "spec": {
                "parentRefs": [{"group": _GATEWAY_API, "kind": "Gateway", "name": EDGE_GATEWAY}],
                "hostnames": [hostname],
                "rules": [
                    {
                        "matches": [{"path": {"type": "Exact", "value": _PATH}}],
                        "backendRefs": [{"group": _ENVOY_API, "kind": "Backend", "name": INNER_GATEWAY}],
                    }
                ],
            },
        },
    }
