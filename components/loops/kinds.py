"""The kinds of loops: what a worker of each does, and the one thing its identity may do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.foundation.well_known import EDGE, LOOPS, MODELS

RECEIVER: Final = "receiver"
"""Takes alerts and people's answers, and begins runs; it acts on nothing itself."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What it does, in a sentence's words, and whether it moves shares or only reads them."""

    does: str
    moves_shares: bool


KINDS: Final[Mapping[str, Kind]] = {
    "rollout": Kind(does="rollouts", moves_shares=True),
    "remedy": Kind(does="remedies", moves_shares=True),
    "drift": Kind(does="what it measured of drift", moves_shares=True),
    "end-of-life": Kind(does="ends of versions", moves_shares=True),
    RECEIVER: Kind(does="alerts and answers of people", moves_shares=False),
}
"""By the names of queues and policies (``runtime/loops/worker.py``). Evaluations have none: they need held-out data and
a harness beside them, which no stack has yet."""

ROUTES: Final = {
    MODELS: ("gateway.networking.k8s.io", "httproutes"),
    EDGE: ("aigateway.envoyproxy.io", "aigatewayroutes"),
}
"""The objects that carry shares, by their namespace."""


def labels(kind: str = "") -> dict[str, str]:
    """Labels of all pods of the loops, or of a kind's."""
    own = {"app.kubernetes.io/component": kind} if kind else {}
    return {"app.kubernetes.io/name": "slipway-loops", **own}


def meta(name: str, namespace: str = LOOPS) -> dict[str, Any]:
    """The metadata of an object of the loops."""
    own = {"app.kubernetes.io/name": "slipway-loops", "app.kubernetes.io/part-of": "slipway"}
    return {"name": name, "namespace": namespace, "labels": own}


def account(kind: str) -> dict[str, Any]:
    """The identity of a kind in the mesh and at the API server."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": meta(kind),
        "automountServiceAccountToken": False,
    }


def role(kind: str, namespace: str) -> dict[str, Any]:
    """What a kind may do at the API server: read the routes that carry shares there, and change them if it moves them.

    A route is never made or deleted by a worker, and nothing else is even read.
    """
    group, resource = ROUTES[namespace]
    verbs = ["get", "patch"] if KINDS[kind].moves_shares else ["get"]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": meta(f"slipway-loops-{kind}", namespace),
        "rules": [{"apiGroups": [group], "resources": [resource], "verbs": verbs}],
    }


def binding(kind: str, namespace: str) -> dict[str, Any]:
    """Gives that role to the kind's account, and to nobody else."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": meta(f"slipway-loops-{kind}", namespace),
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": f"slipway-loops-{kind}",
        },
        "subjects": [{"kind": "ServiceAccount", "name": kind, "namespace": LOOPS}],
    }
