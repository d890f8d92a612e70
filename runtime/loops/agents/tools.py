"""Calls of tools. Nothing is called without a permit, and a permit names a decision that stands in the journal."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from releases.agent_schema import faults
from releases.agent_tool import Tool
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.store import digest_of

MOST_BYTES: Final = 1_000_000
_REFUSED: Final = range(400, 500)
_AGAIN: Final = frozenset({408, 409, 425, 429})
"""Statuses of the fourth hundred that say nothing of the call itself."""
_DONE: Final = range(200, 300)


class NoPermitError(Exception):
    """A call that no recorded decision allows. Nothing was called."""


class ToolAwayError(Exception):
    """The tool did not answer, or answered that it could not: nobody knows whether it did something."""


class ToolRefusedError(Exception):
    """The tool says that it did nothing, and why."""


class WrongAnswerError(Exception):
    """The tool answered something that its schema does not admit. It may have done what it was asked."""


@dataclass(frozen=True, kw_only=True)
class Permit:
    """The right to one call: of this step of this run, with these arguments, by the decision in this entry."""

    run: str
    key: str
    tool: str
    arguments: str
    entry: str


class Caller(Protocol):
    """How a tool is reached."""

    def send(self, permit: Permit, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        """What it answered."""
        ...


@dataclass(frozen=True)
class Tools:
    """All tools, by how they are reached: ``http``, ``https`` or ``run``."""

    journal: Journal
    callers: Mapping[str, Caller]

    def call(self, permit: Permit, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        """Call it once; its answer, which fits its schema.

        Raises:
            NoPermitError, ToolAwayError, ToolRefusedError, WrongAnswerError: as these say.
        """
        self._hold(permit, arguments)
        caller = self.callers.get(tool.reaches.partition("://")[0])
        if caller is None:
            raise ToolRefusedError(f"{permit.tool}: nothing here reaches {tool.reaches}")
        answer = caller.send(permit, tool, arguments)
        wrong = list(faults(tool.answer, answer))
        if wrong:
            raise WrongAnswerError(f"{permit.tool}: {wrong[0]}")
        return answer

    def _hold(self, permit: Permit, arguments: Mapping[str, Any]) -> None:
        entry = self.journal.by_digest(permit.run, permit.entry)
        body = entry.body if entry is not None and entry.kind == "decision" else {}
        wanted = {
            "answer": "allowed",
            "key": permit.key,
            "tool": permit.tool,
            "arguments": digest_of(dict(arguments)),
        }
        given = {name: body.get(name) for name in wanted}
        if given != wanted or permit.arguments != wanted["arguments"]:
            raise NoPermitError(
                f"{permit.run} {permit.key}: no recorded decision allows this call of {permit.tool}"
            )


@dataclass(frozen=True)
class HttpTools:
    """Tools behind HTTP: ``POST <address>/<tool>`` with the arguments as JSON, which answers JSON.

    ``identities`` holds a file with a token for each identity of tools; no redirect and no proxy is followed.
    """

    identities: Path
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, permit: Permit, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        parts = urlsplit(tool.reaches)
        host, port = parts.hostname or "", parts.port
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                host, port, timeout=tool.timeout_seconds, context=self.context
            )
        else:
            connection = http.client.HTTPConnection(host, port, timeout=tool.timeout_seconds)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token(tool.identity)}",
            "Idempotency-Key": f"{permit.run}/{permit.key}",
        }
        try:
            connection.request("POST", f"/{permit.tool}", json.dumps(dict(arguments)), headers)
            response = connection.getresponse()
            content = response.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise ToolAwayError(f"{permit.tool}: {error.__class__.__name__}") from None
        finally:
            connection.close()
        return _answer(permit.tool, response.status, content)

    def _token(self, identity: str) -> str:
        try:
            return (self.identities / identity).read_text(encoding="ascii").strip()
        except OSError:
            raise ToolRefusedError(f"the worker holds no identity {identity!r}") from None


def _answer(tool: str, status: int, content: bytes) -> Any:
    if status in _REFUSED and status not in _AGAIN:
        raise ToolRefusedError(f"{tool}: status {status}")
    if status not in _DONE:
        raise ToolAwayError(f"{tool}: status {status}")
    if len(content) > MOST_BYTES:
        raise WrongAnswerError(f"{tool}: more than {MOST_BYTES} bytes")
    try:
        return json.loads(content)
    except ValueError:
        raise WrongAnswerError(f"{tool}: no JSON") from None
