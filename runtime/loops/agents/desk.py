"""The triage agent's desk: a server that reads what is known of a release, and changes nothing.

It speaks as every tool does: ``POST /<tool>`` with arguments, an answer as JSON. It asks Alertmanager and Prometheus,
and reads records; the agent itself reaches neither.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from releases.load import load_releases
from releases.record_file import ReleaseError
from runtime.loops.ports import FiguresPort, SharesPort, UnavailableError

_SECONDS: Final = 10
_MOST_BYTES: Final = 4_000_000
_MOST_ALERTS: Final = 50
_MOST_EVENTS: Final = 30
_MOST_SAID: Final = 400
_MOST_BODY: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What may be read."""

    figures: FiguresPort
    shares: SharesPort
    releases: Path
    """The folder releases/models."""
    alertmanager: str

    def answer(self, tool: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of one tool.

        Raises:
            LookupError: there is no such tool, model or version.
            UnavailableError: what it would read does not answer.
        """
        match tool:
            case "read-alerts":
                return {"alerts": self._alerts(str(arguments["model"]))}
            case "read-figures":
                return self._figures(
                    str(arguments["model"]), str(arguments["version"]), 60.0 * arguments["minutes"]
                )
            case "read-events":
                return {"events": self._events(str(arguments["model"]))}
            case _:
                raise LookupError(f"no tool {tool!r}")

    def _alerts(self, model: str) -> list[dict[str, str]]:
        """Those that are firing for a model."""
        query = urlencode({"active": "true", "filter": f'model="{model}"'})
        asked = Request(f"{self.alertmanager}/api/v2/alerts?{query}")  # noqa: S310 an address of the settings
        try:
            with urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310 as above
                found = json.loads(answer.read(_MOST_BYTES))
        except (URLError, OSError, ValueError) as error:
            raise UnavailableError(f"Alertmanager does not answer: {error}") from None
        told = []
        for alert in found[:_MOST_ALERTS]:
            labels = alert.get("labels", {})
            said = {"name": labels.get("alertname", ""), "severity": labels.get("severity", "")}
            if "version" in labels:
                said["version"] = labels["version"]
            told.append({**said, "since": str(alert.get("startsAt", ""))[:40]})
        return told

    def _figures(self, model: str, version: str, seconds: float) -> dict[str, Any]:
        shares = self.shares.read(model)
        if version not in shares:
            raise LookupError(f"{model} has no version {version}")
        read = self.figures.read(model, version, seconds)
        said = {
            "requests": read.requests,
            "error_rate": round(read.error_rate, 6),
            "share": shares[version],
        }
        latency = read.latency_p95_ms
        return {**said, "latency_p95_ms": latency} if latency is not None else said

    def _events(self, model: str) -> list[dict[str, str]]:
        """What happened to a model's versions, the last first."""
        try:
            versions = load_releases(self.releases).get(model)
        except ReleaseError as error:
            raise UnavailableError(f"the releases cannot be read: {error.problems[0]}") from None
        if versions is None:
            raise LookupError(f"no model {model!r}")
        common = {"kind", "date", "who", "record", "evidence", "signature", "run", "step", "policy_set"}
        found = []
        for version, loaded in versions.items():
            for appended in loaded.appended:
                event = appended.event
                says = event.model_dump(mode="json", exclude=common, exclude_none=True, exclude_defaults=True)
                said = ", ".join(f"{name} {json.dumps(value)}" for name, value in says.items())
                found.append(
                    {
                        "date": event.date.isoformat(),
                        "version": version,
                        "kind": event.kind,
                        "says": said[:_MOST_SAID],
                    }
                )
        return sorted(found, key=lambda event: event["date"], reverse=True)[:_MOST_EVENTS]


def desk_server(desk: Desk, host: str, port: int) -> ThreadingHTTPServer:
    """The desk behind HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, answer = self._answered()
            content = json.dumps(answer).encode()
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def _answered(self) -> tuple[int, Mapping[str, Any]]:
            try:
                length = min(int(self.headers.get("Content-Length", "0")), _MOST_BODY)
                arguments = json.loads(self.rfile.read(length))
                return 200, desk.answer(self.path.removeprefix("/"), arguments)
            except UnavailableError as error:
                return 503, {"problem": str(error)}
            except (LookupError, ValueError, TypeError) as error:
                return 422, {"problem": str(error)}

        def log_message(self, *_words: Any) -> None:
            """Nothing: arguments belong into no log."""

    return ThreadingHTTPServer((host, port), Handler)
