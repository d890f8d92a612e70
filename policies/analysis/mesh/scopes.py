"""Which PeerAuthentication and which Telemetry Istio keeps for a pod, and the mode that is left of the scopes' own.

Of each scope istiod keeps one object, the oldest: of the mesh (no selector, in the root namespace), of a namespace (no
selector) and of a pod (a selector, in the pod's namespace). A mode that is not set is that of the next wider scope; the
mesh's own is PERMISSIVE where nobody sets it. A selector in the root namespace is no scope of a PeerAuthentication.
Istio 1.30, ``pilot/pkg/serviceregistry/ambient/authorization.go``, ``pilot/pkg/model/authentication.go`` and
``telemetry.go``, read 2026-11-30. Files do not know ages, so that two of one scope are a finding and never a guess.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.flows.tunnel import pods_in
from policies.analysis.kserve.llm import engine_labels
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, predictor_labels
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.mesh.objects import AUTHENTICATION, ROOT_NAMESPACE, istio_chart
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, listed, mapping, text

TELEMETRY: Final = (
    "kubernetes:telemetry.istio.io/v1:Telemetry",
    "kubernetes:telemetry.istio.io/v1alpha1:Telemetry",
)
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(AUTHENTICATION, AUTHENTICATION),
    **dict.fromkeys(TELEMETRY, TELEMETRY),
}
"""Each type with all that are the same kind: versions of one API."""
STRICT: Final = "STRICT"
_NOT_SET: Final = frozenset({"", "UNSET"})
_UNSET_MESH: Final = "PERMISSIVE"

Labels = Mapping[str, Any]


def labels_of(policy: Resource) -> Labels:
    """The labels a policy asks pods for; none: it is for all of its scope."""
    return mapping(at(policy.inputs, "spec.selector.matchLabels"), "spec.selector.matchLabels")


def selects(policy: Resource, labels: Labels) -> bool:
    """Whether a pod with these labels is the policy's."""
    return is_within(labels_of(policy), labels)


def is_within(some: Labels, others: Labels) -> bool:
    """Whether labels are all among others; a value may be of any shape, where a file says so."""
    return all(key in others and others[key] == value for key, value in some.items())


def rivals(policy: Resource, graph: Graph) -> Iterator[Resource]:
    """Others of the policy's scope, of which Istio keeps one; for pods, those that would have the same pod.

    Raises:
        UndecidedError: a selector cannot be read.
    """
    if _names_targets(policy):
        return
    for other in graph.once_for(_scoped, (namespace_of(policy), KINDS[policy.type])):
        if other.urn != policy.urn and _meet(policy, other, graph):
            yield other


def _scoped(graph: Graph, of: tuple[str, tuple[str, ...]]) -> list[Resource]:
    namespace, kinds = of
    return [one for one in inside(graph, namespace, *kinds) if not _names_targets(one)]


def _names_targets(policy: Resource) -> bool:
    """Whether it is for a gateway or a waypoint by name."""
    return bool(listed(at(policy.inputs, "spec.targetRefs")) or at(policy.inputs, "spec.targetRef"))


def _meet(one: Resource, other: Resource, graph: Graph) -> bool:
    mine, theirs = labels_of(one), labels_of(other)
    if not mine or not theirs:
        return not mine and not theirs
    if is_within(mine, theirs) or is_within(theirs, mine):
        return True
    return any(
        selects(one, labels) and selects(other, labels)
        for labels in graph.once_for(_pods_of, namespace_of(one))
    )


def _pods_of(graph: Graph, namespace: str) -> list[Labels]:
    """Labels of every pod that is known to run in a namespace: charts' too, and models'."""
    found: list[Labels] = [labels for _, labels, _ in pods_in(graph, namespace)]
    found += [predictor_labels(s) for s in inside(graph, namespace, *INFERENCE_SERVICE)]
    found += [engine_labels(s) for s in inside(graph, namespace, *LLM)]
    return found


def said_mode(policy: Resource) -> str:
    """The mode that a PeerAuthentication sets itself; empty where it leaves it to the wider scope."""
    mode = text(at(policy.inputs, "spec.mtls.mode"), "spec.mtls.mode")
    return "" if mode in _NOT_SET else mode


def inherited_mode(policy: Resource, graph: Graph) -> str:
    """The mode that is left for a PeerAuthentication which sets none; empty where the wider scopes are not in view."""
    where = namespace_of(policy)
    for scope in [where, ROOT_NAMESPACE] if labels_of(policy) else [ROOT_NAMESPACE]:
        for one in inside(graph, scope, *AUTHENTICATION):
            if one.urn != policy.urn and not labels_of(one) and said_mode(one):
                return said_mode(one)
    return _UNSET_MESH if _sees_the_mesh(graph) else ""


def _sees_the_mesh(graph: Graph) -> bool:
    """Whether who makes the mesh is in view, so that what it does not say nobody says.

    A chart whose name is not known leaves it open only where nothing else is of the mesh: whichever is met first, the
    answer is the same.

    Raises:
        UndecidedError: that is so.
    """
    if any(True for _ in inside(graph, ROOT_NAMESPACE, *AUTHENTICATION)):
        return True
    unknown: UndecidedError | None = None
    for release in graph.of_type(RELEASE):
        try:
            if istio_chart(release) == "istiod":
                return True
        except UndecidedError as missing:
            unknown = unknown or missing
    if unknown is not None:
        raise unknown
    return False


def called(policy: Resource) -> str:
    """Namespace and name."""
    return f"{namespace_of(policy)}/{name_of(policy)}"


def ports_without_selector(policy: Resource) -> list[str]:
    """The ports that a PeerAuthentication sets without a selector: Istio reads them of a pod's own policy alone."""
    ports = mapping(at(policy.inputs, "spec.portLevelMtls"), "spec.portLevelMtls")
    return [] if labels_of(policy) else sorted(str(port) for port in ports)


def selected_nothing(policy: Resource) -> bool:
    """Whether a selector stands in the root namespace, where a PeerAuthentication is for no pod."""
    is_root = namespace_of(policy) == ROOT_NAMESPACE
    return policy.type in AUTHENTICATION and is_root and bool(labels_of(policy))
