"""What must hold for the mesh: mutual TLS everywhere, exceptions by name, its parts in order."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import label, name_of, namespace_of
from policies.analysis.mesh.objects import (
    AUTHENTICATION,
    AUTHORIZATION,
    NAMESPACE,
    ROOT_NAMESPACE,
    is_in_ambient,
    is_named_exception,
    istio_chart,
    requires_mutual_tls,
    selects_everything,
)
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, text

_PLAIN: Final = frozenset({"PERMISSIVE", "DISABLE"})
_POD_LABELS: Final = frozenset({"istio.io/dataplane-mode", "sidecar.istio.io/inject"})
_DRY_RUN: Final = "istio.io/dry-run"
_AFTER: Final = {"istiod": ("base",), "cni": ("base",), "ztunnel": ("istiod", "cni")}


def _not_strict(release: Resource, graph: Graph) -> Iterable[Offence]:
    if istio_chart(release) != "istiod":
        return
    root = text(at(release.inputs, "namespace"), "namespace") or ROOT_NAMESPACE
    # Istio's default is PERMISSIVE: plain text is taken from anybody.
    if not requires_mutual_tls(root, graph):
        yield Offence(
            path="", problem=f"no PeerAuthentication in {root} requires mutual TLS of the whole mesh"
        )


def _plain_text(policy: Resource, _graph: Graph) -> Iterable[Offence]:
    mode = text(at(policy.inputs, "spec.mtls.mode"), "spec.mtls.mode")
    if mode in _PLAIN:
        whom = "every workload" if selects_everything(at(policy.inputs, "spec.selector")) else "the workload"
        yield _taken(f"{mode} for {whom} of {namespace_of(policy)}", mode)
    elif mode != "STRICT" and _is_for_the_mesh(policy):
        yield _taken(f"{mode or 'none'} for the whole mesh, which takes plain text", mode)
    ports = mapping(at(policy.inputs, "spec.portLevelMtls"), "spec.portLevelMtls")
    for port, setting in sorted(ports.items(), key=lambda item: str(item[0])):
        mode = text(at(setting, "mode"), f"spec.portLevelMtls.{port}.mode")
        if mode == "DISABLE" or (mode == "PERMISSIVE" and not is_named_exception(policy)):
            yield _taken("plain text is taken", mode, f"spec.portLevelMtls.{port}.mode")


def _taken(problem: str, mode: str, path: str = "spec.mtls.mode") -> Offence:
    return Offence(path=path, problem=problem, value=mode or None, expected="STRICT")


def _is_for_the_mesh(policy: Resource) -> bool:
    """Whether it says what everything else inherits: nothing stands above it."""
    return namespace_of(policy) == ROOT_NAMESPACE and selects_everything(at(policy.inputs, "spec.selector"))


def _unenforced(policy: Resource, graph: Graph) -> Iterable[Offence]:
    """Of policies whose namespace is here, and for workloads that nothing else puts into the mesh."""
    notes = mapping(at(policy.inputs, "metadata.annotations"), "metadata.annotations")
    if flag(notes.get(_DRY_RUN), _DRY_RUN):
        yield Offence(
            path=f"metadata.annotations[{_DRY_RUN}]",
            problem="the policy is logged and not enforced",
            value=notes[_DRY_RUN],
        )
    if policy.source:  # among manifests, what a chart labels is not seen
        return
    where = namespace_of(policy)
    for namespace in graph.of_type(NAMESPACE):
        if name_of(namespace) == where and not _is_in_mesh(namespace) and not _labels_its_pods(where, graph):
            yield Offence(
                path="metadata.namespace",
                problem=f"{where} is not in the mesh: nobody enforces the policy",
                value=where,
            )


def _is_in_mesh(namespace: Resource) -> bool:
    has_sidecars = label(namespace, "istio-injection") == "enabled" or bool(label(namespace, "istio.io/rev"))
    return is_in_ambient(namespace) or has_sidecars or name_of(namespace) == ROOT_NAMESPACE


def _labels_its_pods(namespace: str, graph: Graph) -> bool:
    """Whether something there asks for the mesh pod by pod: a chart's values, a template's labels."""
    return any(
        _asks_for_mesh(found.inputs)
        for found in graph
        if found.type.startswith("kubernetes:") and _lives_in(found, namespace)
    )


def _lives_in(found: Resource, namespace: str) -> bool:
    place = at(found.inputs, "namespace" if found.type == RELEASE else "metadata.namespace")
    return bool(text(place, "namespace") == namespace)


def _asks_for_mesh(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(key in _POD_LABELS or _asks_for_mesh(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(_asks_for_mesh(item) for item in value)


def _out_of_order(release: Resource, graph: Graph) -> Iterable[Offence]:
    first = _AFTER.get(istio_chart(release), ())
    for other in graph.of_type(RELEASE):
        if istio_chart(other) in first and other.urn not in graph.waits_for(release.urn):
            yield Offence(path="dependsOn", problem=f"the release does not wait for {other.name}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="mesh-policies-are-enforced",
        severity="high",
        applies_to=AUTHORIZATION,
        why="Outside the mesh a policy is an object in a database: every pod of the cluster may call.",
        fix="Label the namespace istio.io/dataplane-mode: ambient, or its pods.",
        check=_unenforced,
        reads_graph=True,
    ),
    Rule(
        id="mesh-requires-mutual-tls",
        severity="high",
        applies_to=(RELEASE,),
        why="Without it any pod in the cluster may call any workload in plain text and under no name.",
        fix="Declare a PeerAuthentication without a selector, mode STRICT, in Istio's root namespace.",
        check=_not_strict,
        reads_graph=True,
    ),
    Rule(
        id="plain-text-is-a-named-exception",
        severity="high",
        applies_to=AUTHENTICATION,
        why="A port that takes plain text cannot tell who calls; few ports need that, and each has a reason.",
        fix="Declare a MeshException (components/mesh/mesh_exception.py): one port, its kind in the annotation.",
        check=_plain_text,
    ),
    Rule(
        id="mesh-parts-start-in-order",
        severity="high",
        applies_to=(RELEASE,),
        why="The control plane fails without its CRDs, and agents without a control plane block every new pod.",
        fix="Let istiod and the CNI wait for the base chart, and ztunnel for both.",
        check=_out_of_order,
        reads_graph=True,
    ),
)
