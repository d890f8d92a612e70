"""What the edge says where nothing is: a route of the AI gateway's without a model, and its answer in JSON.

Envoy answers a request that no route is for with an empty 404, and no policy reaches it. The AI gateway adds to each
of its routes a last rule for every path (``newHTTPRoute``, v1.0.0), which asks its processor first, so that requests
for models find theirs from there. A route of ours of its kind, without a rule of its own, has that rule alone: it
stands whether there is a language model or not. A plain HTTPRoute for every path would be chosen before the AI
gateway's, being older, and keep its processor from ever seeing a request.
"""

from typing import Any, Final

import pulumi

from components.foundation.well_known import EDGE, EDGE_GATEWAY
from components.gateway.failures import edge_words

UNKNOWN_PATH: Final = "unknown-path"
_GROUP: Final = "gateway.networking.k8s.io"


def unknown_path_answers() -> dict[str, Any]:
    """The policy of the route below; merged, or the edge's own limits would not hold there.

    On a new platform this route is the oldest, and its words are those of every model (``failures.py``).
    """
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": {"name": UNKNOWN_PATH, "namespace": EDGE},
        "spec": {
            "targetRefs": [{"group": _GROUP, "kind": "HTTPRoute", "name": UNKNOWN_PATH}],
            "mergeType": "StrategicMerge",
            "responseOverride": edge_words(),
        },
    }


def unknown_path(hostname: pulumi.Input[str]) -> dict[str, Any]:
    """The route. It leads nowhere; who asks for it shows a token first, as everywhere at the edge."""
    return {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "AIGatewayRoute",
        "metadata": {"name": UNKNOWN_PATH, "namespace": EDGE},
        "spec": {
            "parentRefs": [{"group": _GROUP, "kind": "Gateway", "name": EDGE_GATEWAY}],
            "hostnames": [hostname],
            "rules": [],
        },
    }
