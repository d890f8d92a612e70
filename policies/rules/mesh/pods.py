"""What must hold for workloads of a namespace in the mesh: what they answer is answered through it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, label, name_of, namespace_of
from policies.analysis.mesh.objects import NAMESPACE, is_in_ambient
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text

_APPS: Final = "kubernetes:apps/v1:"
_SERVERS: Final = (f"{_APPS}Deployment", f"{_APPS}StatefulSet", f"{_APPS}ReplicaSet")
"""Kinds that answer requests; jobs leave the mesh because a sidecar would keep them from ending."""
_SERVICE: Final = "kubernetes:core/v1:Service"
_INJECT: Final = "sidecar.istio.io/inject"
_MODE: Final = "istio.io/dataplane-mode"
_EXCLUDED: Final = "traffic.sidecar.istio.io/excludeInboundPorts"
_REASON: Final = "slipway.dev/reason"
_METADATA: Final = "spec.template.metadata"
_PLAIN: Final = "what the workload answers is answered in plain text, to anybody"
_WITHOUT_IDENTITY: Final = ("metric", "prom", "webhook", "health", "probe")
"""Ports whose callers have no identity of the mesh: who scrapes, the API server, the kubelet."""


def _leaves(workload: Resource, graph: Graph) -> Iterable[Offence]:
    template = mapping(at(workload.inputs, "spec.template"), "spec.template")
    labels = mapping(at(template, "metadata.labels"), "template.labels")
    notes = mapping(at(template, "metadata.annotations"), "template.annotations")
    where = namespace_of(workload)
    here = [space for space in graph.of_type(NAMESPACE) if name_of(space) == where]
    served = {
        port for service in inside(graph, where, _SERVICE) for port in _ports(service, labels, template)
    }
    if not served or text(notes.get(_REASON), _REASON):
        return
    has_sidecars = any(label(n, "istio-injection") == "enabled" or label(n, "istio.io/rev") for n in here)
    if has_sidecars and text(_said(labels, notes, _INJECT), _INJECT).lower() == "false":
        kind = "labels" if _INJECT in labels else "annotations"
        yield Offence(
            path=f"{_METADATA}.{kind}[{_INJECT}]",
            problem=_PLAIN,
            value=labels.get(_INJECT, notes.get(_INJECT)),
        )
    elif any(map(is_in_ambient, here)) and text(labels.get(_MODE), _MODE) == "none":
        yield Offence(path=f"{_METADATA}.labels[{_MODE}]", problem=_PLAIN, value="none")
    elif has_sidecars:
        said = text(notes.get(_EXCLUDED), _EXCLUDED)
        for port in sorted(served & set(said.replace(" ", "").split(","))):
            yield Offence(
                path=f"{_METADATA}.annotations[{_EXCLUDED}]",
                problem=f"names {port}, which a Service sends requests to",
                value=said,
            )


def _said(labels: Mapping[str, Any], notes: Mapping[str, Any], key: str) -> str:
    """The label wins (Istio, "Controlling the injection policy", read 2026-11); YAML may make a switch of it."""
    said = known(labels.get(key, notes.get(key)), key)
    return str(said) if isinstance(said, bool) else text(said, key)


def _ports(service: Resource, labels: Mapping[str, Any], template: Any) -> Iterator[str]:
    """Numbers of the pod's ports that a Service sends requests of callers to."""
    selector = mapping(at(service.inputs, "spec.selector"), "spec.selector")
    if not selector or any(labels.get(key) != value for key, value in selector.items()):
        return
    for port in sequence(at(service.inputs, "spec.ports"), "spec.ports"):
        target = at(port, "targetPort") or at(port, "port")
        names = f"{text(at(port, 'name'), 'ports.name')} {target}".lower()
        if not any(word in names for word in _WITHOUT_IDENTITY):
            yield _number(str(target), template)


def _number(target: str, template: Any) -> str:
    for container in sequence(at(template, "spec.containers"), "containers"):
        for port in sequence(at(container, "ports"), "containers.ports"):
            if at(port, "name") == target:
                return str(at(port, "containerPort"))
    return target


RULES: tuple[Rule, ...] = (
    Rule(
        id="servers-stay-in-the-mesh",
        severity="high",
        applies_to=_SERVERS,
        why="Past the proxy nobody knows who calls, and no policy of the mesh is asked.",
        fix="Take the label or annotation away, or say why in the template's annotation slipway.dev/reason.",
        check=_leaves,
        reads_graph=True,
    ),
)
