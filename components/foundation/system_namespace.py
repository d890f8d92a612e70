"""A namespace of the platform's own controllers."""

from collections.abc import Mapping
from typing import Any, Literal

PodSecurity = Literal["restricted", "baseline", "privileged"]


def system_namespace(
    name: str,
    *,
    pod_security: PodSecurity = "restricted",
    in_mesh: bool = False,
    reason: str = "",
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest; ``privileged`` is for agents that own a part of the node, and ``reason`` says which.

    Raises:
        ValueError: privileged without a reason.
    """
    if pod_security == "privileged" and not reason:
        raise ValueError(f"namespace {name}: say in reason why its pods may be privileged")
    marks = {
        **(labels or {}),
        "app.kubernetes.io/part-of": "slipway",
        "pod-security.kubernetes.io/enforce": pod_security,
        "pod-security.kubernetes.io/warn": "restricted",
    }
    if in_mesh:
        marks["istio.io/dataplane-mode"] = "ambient"
    notes = {"annotations": {"slipway.dev/reason": reason}} if reason else {}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": marks, **notes}}
