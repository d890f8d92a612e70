"""What a pod waits for before it can start: the Secrets and ConfigMaps that it mounts or reads. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Has = Callable[[str, str, str], bool]
"""Whether an object of this kind, namespace and name is there."""
_MADE_BY_OTHERS: Final[Mapping[tuple[str, str], str]] = {
    ("Secret", "envoy-gateway"): "Envoy Gateway's job certgen",
    ("ConfigMap", "istio-ca-root-cert"): "istiod",
}
"""What programs make that do not run here; nobody waits for it."""


def missing(pod: Mapping[str, Any], has: Has) -> list[str]:
    """What is not there, in the kubelet's words."""
    namespace = pod["metadata"]["namespace"]
    wanted = dict.fromkeys(one for one in _wanted(pod["spec"]) if one not in _MADE_BY_OTHERS)
    return [f'{kind.lower()} "{name}" not found' for kind, name in wanted if not has(kind, namespace, name)]


def _wanted(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for volume in spec.get("volumes", ()):
        yield from _source(volume)
        for source in (volume.get("projected") or {}).get("sources", ()):
            yield from _source(source)
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        for one in container.get("envFrom", ()):
            yield from _named(one, "configMapRef", "secretRef")
        for one in container.get("env", ()):
            yield from _named(one.get("valueFrom") or {}, "configMapKeyRef", "secretKeyRef")


def _source(volume: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _named(volume, "configMap", "secret")


def _named(said: Mapping[str, Any], *keys: str) -> Iterator[tuple[str, str]]:
    for key in keys:
        one = said.get(key)
        if one and not one.get("optional"):
            name = one.get("secretName") or one.get("name")
            yield ("ConfigMap" if key.startswith("configMap") else "Secret"), str(name)
