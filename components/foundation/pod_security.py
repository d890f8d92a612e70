"""What the restricted Pod Security Standard asks of a pod, written once."""

from typing import Any


def restricted_pod() -> dict[str, Any]:
    """The security context of a pod."""
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


def restricted_container() -> dict[str, Any]:
    """The security context of a container, which also may write to its volumes only."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
