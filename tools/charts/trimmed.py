"""A rendered object cut to what rules read."""

from collections.abc import Mapping
from typing import Any, Final

from tools.charts.renderer import index

_CLUSTER_WIDE: Final = frozenset(
    {
        "APIService", "ClusterRole", "ClusterRoleBinding", "CSIDriver", "CustomResourceDefinition", "IngressClass",
        "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PodSecurityPolicy", "PriorityClass",
        "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    }
)  # fmt: skip
"""Kubernetes' own kinds that stand in no namespace and that charts bring."""
_CONTENT: Final = ("data", "stringData", "binaryData")
_DEFINITION: Final = ("group", "names", "scope")
_MADE_OF_CONTENT: Final = "checksum/"
"""Annotations that are the digest of another object's content, so that pods start again with it."""


def trimmed(object_: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """The object without content of Secrets and ConfigMaps, schemas of definitions, certificates, digests of content.

    It gets the release's namespace where it names none and stands in one.
    """
    made = {key: value for key, value in _filled(object_).items() if key != "status"}
    kind = str(made.get("kind"))
    if kind in {"Secret", "ConfigMap"}:
        made = {key: value for key, value in made.items() if key not in _CONTENT}
    if kind == "CustomResourceDefinition":
        made["spec"] = _definition(made["spec"])
    if kind.endswith("WebhookConfiguration"):
        made["webhooks"] = [_without_bundle(webhook) for webhook in made.get("webhooks", [])]
    made["metadata"] = _metadata(made.get("metadata", {}))
    _no_digests(made)
    if "namespace" not in made["metadata"] and not _is_cluster_wide(made):
        made["metadata"]["namespace"] = namespace
    return made


def _filled(value: Any) -> Any:
    """Without what is null: a chart's way to say nothing, which the API server drops."""
    if isinstance(value, Mapping):
        return {str(key): _filled(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_filled(item) for item in value]
    return value


def _is_cluster_wide(object_: Mapping[str, Any]) -> bool:
    known = index().get(f"{object_.get('apiVersion')} {object_.get('kind')}")
    return object_.get("kind") in _CLUSTER_WIDE if known is None else known["scope"] == "Cluster"


def _definition(spec: Mapping[str, Any]) -> dict[str, Any]:
    versions = [{key: v[key] for key in ("name", "served", "storage") if key in v} for v in spec["versions"]]
    return {**{key: spec[key] for key in _DEFINITION if key in spec}, "versions": versions}


def _without_bundle(webhook: Mapping[str, Any]) -> dict[str, Any]:
    client = {key: value for key, value in webhook.get("clientConfig", {}).items() if key != "caBundle"}
    return {**webhook, "clientConfig": client}


def _metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if key != "creationTimestamp"}


def _no_digests(value: Any) -> None:
    if isinstance(value, dict):
        if isinstance(notes := value.get("annotations"), dict):
            for key in [key for key in notes if key.startswith(_MADE_OF_CONTENT)]:
                del notes[key]
        for item in value.values():
            _no_digests(item)
    elif isinstance(value, list):
        for item in value:
            _no_digests(item)
