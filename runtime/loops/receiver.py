"""The way in over HTTP: Alertmanager's webhook, and people's answers behind a verified token."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client
from temporalio.service import RPCError

from runtime.loops import begin, starting
from runtime.loops.alerts import AlertError, Firing, firing, outages, suspect
from runtime.loops.clock import SteadyClock
from runtime.loops.events.signing import KeyFile
from runtime.loops.people.tokens import Issuer, keys_of
from runtime.loops.ports import UnavailableError
from runtime.loops.settings import IssuerSettings, LoopsError, LoopsSettings
from runtime.loops.triage import Triage
from runtime.loops.world import World

MOST_BYTES: Final = 1_000_000
_SECONDS: Final = 30
_AGAIN: Final = (UnavailableError, RPCError, TimeoutError)
"""What passes: Alertmanager tells it once more."""
_FIGURE_MINUTES: Final = 5
_LEAST_SECONDS: Final = 10.0
"""Of a window of figures: where a second is a minute, a scrape that is late must not leave it empty."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """What requests do. It starts runs and passes on answers; it can do nothing else."""

    settings: LoopsSettings
    world: World
    client: Client
    triage: Triage | None = None
    now: Callable[[], datetime] = field(default_factory=SteadyClock)

    async def alerts(self, body: bytes) -> list[str]:
        """Begin, or tell, the runs of each outage; their ids. One that cannot be begun holds no other one up.

        Raises:
            UnavailableError, RPCError: one of them is tried again.
            LoopsError: one of them cannot be begun.
        """
        found = firing(body)
        is_alone = self.triage is not None and self.triage.triage.alone
        work = [] if is_alone else [self._remedy(one) for one in found]
        if self.triage is not None:
            work += [self.triage.begin(one) for one in outages(body)]
        begun = await asyncio.gather(*work, return_exceptions=True)
        failed = [one for one in begun if isinstance(one, BaseException)]
        if failed:
            raise min(failed, key=lambda error: not isinstance(error, _AGAIN))
        return [run for run in begun if isinstance(run, str) and run]

    async def decide(self, body: bytes, token: str) -> str:
        """Pass a person's answer on.

        Raises:
            PermissionError: the token is not theirs.
        """
        people = self.settings.people
        if people.issuer is None or not people.door:
            raise PermissionError("this door takes no tokens: people.issuer and people.door are not set")
        who = await asyncio.to_thread(_who, people.issuer, token, self.now())
        said = json.loads(body)
        if said.get("decision") not in ("approved", "refused", "aborted"):
            raise ValueError(
                f"decision should be approved, refused or aborted (got {said.get('decision')!r})"
            )
        await starting.answer(
            self.client,
            starting.Answer(
                run=str(said.get("run")),
                decision=said["decision"],
                who=who,
                question=int(said.get("question") or 0),
            ),
            KeyFile.load(Path(people.door)),
        )
        return who

    async def _remedy(self, one: Firing) -> str:
        version = one.version or await asyncio.to_thread(self._suspect, one.model)
        if not version:
            return ""  # the outage is over, or is none of a version: nothing is begun
        request = begin.remedy_request(self.settings, one.model, version, one.alert, one.severity)
        return await starting.alert(self.client, one, request)

    def _suspect(self, model: str) -> str:
        minute = self.settings.minute_seconds
        releases = {v: begin.read(self.settings, model, v).release for v in self.world.shares.read(model)}
        bounds = {version: begin.bounds_of(release, minute) for version, release in releases.items()}
        promises = {version: release.slo for version, release in releases.items()}
        return suspect(self.world, model, bounds, promises, max(_FIGURE_MINUTES * minute, _LEAST_SECONDS))


def _who(issuer: IssuerSettings, token: str, now: datetime) -> str:
    keys = keys_of(Path(issuer.jwks).read_text(encoding="utf-8"))
    return Issuer(issuer.issuer, issuer.audience, keys, issuer.claim).who(token, now)


def server(receiver: Receiver, host: str, port: int, loop: asyncio.AbstractEventLoop) -> ThreadingHTTPServer:
    """The HTTP server; its requests run their coroutines on ``loop``."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(_SECONDS)

    class Handler(BaseHTTPRequestHandler):
        """Two doors and a sign of life."""

        def do_GET(self) -> None:
            self._say(*((200, {"status": "up"}) if self.path == "/healthz" else (404, {"error": "not here"})))

        def do_POST(self) -> None:
            doors: dict[str, Callable[[bytes], Any]] = {
                "/alerts": lambda body: {"runs": run(receiver.alerts(body))},
                "/decide": lambda body: {"who": run(receiver.decide(body, self._token()))},
            }
            self._say(*_answer(doors.get(self.path), self._body))

        def _body(self) -> bytes:
            length = int(self.headers.get("content-length") or 0)
            if length > MOST_BYTES:
                raise AlertError(f"the body is longer than {MOST_BYTES} bytes")
            return self.rfile.read(length)

        def _token(self) -> str:
            return (self.headers.get("authorization") or "").removeprefix("Bearer ").strip()

        def _say(self, code: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Requests are not logged: a token stands in them."""

    return ThreadingHTTPServer((host, port), Handler)


def _answer(door: Callable[[bytes], Any] | None, body: Callable[[], bytes]) -> tuple[int, dict[str, Any]]:
    """The code and what is said. Alertmanager tries again after 5xx, and gives up after 4xx."""
    if door is None:
        return 404, {"error": "not here; /alerts and /decide take POST"}
    try:
        return 200, door(body())
    except PermissionError as error:
        return 403, {"error": str(error)}
    except _AGAIN as error:
        return 503, {"error": f"tried again later: {error}"}
    except LoopsError as error:
        return 409, {"error": str(error)}
    except ValueError as error:
        return 400, {"error": str(error)}
