"""What a pod mounts, as files: configuration, secrets, its account's token, what it may know of itself."""

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tools.conformance.client import Api

Object = Mapping[str, Any]
Files = dict[str, bytes]
_HOUR: Final = 3607


class NotThereError(LookupError):
    """A pod mounts something that nobody has made yet."""


class Volumes:
    """The files of one pod's volumes below a folder; those from the API server are kept fresh by ``refresh``."""

    def __init__(self, api: Api, pod: Object, address: str, folder: Path) -> None:
        self._api, self._pod, self._address, self._folder = api, pod, address, folder
        self._tokens: dict[str, bytes] = {}

    def path(self, name: str) -> Path:
        return self._folder / name

    def refresh(self) -> None:
        """Write what is not yet written or has changed; a file is replaced whole.

        Raises:
            NotThereError: a Secret or ConfigMap is missing that is not optional.
        """
        for volume in self._pod["spec"].get("volumes", ()):
            target = self.path(volume["name"])
            target.mkdir(parents=True, exist_ok=True)
            if "emptyDir" in volume:
                target.chmod(0o777)
            for source in _sources(volume):
                for name, content in self._files(source).items():
                    _keep(target / name, content)

    def _files(self, source: Object) -> Files:
        namespace = self._pod["metadata"]["namespace"]
        if "configMap" in source:
            one = source["configMap"]
            return _picked(read(self._api, namespace, "configmaps", one["name"], one), one.get("items"))
        if "secret" in source:
            one = source["secret"]
            name = one.get("secretName") or one["name"]
            return _picked(read(self._api, namespace, "secrets", name, one), one.get("items"))
        if "downwardAPI" in source:
            return {
                item["path"]: field_of(self._pod, self._address, item["fieldRef"]["fieldPath"]).encode()
                for item in source["downwardAPI"]["items"]
                if "fieldRef" in item
            }
        if "serviceAccountToken" in source:
            one = source["serviceAccountToken"]
            return {one["path"]: self._token(one)}
        return {}

    def _token(self, asked: Object) -> bytes:
        """The account's own, bound to this pod, for whom it is asked for."""
        audience = str(asked.get("audience", ""))
        if audience not in self._tokens:
            meta, account = self._pod["metadata"], self._pod["spec"].get("serviceAccountName", "default")
            bound = {"kind": "Pod", "apiVersion": "v1", "name": meta["name"], "uid": meta["uid"]}
            spec = {"expirationSeconds": _HOUR, "boundObjectRef": bound}
            path = f"/api/v1/namespaces/{meta['namespace']}/serviceaccounts/{account}/token"
            status, said = self._api.send(
                "POST", path, {"spec": {**spec, **({"audiences": [audience]} if audience else {})}}
            )
            if status not in {200, 201}:
                raise NotThereError(f"a token of {account}: {said.get('message')}")
            self._tokens[audience] = str(said["status"]["token"]).encode()
        return self._tokens[audience]


def read(api: Api, namespace: str, plural: str, name: str, asked: Object) -> Files:
    """What a Secret or ConfigMap holds.

    Raises:
        NotThereError: it is not there, and ``asked`` does not say that it is optional.
    """
    one = api.get(f"/api/v1/namespaces/{namespace}/{plural}/{name}")
    if not one:
        if asked.get("optional"):
            return {}
        raise NotThereError(f'{plural.removesuffix("s")} "{name}" not found')
    plain = one.get("data") or {}
    held = {
        key: base64.b64decode(value) if plural == "secrets" else value.encode()
        for key, value in plain.items()
    }
    return held | {key: base64.b64decode(value) for key, value in (one.get("binaryData") or {}).items()}


def field_of(pod: Object, address: str, path: str) -> str:
    """What the downward API says of a pod."""
    meta, spec = pod["metadata"], pod["spec"]
    for kind in ("labels", "annotations"):
        if path == f"metadata.{kind}":
            return "\n".join(f'{key}="{value}"' for key, value in (meta.get(kind) or {}).items())
        if path.startswith(f"metadata.{kind}['"):
            return str((meta.get(kind) or {}).get(path.partition("['")[2].removesuffix("']"), ""))
    return {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", "default"),
        "status.podIP": address,
        "status.podIPs": address,
        "status.hostIP": "10.244.0.1",
        "status.hostIPs": "10.244.0.1",
    }[path]


def _sources(volume: Object) -> Iterator[Object]:
    yield volume
    yield from (volume.get("projected") or {}).get("sources", ())


def _picked(held: Files, items: Sequence[Object] | None) -> Files:
    if items is None:
        return held
    return {item["path"]: held[item["key"]] for item in items if item["key"] in held}


def _keep(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.chmod(0o644)
    os.replace(new, path)  # noqa: PTH105 over the old one, at once
