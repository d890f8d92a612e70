"""Which proxy enforces a policy of Istio's, and what that proxy does not see.

In an ambient mesh ztunnel enforces what selects workloads, or a namespace, and knows addresses, ports and identities of
peers; HTTP attributes take a waypoint, which policies name in targetRefs (Istio, "Use Layer 4 security policy", read
2026-11-29).
"""

from collections.abc import Iterator
from typing import Any, Final

from policies.analysis.kubernetes.metadata import label, name_of, namespace_of
from policies.analysis.mesh.objects import NAMESPACE, is_in_ambient
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, mapping, sequence, text

_MODE: Final = "istio.io/dataplane-mode"
_INJECTED: Final = "istio-injection"
_OPERATION: Final = ("hosts", "notHosts", "methods", "notMethods", "paths", "notPaths")
_SOURCE: Final = ("requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks")
_WHEN: Final = ("request.", "remote.ip", "connection.sni", "experimental.envoy.")
_ENVOYS: Final = ("gateway.networking.k8s.io/gateway-name", "istio.io/gateway-name", "istio")
"""Labels of pods that are an Envoy themselves: gateways and waypoints."""


def enforced_by_ztunnel(policy: Resource, graph: Graph) -> bool:
    """Whether a policy of an ambient namespace in view is for workloads that have no HTTP proxy."""
    spec = mapping(at(policy.inputs, "spec"), "spec")
    if spec.get("targetRefs") or spec.get("targetRef"):
        return False
    selected = mapping(at(spec, "selector.matchLabels"), "spec.selector.matchLabels")
    if any(key in selected for key in _ENVOYS) or selected.get(_MODE) == "none":
        return False
    return any(
        name_of(n) == namespace_of(policy) and is_in_ambient(n) and label(n, _INJECTED) != "enabled"
        for n in graph.of_type(NAMESPACE)
    )


def http_attributes(policy: Resource) -> Iterator[tuple[str, str]]:
    """Each HTTP attribute that an AuthorizationPolicy asks for: its place and its name."""
    for i, rule in enumerate(sequence(at(policy.inputs, "spec.rules"), "spec.rules")):
        yield from _named(rule, "to", "operation", _OPERATION, f"spec.rules[{i}]")
        yield from _named(rule, "from", "source", _SOURCE, f"spec.rules[{i}]")
        for j, condition in enumerate(sequence(at(rule, "when"), "when")):
            key = text(at(condition, "key"), "when.key")
            if key.startswith(_WHEN):
                yield f"spec.rules[{i}].when[{j}].key", key


def _named(rule: Any, part: str, inner: str, names: tuple[str, ...], place: str) -> Iterator[tuple[str, str]]:
    for j, item in enumerate(sequence(at(rule, part), part)):
        said = mapping(at(item, inner), inner)
        for name in names:
            if said.get(name):
                yield f"{place}.{part}[{j}].{inner}.{name}", name
