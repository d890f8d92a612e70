"""Which kinds the pinned platform serves: Kubernetes' own, and those of the definitions (CRDs) that are pinned.

A kind that nobody serves is refused at the first request ("no matches for kind"), in the middle of a rollout.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from facts.definitions import definition_sets, definitions
from gate.schema.store import KUBERNETES, core_kinds, custom_kinds
from policies.analysis.gateway.objects import DEFINITION
from policies.engine.graph import Resource

_BUILT_IN: Final = frozenset({
    "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
    "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
    "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io",
    "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io",
    "resource.k8s.io", "scheduling.k8s.io", "settings.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
})  # fmt: skip
"""Groups of the API server itself, those too that it had once (Kubernetes, "Deprecated API Migration Guide", read
2026-11-29)."""
_FILED_AS: Final = {"internal.apiserver.k8s.io": "apiserverinternal"}
_MOVED: Final = {
    ("extensions", "Ingress"): "networking.k8s.io/v1",
    ("extensions", "NetworkPolicy"): "networking.k8s.io/v1",
    ("extensions", "Deployment"): "apps/v1",
    ("extensions", "DaemonSet"): "apps/v1",
    ("extensions", "ReplicaSet"): "apps/v1",
    ("", "Eviction"): "policy/v1",
}
"""Kinds that another group serves now."""
_GROUPS_GONE: Final = {
    "authentication.istio.io": "security.istio.io",
    "certmanager.k8s.io": "cert-manager.io",
    "config.istio.io": "extensions.istio.io",
    "rbac.istio.io": "security.istio.io",
    "serving.kubeflow.org": "serving.kserve.io",
}
"""Groups that projects we pin have renamed or removed (their release notes, read 2026-11-29)."""
_WITH_CHANNELS: Final = "gateway.networking.k8s.io"
"""Its experimental channel adds kinds in alpha versions, which a cluster of others may have."""


def unserved(api_version: str, kind: str, own: Mapping[str, frozenset[str]]) -> str:
    """Why no API server of the pinned platform takes an object; empty where one does, or where nobody knows.

    Args:
        api_version: as the object says it.
        kind: as the object says it.
        own: kinds that definitions beside the object serve (:func:`defined`).
    """
    group, _, version = api_version.rpartition("/")
    if version in own.get(f"{group} {kind}", ()):
        return ""
    if group in _GROUPS_GONE:
        instead = f"the group {group} is gone, use {_GROUPS_GONE[group]}"
    elif group in _BUILT_IN:
        instead = _of_kubernetes(group, version, kind)
    else:
        instead = _of_definitions(group, version, kind)
    return f"no matches for kind {kind} in {api_version}: {instead}" if instead else ""


def _of_kubernetes(group: str, version: str, kind: str) -> str:
    filed = _FILED_AS.get(group, group.partition(".")[0])
    versions = core_kinds().get((filed, kind.lower()), frozenset())
    if version in versions:
        return ""
    if versions:
        return f"use {' or '.join(f'{group}/{v}'.lstrip('/') for v in sorted(versions))}"
    moved = _MOVED.get((group, kind))
    minor = KUBERNETES.rpartition(".")[0]
    return f"use {moved}" if moved else f"Kubernetes {minor} has no such kind"


def _of_definitions(group: str, version: str, kind: str) -> str:
    served = _custom().get(group)
    if served is None or version in served.get(kind, ()):
        return ""
    versions = sorted(served.get(kind, ()))
    if versions:
        return f"use {' or '.join(f'{group}/{v}' for v in versions)}"
    if group == _WITH_CHANNELS and "alpha" in version:
        return ""
    return f"the pinned {group} has {', '.join(sorted(served))}"


@cache
def _custom() -> dict[str, dict[str, set[str]]]:
    """Versions by group and kind, of every definition that is pinned."""
    found: dict[str, dict[str, set[str]]] = {}
    for name in definition_sets():
        for held in definitions(name).values():
            for group, kind, version in _served_by(held):
                found.setdefault(group, {}).setdefault(kind, set()).add(version)
    for api_version, kind in custom_kinds():
        group, _, version = api_version.rpartition("/")
        found.setdefault(group, {}).setdefault(kind, set()).add(version)
    return found


def _served_by(definition: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    if definition.get("kind") != "CustomResourceDefinition":
        return []
    spec = definition.get("spec")
    names = spec.get("names") if isinstance(spec, Mapping) else None
    if not isinstance(spec, Mapping) or not isinstance(names, Mapping):
        return []
    listed = spec.get("versions")
    versions = listed if isinstance(listed, list) else [{"name": spec.get("version"), "served": True}]
    return [
        (str(spec.get("group")), str(names.get("kind")), str(v.get("name")))
        for v in versions
        if isinstance(v, Mapping) and v.get("served") is not False
    ]


def defined(resources: Iterable[Resource]) -> dict[str, frozenset[str]]:
    """Versions by ``group kind`` that definitions among some resources serve."""
    found: dict[str, set[str]] = {}
    for resource in resources:
        if resource.type == DEFINITION or resource.type.endswith(":CustomResourceDefinition"):
            for group, kind, version in _served_by(resource.inputs):
                found.setdefault(f"{group} {kind}", set()).add(version)
    return {key: frozenset(versions) for key, versions in found.items()}
