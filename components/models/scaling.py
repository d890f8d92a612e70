"""How many replicas of a predictive model run: by processor use, and from zero by what callers ask at the edge.

With no pod there is nothing of the model to measure, and the inner gateway answers 503 by itself (Envoy Gateway
v1.8.1, route.go: no ready endpoints). The edge counts that request like any other: it is what wakes the model.
"""

import math
from typing import Any, Final

from components.foundation.well_known import EDGE, OBSERVABILITY
from components.models.model_loading import SERVER_SECONDS

PROMETHEUS: Final = f"http://kube-prometheus-stack-prometheus.{OBSERVABILITY}.svc.cluster.local:9090"
"""The chart names it after the release. It answers who has an identity in the mesh, and KEDA's operator has one."""

SCRAPE_SECONDS: Final = 30
POLL_SECONDS: Final = 15
_UNSEEN_SECONDS: Final = SCRAPE_SECONDS + POLL_SECONDS
_WINDOW: Final = "2m"
_IDLE_SECONDS: Final = 300
_PROCESSOR_PERCENT: Final = "70"
_NEVER_REACHED: Final = "1000000"
"""Requests a replica: waking is all the counter is asked for, how many are needed the processor says."""


WAKING: Final = "slipway.dev/waking"
"""Annotation of what may scale to zero: what wakes it, and how long that takes. The report reads it."""


def scaled_object(
    *,
    name: str,
    namespace: str,
    labels: dict[str, str],
    deployment: str,
    route: str,
    least: int,
    most: int,
    start_seconds: float,
) -> dict[str, Any]:
    """KEDA on one predictor; ``route`` is the model's HTTPRoute at the edge, whose requests wake it from zero."""
    metadata: dict[str, Any] = {"name": name, "namespace": namespace, "labels": labels}
    spec: dict[str, Any] = {
        "scaleTargetRef": {"name": deployment},
        "minReplicaCount": least,
        "maxReplicaCount": most,
        "cooldownPeriod": _IDLE_SECONDS,
        "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": _PROCESSOR_PERCENT}}],
    }
    if least == 0:
        metadata["annotations"] = {WAKING: waking(start_seconds)}
        spec["pollingInterval"] = POLL_SECONDS
        # While Prometheus does not answer, what runs is not put to zero. What is at zero stays there: KEDA v2.18
        # wakes nothing on an error (scale_scaledobjects.go).
        spec["fallback"] = {"failureThreshold": 4, "replicas": 1}
        spec["triggers"].append(_requests_at_the_edge(route))
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": metadata,
        "spec": spec,
    }


def _requests_at_the_edge(route: str) -> dict[str, Any]:
    # How Envoy Gateway calls the cluster of a route's first rule (irRouteDestinationName, v1.8.1).
    cluster = f"httproute/{EDGE}/{route}/rule/0"
    return {
        "type": "prometheus",
        "metricType": "AverageValue",
        "metadata": {
            "serverAddress": PROMETHEUS,
            "query": f'sum(increase(envoy_cluster_upstream_rq_total{{envoy_cluster_name="{cluster}"}}[{_WINDOW}]))',
            "activationThreshold": "0",
            "threshold": _NEVER_REACHED,
        },
    }


def waking_seconds(start_seconds: float) -> int:
    """How long after the request that wakes it a model answers, where a node has room and the image.

    What the server takes is the platform's allowance, not a measurement: it imports its libraries before it loads.
    """
    return _UNSEEN_SECONDS + math.ceil(start_seconds) + SERVER_SECONDS


def waking(start_seconds: float) -> str:
    """What wakes a model at zero and how long its first caller waits, in words for the report."""
    return (
        "at zero, the first request is refused (503) and counted at the edge; a replica is started within "
        f"{_UNSEEN_SECONDS} s of it, fetches its files in about {start_seconds:.0f} s and then loads its server: a "
        "minute or two in all (the server's part is not measured), and longer where a node has to come or to pull the "
        f"image. After {_IDLE_SECONDS // 60} to {_IDLE_SECONDS // 60 + 2} quiet minutes it is at zero again"
    )
