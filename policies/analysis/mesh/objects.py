"""What several mesh rules ask of Kubernetes objects."""

from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, label, name_of
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, sequence, text

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NETWORK_POLICIES: Final = (NETWORK_POLICY, "kubernetes:extensions/v1beta1:NetworkPolicy")
AUTHORIZATION: Final = (
    "kubernetes:security.istio.io/v1:AuthorizationPolicy",
    "kubernetes:security.istio.io/v1beta1:AuthorizationPolicy",
)
AUTHENTICATION: Final = (
    "kubernetes:security.istio.io/v1:PeerAuthentication",
    "kubernetes:security.istio.io/v1beta1:PeerAuthentication",
)
MODEL_KINDS: Final = (
    "kubernetes:serving.kserve.io/v1beta1:InferenceService",
    "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
    "kubernetes:serving.kserve.io/v1alpha1:LLMInferenceService",
)
ROOT_NAMESPACE: Final = "istio-system"
"""Where Istio looks for policies of the whole mesh, unless its configuration names another namespace."""

EXCEPTION: Final = "slipway.dev/mesh-exception"
EXCEPTION_KINDS: Final = frozenset({"api-server-to-webhook", "load-balancer-to-edge", "metrics-scrape"})


def is_named_exception(resource: Resource) -> bool:
    """Whether the object says which of the known callers without an identity it is for."""
    notes = mapping(at(resource.inputs, "metadata.annotations"), "metadata.annotations")
    return text(notes.get(EXCEPTION), EXCEPTION) in EXCEPTION_KINDS


def is_in_ambient(namespace: Resource) -> bool:
    return label(namespace, "istio.io/dataplane-mode") == "ambient"


def holds_models(namespace: Resource, graph: Graph) -> bool:
    return any(True for _ in inside(graph, name_of(namespace), *MODEL_KINDS))


def selects_everything(selector: Any) -> bool:
    """Whether a label selector is missing or empty."""
    read = mapping(selector, "selector")
    return not mapping(read.get("matchLabels"), "matchLabels") and not sequence(
        read.get("matchExpressions"), "matchExpressions"
    )


def requires_mutual_tls(namespace: str, graph: Graph) -> bool:
    """Whether a PeerAuthentication without a selector says STRICT for this namespace."""
    return any(
        text(at(found.inputs, "spec.mtls.mode"), "spec.mtls.mode") == "STRICT"
        for found in inside(graph, namespace, *AUTHENTICATION)
        if selects_everything(at(found.inputs, "spec.selector"))
    )


def istio_chart(release: Resource) -> str:
    """Which of Istio's charts a Helm release is (``base``, ``istiod``, ``cni``, ``ztunnel``), or nothing."""
    chart = text(at(release.inputs, "chart"), "chart")
    repository = text(at(release.inputs, "repositoryOpts.repo"), "repositoryOpts.repo")
    return chart.rpartition("/")[2] if "istio" in f"{repository}/{chart}" else ""
