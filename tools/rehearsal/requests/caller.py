"""A caller: sends requests to the edge, and keeps what came back."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_TIMEOUT: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    headers: Mapping[str, str]
    body: str
    seconds: float

    @property
    def data(self) -> Any:
        """The body as JSON; nothing where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def message(self) -> str:
        """What an error says, in the words of the API."""
        said = self.data if isinstance(self.data, dict) else {}
        error = said.get("error")
        return str(error.get("message", "")) if isinstance(error, dict) else ""

    def told(self) -> str:
        """One line of it."""
        return f"{self.status} {self.message or self.body[:120]!r}"


class Caller:
    """One connection after the other to a host at an address, whose certificate an authority has signed."""

    def __init__(self, host: str, address: str, authority: Path) -> None:
        self._host, self._address = host, address
        self._trust = ssl.create_default_context(cafile=str(authority))
        self._open: _Connection | None = None

    def send(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A request and its whole answer, streamed or not."""
        started = time.monotonic()
        said = {"content-type": "application/json", **(headers or {})}
        if token:
            said["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body)
        try:
            if self._open is None:
                self._open = _Connection(self._host, self._address, self._trust)
            self._open.request("GET" if body is None else "POST", path, data, said)
            got = self._open.getresponse()
            text = got.read().decode(errors="replace")
            found = {name.lower(): value for name, value in got.getheaders()}
            if found.get("connection") == "close":
                self.close()
            return Answer(status=got.status, headers=found, body=text, seconds=time.monotonic() - started)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(status=0, headers={}, body=str(error), seconds=time.monotonic() - started)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class _Connection(http.client.HTTPSConnection):
    """To an address, by another name."""

    def __init__(self, host: str, address: str, trust: ssl.SSLContext) -> None:
        super().__init__(host, timeout=_TIMEOUT, context=trust)
        self._address, self._trust = address, trust

    def connect(self) -> None:
        plain = socket.create_connection((self._address, 443), _TIMEOUT)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)
