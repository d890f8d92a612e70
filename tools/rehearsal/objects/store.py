"""A cluster's objects as an API server without controllers would keep them: kinds have to be served, namespaces there.

It validates nothing inside an object: ``make conformance`` lets a real API server do that. What it holds is order: a
custom resource before its definition, an object before its namespace.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from facts.pins import chart_apis
from gate.schema.store import core_kinds

DEFINITION: Final = "CustomResourceDefinition"
_ANEW: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("spec.selector",),
    "PersistentVolumeClaim": ("spec.storageClassName", "spec.accessModes"),
    "PriorityClass": ("value",),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
}
"""What the API server lets nobody change (Kubernetes API reference; from memory, not read again, 2026-11-29)."""
_ALWAYS: Final = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_THERE: Final = ("default", "kube-node-lease", "kube-public", "kube-system")


class ApiError(Exception):
    """The server refused, in words close to its own."""


Key = tuple[str, str, str, str]
"""Group, kind, namespace, name."""


def immutable(kind: str) -> tuple[str, ...]:
    """Fields of a kind whose change makes the object anew."""
    return (*_ALWAYS, *_ANEW.get(kind, ()))


class Objects:
    """All objects and releases of one cluster, each kept in a file that is replaced whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._all: dict[Key, dict[str, Any]] = {}
        self._releases: dict[str, dict[str, Any]] = {}
        for file in sorted(folder.glob("*.json")):
            kept = json.loads(file.read_text(encoding="utf-8"))
            if "metadata" in kept:
                self._all[key_of(kept)] = kept
            else:
                self._releases[f"{kept['namespace']}/{kept['name']}"] = kept

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(list(self._all.values()))

    @property
    def releases(self) -> Mapping[str, Mapping[str, Any]]:
        """By ``namespace/name``."""
        return dict(self._releases)

    def get(self, object_: Mapping[str, Any]) -> dict[str, Any] | None:
        """What stands where this object would."""
        return self._all.get(key_of(object_))

    def apply(self, object_: Mapping[str, Any]) -> None:
        """Make an object, or make it this.

        Raises:
            ApiError: its kind is not served, its namespace is not there, or a field cannot change.
        """
        with self._lock:
            self._check_kind(object_)
            meta = object_["metadata"]
            namespace = meta.get("namespace")
            if namespace and namespace not in _THERE and ("", "Namespace", "", namespace) not in self._all:
                raise ApiError(f'namespaces "{namespace}" not found')
            there = self._all.get(key_of(object_))
            if there is not None:
                for path in immutable(object_["kind"]):
                    if _at(there, path) != _at(object_, path):
                        raise ApiError(f"{object_['kind']} {meta['name']}: {path}: field is immutable")
            self._all[key_of(object_)] = dict(object_)
            self._keep(key_of(object_), object_)

    def install(self, release: Mapping[str, Any]) -> None:
        """Install a chart: what it defines is served from then on. Nothing else of it is there.

        Raises:
            ApiError: its namespace is not there.
        """
        with self._lock:
            namespace = release["namespace"]
            if namespace not in _THERE and ("", "Namespace", "", namespace) not in self._all:
                raise ApiError(f'create: failed to create: namespaces "{namespace}" not found')
            self._releases[f"{namespace}/{release['name']}"] = dict(release)
            self._keep((namespace, release["name"]), release)

    def remove(self, object_: Mapping[str, Any]) -> None:
        """End an object, with what stands in it or is of its kind."""
        with self._lock:
            gone = {key_of(object_)}
            if object_["kind"] == "Namespace":
                gone |= {key for key in self._all if key[2] == object_["metadata"]["name"]}
            if object_["kind"] == DEFINITION:
                kind = (object_["spec"]["group"], object_["spec"]["names"]["kind"])
                gone |= {key for key in self._all if key[:2] == kind}
            for key in gone:
                self._all.pop(key, None)
                self._file(key).unlink(missing_ok=True)

    def uninstall(self, release: str) -> None:
        """End a release."""
        with self._lock:
            self._releases.pop(release, None)
            namespace, _, name = release.partition("/")
            self._file((namespace, name)).unlink(missing_ok=True)

    def change_by_hand(self, object_: Mapping[str, Any], spec: Mapping[str, Any]) -> None:
        """What somebody does with kubectl."""
        with self._lock:
            there = self._all[key_of(object_)]
            there["spec"] = {**there.get("spec", {}), **spec}
            self._keep(key_of(object_), there)

    def _check_kind(self, object_: Mapping[str, Any]) -> None:
        group, _, version = object_["apiVersion"].rpartition("/")
        kind = object_["kind"]
        if version in core_kinds().get((group.partition(".")[0], kind.lower()), ()):
            return
        for one in self._all.values():
            spec = one.get("spec", {})
            defines = one["kind"] == DEFINITION and (spec["group"], spec["names"]["kind"]) == (group, kind)
            if defines and any(v["name"] == version and v.get("served", True) for v in spec["versions"]):
                return
        for release in self._releases.values():
            chart = str(release["chart"]).rpartition("/")[2]
            apis = chart_apis().get(chart)
            if apis is not None and not {f"{kind}.{group}", f"*.{group}"}.isdisjoint(apis.defines):
                return
        raise ApiError(f'no matches for kind "{kind}" in version "{object_["apiVersion"]}"')

    def _keep(self, key: tuple[str, ...], said: Mapping[str, Any]) -> None:
        new = self._file(key).with_suffix(".new")
        new.write_text(json.dumps(said), encoding="utf-8")
        new.replace(self._file(key))

    def _file(self, key: tuple[str, ...]) -> Path:
        return self._folder / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()}.json"


def key_of(object_: Mapping[str, Any]) -> Key:
    """Where an object stands, whatever the version it is written in."""
    meta = object_["metadata"]
    group = object_["apiVersion"].rpartition("/")[0]
    return group, object_["kind"], meta.get("namespace") or "", meta["name"]


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
