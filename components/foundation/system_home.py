"""Where the platform's own pods run: on the system nodes, which take nobody else's."""

from typing import Any, Final

from components.foundation.well_known import POOL_LABEL, SYSTEM_POOL, SYSTEM_TAINT

TOLERATES_SYSTEM: Final[list[dict[str, Any]]] = [{"key": SYSTEM_TAINT, "operator": "Exists"}]
ON_SYSTEM_NODES: Final[dict[str, Any]] = {
    "nodeSelector": {"kubernetes.io/os": "linux", POOL_LABEL: SYSTEM_POOL},
    "tolerations": TOLERATES_SYSTEM,
}
"""As a pod and nearly every chart's values spell it. No autoscaler takes these nodes away."""
