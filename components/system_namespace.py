"""A namespace of the platform's own controllers."""

from typing import Any, Literal

PodSecurity = Literal["restricted", "baseline", "privileged"]


def system_namespace(
    name: str, *, pod_security: PodSecurity = "restricted", in_mesh: bool = False
) -> dict[str, Any]:
    """The manifest; ``privileged`` is for agents that own a part of the node, and says so in the label."""
    labels = {
        "app.kubernetes.io/part-of": "slipway",
        "pod-security.kubernetes.io/enforce": pod_security,
        "pod-security.kubernetes.io/warn": "restricted",
    }
    if in_mesh:
        labels["istio.io/dataplane-mode"] = "ambient"
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
