"""KEDA's objects as rules read them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.engine.graph import Resource
from policies.engine.values import at, mapping, sequence, text

SCALED_OBJECT: Final = "kubernetes:keda.sh/v1alpha1:ScaledObject"
SCALED_JOB: Final = "kubernetes:keda.sh/v1alpha1:ScaledJob"
_SEES_NOTHING_AT_ZERO: Final = frozenset({"cpu", "memory"})
_OF_PODS: Final = (
    *("nv_inference_", "ovms_", "vllm:", "request_explain_seconds", "request_postprocess_seconds"),
    *("request_predict_seconds", "request_preprocess_seconds"),
)
"""Beginnings of figures that model servers offer of themselves."""
_NAME: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


def triggers(scaler: Resource) -> Iterator[Mapping[str, Any]]:
    for trigger in sequence(at(scaler.inputs, "spec.triggers"), "spec.triggers"):
        yield mapping(trigger, "spec.triggers")


def wakes(scaler: Resource) -> bool:
    """Whether some trigger sees work while no pod runs."""
    return any(
        text(at(t, "type"), "triggers.type") not in _SEES_NOTHING_AT_ZERO and not _asks_pods(t)
        for t in triggers(scaler)
    )


def _asks_pods(trigger: Mapping[str, Any]) -> bool:
    """Whether a query is about figures that only a running model offers."""
    if text(at(trigger, "type"), "triggers.type") != "prometheus":
        return False
    query = text(at(trigger, "metadata.query"), "metadata.query")
    return any(name.startswith(_OF_PODS) for name in _NAME.findall(query))
