"""What a pod becomes when KServe lays one specification over another: Kubernetes' strategic merge, as data.

KServe makes the patch against an empty object (``mergeSpecs`` in ``llmisvc/config_merge.go``, v0.20.0), so what is
empty in it takes nothing away. How each list merges is written in the API's types (``patchMergeKey`` in
``k8s.io/api/core/v1/types.go``, v0.35.4). ``tests/policies/pod_merges.json`` holds what the real code makes of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_KEYS: Final[Mapping[str, str]] = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "resourceClaims": "name",
    "schedulingGates": "name",
    "env": "name",
    "ports": "containerPort",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "topologySpreadConstraints": "topologyKey",
    "hostAliases": "ip",
}
"""Lists whose entries are merged, by the field that names them; every other list is taken as a whole."""
_NEVER_FALSE: Final = frozenset({"hostNetwork", "hostPID", "hostIPC"})
"""Fields in which false is the same as nothing, so that true below them stays."""


def merged(base: Any, over: Any) -> Any:
    """``over`` laid over ``base``; neither is changed."""
    return _merged(base, over, "")


def _merged(base: Any, over: Any, field: str) -> Any:
    if _is_empty(over, field):
        return base
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        laid = {
            name: _merged(base[name], value, name) if name in base else value
            for name, value in over.items()
            if name in base or not _is_empty(value, name)
        }
        return {**base, **laid}
    key = _KEYS.get(field)
    if key is not None and _has_key(base, key) and _has_key(over, key):
        return _by_key(base, over, key)
    return over


def _is_empty(value: Any, field: str) -> bool:
    return value is None or value in ("", []) or (value is False and field in _NEVER_FALSE)


def _has_key(entries: Any, key: str) -> bool:
    return (
        isinstance(entries, Sequence)
        and not isinstance(entries, str)
        and all(isinstance(entry, Mapping) and key in entry for entry in entries)
    )


def _by_key(base: Sequence[Mapping[str, Any]], over: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    later = {entry[key]: entry for entry in over}
    kept = [_merged(entry, later.pop(entry[key], None), "") for entry in base]
    return [*kept, *later.values()]
