"""What is asked of an API server: apply an object, strictly and for real; and what it answers."""

import http.client
import json
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tools.conformance.errors import ConformanceError

_TIMEOUT_SECONDS = 30
_WAIT_SECONDS = 60
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_OVERLOADED = {http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True)
class Answer:
    """What the server said to one object: ``message`` is empty if it took it."""

    created: bool
    message: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.message)


def unserved(manifest: Mapping[str, Any]) -> Answer:
    """What is said to an object whose kind nobody has defined."""
    return Answer(
        created=False,
        message=f"no such kind on this server: {manifest['apiVersion']} {manifest['kind']}",
    )


class Api:
    """A connection for each thread to one API server."""

    def __init__(self, port: int, token: str, certificate: Path) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}"}
        self._trust = ssl.create_default_context(cafile=str(certificate))
        self._local = threading.local()
        self._all: list[http.client.HTTPSConnection] = []
        self._places: dict[str, dict[str, tuple[str, bool]]] = {}

    def apply(self, manifest: Mapping[str, Any]) -> Answer:
        """Apply an object server-side; unknown and repeated fields are refused.

        Raises:
            ConformanceError: the server could not be asked.
        """
        place = self._path(manifest)
        if place is None:
            return unserved(manifest)
        query = urlencode({"fieldManager": "slipway", "fieldValidation": "Strict"})
        body = json.dumps(manifest).encode()
        status, data, warnings = self._ask("PATCH", f"{place}?{query}", body)
        if status in _OVERLOADED:
            raise ConformanceError(f"the API server is overloaded: {status} {data.get('message')}")
        if status in {http.HTTPStatus.OK, http.HTTPStatus.CREATED}:
            return Answer(created=status == http.HTTPStatus.CREATED, warnings=warnings)
        return Answer(
            created=False, message=str(data.get("message") or f"status {status}"), warnings=warnings
        )

    def delete(self, manifest: Mapping[str, Any]) -> None:
        """Delete an object, if it is there, and wait until it is gone.

        Raises:
            ConformanceError: it does not go.
        """
        place = self._path(manifest)
        if place is None:
            return
        until = time.monotonic() + _WAIT_SECONDS
        while self._ask("DELETE", f"{place}?propagationPolicy=Background")[0] != http.HTTPStatus.NOT_FOUND:
            if manifest["kind"] == "Namespace":
                # The controller that empties a namespace does not run here; what was in it went before.
                empty = {
                    "apiVersion": "v1",
                    "kind": "Namespace",
                    "metadata": {"name": manifest["metadata"]["name"]},
                }
                self._ask("PUT", f"{place}/finalize", json.dumps(empty).encode(), "application/json")
            if manifest["kind"] == "PersistentVolumeClaim":
                # Nor does the one that lets a claim go once no pod mounts it.
                free = json.dumps({"metadata": {"finalizers": None}}).encode()
                self._ask("PATCH", place, free, "application/merge-patch+json")
            if time.monotonic() > until:
                raise ConformanceError(f"{manifest['kind']} {manifest['metadata']['name']} does not go")
            time.sleep(0.01)

    def get(self, path: str) -> dict[str, Any]:
        """What stands at a path; empty if nothing does."""
        status, data, _ = self._ask("GET", path)
        return data if status == http.HTTPStatus.OK else {}

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, form: str = "application/json"
    ) -> tuple[int, dict[str, Any]]:
        """Any other call: its status, and what was said.

        Raises:
            ConformanceError: the server could not be asked.
        """
        status, data, _ = self._ask(method, path, None if body is None else json.dumps(body).encode(), form)
        return status, data

    def place_of(self, manifest: Mapping[str, Any]) -> str | None:
        """The path of an object; none if its kind is not served."""
        return self._path(manifest)

    def forget_kinds(self) -> None:
        """Ask anew which kinds are served: one has been defined, or taken away."""
        self._places.clear()

    def metadata(self, path: str) -> list[dict[str, Any]]:
        """Of a list the metadata alone: large objects cost the server seconds to write out.

        Raises:
            ConformanceError: the server could not be asked.
        """
        status, data, _ = self._ask("GET", path, accept=f"{_METADATA},application/json")
        return list(data.get("items") or ()) if status == http.HTTPStatus.OK else []

    def answers(self, path: str) -> bool:
        """Whether the server is there and has something at a path."""
        try:
            return self._ask("GET", path)[0] == http.HTTPStatus.OK
        except ConformanceError:
            return False

    def wait_served(self, definitions: Sequence[Mapping[str, Any]]) -> None:
        """Until the server serves every version of these definitions.

        Raises:
            ConformanceError: it does not in time.
        """
        waiting = {
            (d["spec"]["group"], v["name"], d["spec"]["names"]["kind"])
            for d in definitions
            for v in d["spec"]["versions"]
            if v.get("served", True)
        }
        until = time.monotonic() + _WAIT_SECONDS
        while waiting:
            self._places.clear()
            waiting = {w for w in waiting if w[2] not in self._served(f"{w[0]}/{w[1]}")}
            if waiting and time.monotonic() > until:
                raise ConformanceError(f"not served within {_WAIT_SECONDS} seconds: {sorted(waiting)}")
            if waiting:
                time.sleep(0.1)

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._all:
            connection.close()

    def _path(self, manifest: Mapping[str, Any]) -> str | None:
        api_version, meta = manifest["apiVersion"], manifest["metadata"]
        found = self._served(api_version).get(manifest["kind"])
        if found is None:
            return None
        plural, is_namespaced = found
        inside = f"/namespaces/{quote(meta.get('namespace', 'default'))}" if is_namespaced else ""
        return f"{_root(api_version)}{inside}/{plural}/{quote(meta['name'])}"

    def _served(self, api_version: str) -> dict[str, tuple[str, bool]]:
        """Kind to plural name and whether it stands in a namespace."""
        if api_version not in self._places:
            there = self.get(_root(api_version)).get("resources", ())
            found = {r["kind"]: (r["name"], r["namespaced"]) for r in there if "/" not in r["name"]}
            self._places[api_version] = found
        return self._places[api_version]

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """On this thread's connection; once more on a new one where the server has closed it meanwhile."""
        connection = getattr(self._local, "connection", None)
        is_used = connection is not None
        if connection is None:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS, context=self._trust
            )
            self._local.connection = connection
            self._all.append(connection)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._local.connection = None
            if is_used and isinstance(error, (http.client.RemoteDisconnected, ConnectionError)):
                return self._exchange(method, path, body, headers)
            raise

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        form: str = "application/apply-patch+yaml",
        accept: str = "application/json",
    ) -> tuple[int, dict[str, Any], tuple[str, ...]]:
        headers = self._headers | {"Accept": accept} | ({"Content-Type": form} if body else {})
        try:
            answer, text = self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise ConformanceError(
                f"the API server does not answer: {error.__class__.__name__}: {error}"
            ) from None
        warnings = tuple(
            w.partition('"')[2].rpartition('"')[0] for w in answer.headers.get_all("Warning", ())
        )
        try:
            data = json.loads(text)
        except ValueError:
            data = {"message": text.decode(errors="replace")}
        return answer.status, data if isinstance(data, dict) else {}, warnings


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
