"""The names components meet under inside the cluster: namespaces, well-known objects and ports."""

from typing import Final

KUBERNETES_VERSION: Final = "1.35"
"""Add-ons, charts and definitions are pinned for it. In standard support until 2027-03-27 (endoflife.date, read
2026-11)."""

CERT_MANAGER: Final = "cert-manager"
ISTIO_SYSTEM: Final = "istio-system"
KARPENTER: Final = "karpenter"
LOAD_BALANCERS: Final = "load-balancers"
KSERVE: Final = "kserve"
KEDA: Final = "keda"
OBSERVABILITY: Final = "observability"
ENVOY_GATEWAY: Final = "envoy-gateway-system"
AI_GATEWAY: Final = "envoy-ai-gateway-system"
EDGE: Final = "edge"
"""Holds the public Gateway, its routes, and the proxies that Envoy Gateway deploys for it."""
MODELS: Final = "models"
"""Holds every model's workload."""
TEMPORAL: Final = "temporal"
"""Holds the engine that keeps the runs of the loops."""
LOOPS: Final = "loops"
"""Holds the workers of the loops."""
AGENTS: Final = "agents"
"""Holds the workers of agents."""

EDGE_GATEWAY: Final = "edge"
INNER_GATEWAY: Final = "kserve-ingress-gateway"
"""KServe's own Gateway, in the kserve namespace; only the edge may call it."""

AMBIENT_PORT: Final = 15008
"""Where ztunnel delivers mesh traffic to a pod in ambient mode (Istio documentation, "Ambient and Kubernetes
NetworkPolicy", read 2026-11)."""
KUBELET_PROBE_ADDRESS: Final = "169.254.7.127/32"
"""The link-local source of kubelet probes in ambient mode (same page)."""

GPU_TAINT: Final = "nvidia.com/gpu"
"""Taint of every node of a GPU pool, which node_pool_manifest.py sets: only pods that ask for a GPU tolerate it."""
MODEL_TAINT: Final = "slipway.dev/models"
"""On every node of a CPU pool: only models and their pickers tolerate it."""
SYSTEM_TAINT: Final = "CriticalAddonsOnly"
"""On every system node: the name that EKS's own add-ons and Karpenter tolerate already."""
POOL_LABEL: Final = "slipway.dev/pool"
"""Node label (and pod nodeSelector) naming a pool: ``system``, or a name from the stack file."""
SYSTEM_POOL: Final = "system"

MODEL_POD: Final = "slipway.dev/workload"
"""Label of every pod that answers for a model; its value is ``model``. Prometheus finds models by it."""

MODEL_METRICS: Final = "http"
"""Name of the port on which a model answers requests and offers its metrics."""

INNER_DOMAIN: Final = "models.internal"
"""Predictive models are known to the inner gateway by hosts of this domain, which no resolver knows."""
