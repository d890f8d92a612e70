"""The few calls of the Kubernetes API that a worker makes: read one object, and apply a part of it as its own."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from runtime.loops.ports import UnavailableError

ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its token and the authority of the API server."""
_APPLY: Final = "application/apply-patch+yaml"  # JSON is YAML
_SECONDS: Final = 10.0
_OK: Final = (200, 201)
_FORBIDDEN: Final = (401, 403)
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_TOO_MANY: Final = 429
_SERVER: Final = 500


class ConflictError(Exception):
    """The object is not the one that was read."""


class RefusedError(Exception):
    """The API server, or what it asks at admission, does not take the object. Asking again changes nothing."""


@dataclass(frozen=True, kw_only=True)
class KubernetesApi:
    """One API server, and how a pod shows who it is: the token is read for each call, since it is replaced hourly."""

    server: str
    token: Path = ACCOUNT / "token"
    authority: Path = ACCOUNT / "ca.crt"

    def get(self, path: str) -> dict[str, Any]:
        """An object.

        Raises:
            LookupError: it is not there.
            PermissionError: this identity may not read it.
            UnavailableError: no answer, or none that counts.
        """
        return self._call("GET", path)

    def apply(self, path: str, manager: str, part: Mapping[str, Any]) -> dict[str, Any]:
        """Apply a part of an object server-side; the fields in it become the manager's, whoever wrote them before.

        Where ``part`` names ``metadata.resourceVersion``, only that state is changed.

        Raises:
            ConflictError: the object changed since it was read.
            LookupError: it is not there.
            PermissionError: this identity may not change it.
            RefusedError: it would not be valid.
            UnavailableError: no answer, or none that counts.
        """
        query = urlencode({"fieldManager": manager, "force": "true"})
        return self._call("PATCH", f"{path}?{query}", json.dumps(part))

    def _call(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._secret()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = _APPLY
        connection = self._connection()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise UnavailableError(f"{self.server}: {type(error).__name__}: {error}") from None
        finally:
            connection.close()
        return _answer(f"{method} {path.partition('?')[0]}", response.status, content)

    def _secret(self) -> str:
        try:
            return self.token.read_text(encoding="ascii").strip()
        except OSError as error:
            raise UnavailableError(f"{self.token}: {error.strerror}") from None

    def _connection(self) -> http.client.HTTPConnection:
        address = urlsplit(self.server)
        host = address.hostname or ""
        if address.scheme == "http":  # a server on loopback
            return http.client.HTTPConnection(host, address.port, timeout=_SECONDS)
        context = ssl.create_default_context(cafile=str(self.authority))
        return http.client.HTTPSConnection(host, address.port, timeout=_SECONDS, context=context)


def _answer(what: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if status in _OK and isinstance(found, dict):
        return found
    said = found.get("message", "") if isinstance(found, dict) else ""
    problem = f"{what}: {status} {said}".rstrip()
    if status in _FORBIDDEN:
        raise PermissionError(problem)
    if status == _NOT_FOUND:
        raise LookupError(problem)
    if status == _CONFLICT:
        raise ConflictError(problem)
    if status in _OK or status == _TOO_MANY or status >= _SERVER:
        raise UnavailableError(problem)
    raise RefusedError(problem)
