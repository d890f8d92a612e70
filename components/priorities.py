"""Who keeps its place when nodes are full: the platform's proxies before models, models before everything else."""

from typing import Any, Final

PLATFORM_PRIORITY: Final = "slipway-platform"
MODEL_PRIORITY: Final = "slipway-models"
RESERVED: Final = (PLATFORM_PRIORITY, "system-cluster-critical", "system-node-critical")
"""Priorities that no model may ask for: with one of them it would drive out what steers and protects it."""

_CLASSES: Final = {
    PLATFORM_PRIORITY: (1_000_000, "Proxies that every request passes; they drive out models."),
    MODEL_PRIORITY: (100_000, "Models that answer requests; they drive out batch work, never the platform."),
}


def priority_classes() -> dict[str, dict[str, Any]]:
    """Both classes by role. None is the default: a pod that asks for nothing has 0, and goes first."""
    return {
        name: {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name},
            "value": value,
            "globalDefault": False,
            "description": description,
        }
        for name, (value, description) in _CLASSES.items()
    }


def reserved_priorities(namespace: str) -> dict[str, Any]:
    """A quota of no pods with a priority above that of models: admission refuses such a pod."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "no-platform-priority", "namespace": namespace},
        "spec": {
            "hard": {"pods": "0"},
            "scopeSelector": {
                "matchExpressions": [
                    {"scopeName": "PriorityClass", "operator": "In", "values": list(RESERVED)}
                ]
            },
        },
    }
