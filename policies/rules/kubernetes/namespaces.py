"""What must hold for namespaces: pods restricted, closed until something opens, in the mesh, bounded."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import inside, label, name_of, namespace_of
from policies.analysis.mesh.objects import (
    AUTHORIZATION,
    MODEL_KINDS,
    NAMESPACE,
    NETWORK_POLICY,
    ROOT_NAMESPACE,
    holds_models,
    is_in_ambient,
    istio_chart,
    requires_mutual_tls,
    selects_everything,
)
from policies.analysis.pods.finder import pods_of
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import is_a_part
from policies.engine.rule import Offence, Rule
from policies.engine.values import UndecidedError, at, mapping, sequence, text

QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE: Final = "kubernetes:core/v1:LimitRange"
_REASON: Final = "slipway.dev/reason"
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_LEVELS: Final = frozenset({"restricted", "baseline", "privileged"})
_BUILT_IN: Final = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_MODE: Final = "istio.io/dataplane-mode"
_OUTSIDE: Final = {_MODE: "none", "istio-injection": "disabled"}
_GPU_QUOTAS: Final = frozenset({"requests.nvidia.com/gpu", "count/pods", "pods"})


def _unstated_security(namespace: Resource, _graph: Graph) -> Iterable[Offence]:
    if name_of(namespace) in _BUILT_IN:
        return
    level = label(namespace, _ENFORCE)
    notes = mapping(at(namespace.inputs, "metadata.annotations"), "metadata.annotations")
    if level == "privileged" and not text(notes.get(_REASON), _REASON):
        yield _labelled(_ENFORCE, f"privileged, and no annotation {_REASON} says why", level)
    if level not in _LEVELS:
        problem = f"{level!r} is no level" if level else "is not set: pods may be privileged"
        yield _labelled(_ENFORCE, problem, level or None, " or ".join(sorted(_LEVELS)))


def _labelled(key: str, problem: str, value: str | None, expected: str = "") -> Offence:
    return Offence(path=f"metadata.labels[{key}]", problem=problem, value=value, expected=expected)


def _unrestricted(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    level = label(namespace, _ENFORCE)
    if holds_models(namespace, graph) and level != "restricted":
        yield _labelled(
            _ENFORCE, f"{level or 'nothing'} is enforced, and models stand here", level or None, "restricted"
        )


def _out_of_mesh(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    has_sidecars = label(namespace, "istio-injection") == "enabled" or bool(label(namespace, "istio.io/rev"))
    if holds_models(namespace, graph) and not is_in_ambient(namespace) and not has_sidecars:
        mode = label(namespace, _MODE)
        yield _labelled(_MODE, "models stand here, outside the mesh", mode or None, "ambient")


def _plain_text(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if not holds_models(namespace, graph):
        return
    if not any(requires_mutual_tls(where, graph) for where in (name_of(namespace), ROOT_NAMESPACE)):
        yield Offence(path="", problem="models stand here, and no PeerAuthentication requires mutual TLS")


def _is_empty(namespace: Resource, graph: Graph) -> bool:
    """Whether it was given without what runs in it: what else is applied to it then stands elsewhere too."""
    there = graph.once(_inhabited) if namespace.source else frozenset[str]()
    return is_a_part(namespace, [name for name in there if name == name_of(namespace)])


def _inhabited(graph: Graph) -> frozenset[str]:
    """The namespaces in which something of the graph runs."""
    running = (found for found in graph.of_type("kubernetes:*") if found.type != NAMESPACE)
    return frozenset(namespace_of(found) for found in running if _runs(found))


def _runs(found: Resource) -> bool:
    if found.type in MODEL_KINDS:
        return True
    try:
        return any(True for _ in pods_of(found))
    except UndecidedError:
        return True  # a pod stands there that cannot be read


def _leaves_the_mesh(namespace: Resource, _graph: Graph) -> Iterable[Offence]:
    notes = mapping(at(namespace.inputs, "metadata.annotations"), "metadata.annotations")
    if name_of(namespace) in {*_BUILT_IN, ROOT_NAMESPACE} or text(notes.get(_REASON), _REASON):
        return
    for key, off in _OUTSIDE.items():
        if label(namespace, key) == off:
            yield _labelled(key, f"{off}: workloads take and send plain text, under no name", off)


def _denies_requests(policy: Resource) -> bool:
    if not selects_everything(at(policy.inputs, "spec.selector")) or at(policy.inputs, "spec.targetRefs"):
        return False
    action = text(at(policy.inputs, "spec.action"), "spec.action") or "ALLOW"
    return action == "ALLOW" and not sequence(at(policy.inputs, "spec.rules"), "spec.rules")


def _open_to_requests(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    # Without any ALLOW policy Istio lets every caller in.
    if not is_in_ambient(namespace) or _is_empty(namespace, graph):
        return
    if not any(
        _denies_requests(policy)
        for where in (name_of(namespace), ROOT_NAMESPACE)
        for policy in inside(graph, where, *AUTHORIZATION)
    ):
        yield Offence(path="", problem="no AuthorizationPolicy denies by default")


def isolates(policy: Resource, direction: str) -> bool:
    """Whether a NetworkPolicy selects every pod, which closes what no policy opens."""
    types = sequence(at(policy.inputs, "spec.policyTypes"), "spec.policyTypes")
    has_egress = at(policy.inputs, "spec.egress") is not None
    applies = direction in types if types else direction == "Ingress" or has_egress
    return applies and selects_everything(at(policy.inputs, "spec.podSelector"))


def _is_isolated(namespace: Resource, graph: Graph, direction: str) -> bool:
    return any(isolates(policy, direction) for policy in inside(graph, name_of(namespace), NETWORK_POLICY))


def _open_to_traffic(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if not is_in_ambient(namespace) or _is_empty(namespace, graph):
        return
    if not _is_isolated(namespace, graph, "Ingress"):
        yield Offence(path="", problem="no NetworkPolicy denies incoming traffic by default")


def _open_outwards(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if holds_models(namespace, graph) and not _is_isolated(namespace, graph, "Egress"):
        yield Offence(path="", problem="models stand here, and no NetworkPolicy denies outgoing traffic")


def _bounds_all(quota: Resource) -> bool:
    """Whether a quota bounds GPUs or pods, and not only some pods, as one with a scope does."""
    has_scope = any(at(quota.inputs, f"spec.{key}") for key in ("scopes", "scopeSelector"))
    return bool(mapping(at(quota.inputs, "spec.hard"), "spec.hard").keys() & _GPU_QUOTAS) and not has_scope


def _unbounded(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if holds_models(namespace, graph) and not any(
        _bounds_all(quota) for quota in inside(graph, name_of(namespace), QUOTA)
    ):
        yield Offence(path="", problem="models stand here, and no ResourceQuota bounds their GPUs or pods")


def _before_mesh(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if namespace.source or not is_in_ambient(namespace):  # a manifest has no order
        return
    for release in graph.of_type(RELEASE):
        if istio_chart(release) == "ztunnel" and release.urn not in graph.waits_for(namespace.urn):
            yield Offence(path="dependsOn", problem=f"the namespace does not wait for {release.name}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="namespaces-state-their-pod-security",
        severity="high",
        applies_to=(NAMESPACE,),
        why="Without the label admission takes any pod: host network, host files, root.",
        fix="Set pod-security.kubernetes.io/enforce to restricted; privileged only for agents that own a node.",
        check=_unstated_security,
    ),
    Rule(
        id="model-namespaces-are-restricted",
        severity="high",
        applies_to=(NAMESPACE,),
        why="Model servers run code of others; a pod of theirs must not reach its node.",
        fix="Set pod-security.kubernetes.io/enforce: restricted.",
        check=_unrestricted,
        reads_graph=True,
    ),
    Rule(
        id="model-namespaces-are-in-the-mesh",
        severity="high",
        applies_to=(NAMESPACE,),
        why="Outside the mesh a model has no identity, and prompts travel in plain text.",
        fix="Set istio.io/dataplane-mode: ambient.",
        check=_out_of_mesh,
        reads_graph=True,
    ),
    Rule(
        id="model-namespaces-require-mutual-tls",
        severity="high",
        applies_to=(NAMESPACE,),
        why="In the mesh a workload still takes plain text from anybody unless told not to.",
        fix="Declare a PeerAuthentication, mode STRICT, in the namespace or in Istio's root namespace.",
        check=_plain_text,
        reads_graph=True,
    ),
    Rule(
        id="namespaces-stay-in-the-mesh",
        severity="high",
        applies_to=(NAMESPACE,),
        why="Outside it nobody knows who calls, and policies of the mesh hold for nothing there.",
        fix="Take the label away, or say why in the annotation slipway.dev/reason.",
        check=_leaves_the_mesh,
    ),
    Rule(
        id="mesh-namespaces-deny-requests",
        severity="medium",
        applies_to=(NAMESPACE,),
        why="Istio allows every request to a workload no policy speaks of: one forgotten flow is open to all.",
        fix="Declare an AuthorizationPolicy with an empty spec in the namespace.",
        check=_open_to_requests,
        reads_graph=True,
    ),
    Rule(
        id="mesh-namespaces-deny-traffic",
        severity="medium",
        applies_to=(NAMESPACE,),
        why="The network is the second lock: it holds where the mesh's own redirection fails.",
        fix="Declare a NetworkPolicy with an empty podSelector and policyTypes [Ingress].",
        check=_open_to_traffic,
        reads_graph=True,
    ),
    Rule(
        id="model-namespaces-deny-egress",
        severity="high",
        applies_to=(NAMESPACE,),
        why="A model that may call anywhere can send away what it was asked.",
        fix="Declare a NetworkPolicy with an empty podSelector and policyTypes [Egress].",
        check=_open_outwards,
        reads_graph=True,
    ),
    Rule(
        id="model-namespaces-are-bounded",
        severity="high",
        applies_to=(NAMESPACE,),
        why="One runaway scaler would take every GPU the account may have.",
        fix="Declare a ResourceQuota with requests.nvidia.com/gpu and pods.",
        check=_unbounded,
        reads_graph=True,
    ),
    Rule(
        id="mesh-namespaces-wait-for-the-mesh",
        severity="high",
        applies_to=(NAMESPACE,),
        why="A pod started before the node's proxy is not in the mesh until it is restarted.",
        fix="Let the namespace depend on the ztunnel release.",
        check=_before_mesh,
        reads_graph=True,
    ),
)
