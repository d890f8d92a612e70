"""Who keeps its place when nodes are full: what requests pass, then every other pod, then models, then batch work."""

from typing import Any, Final

PLATFORM_PRIORITY: Final = "slipway-platform"
MODEL_PRIORITY: Final = "slipway-models"
BATCH_PRIORITY: Final = "slipway-batch"
RESERVED: Final = (PLATFORM_PRIORITY, "system-cluster-critical", "system-node-critical")
"""Priorities that no model may ask for: with one of them it would drive out what steers and protects it."""

_CLASSES: Final = {
    PLATFORM_PRIORITY: (1_000_000, "What a request or an admission passes; it drives out everything else."),
    # Below 0, which a pod without a class has: charts that take no class are above models all the same.
    MODEL_PRIORITY: (-10, "Models that answer requests; they drive out batch work, never the platform."),
    BATCH_PRIORITY: (-100, "Work that nobody waits for; it drives out nothing."),
}


def priority_classes() -> dict[str, dict[str, Any]]:
    """The classes by role. None is the default: a pod that asks for none has 0, above models and batch work."""
    return {
        name: {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": {"name": name},
            "value": value,
            "globalDefault": False,
            "description": description,
            **({"preemptionPolicy": "Never"} if name == BATCH_PRIORITY else {}),
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
