"""The real Pulumi engine as its command line, and what it did: operations, failures, how long each took."""

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gate.core.errors import GateError
from tools.rehearsal.home import ROOT, Home

PULUMI: Final = ROOT / ".cache" / "pulumi" / "pulumi"
_TIMEOUT_SECONDS: Final = 1500
_LAST_LINES: Final = 15


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One resource in one run: what the engine did with it, and for how long."""

    op: str
    urn: str
    seconds: float
    ended: float = 0.0
    """When, in seconds since 1970; the engine tells whole ones."""

    @property
    def type(self) -> str:
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def component(self) -> str:
        """The component it is a part of, the outermost one; empty for what stands alone."""
        first, _, rest = self.urn.split("::")[2].partition("$")
        return first.rpartition(":")[2] if rest else ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One command of the engine."""

    command: str
    code: int
    seconds: float
    operations: Sequence[Operation] = ()
    failed: Sequence[Operation] = ()
    unmade: Sequence[Mapping[str, Any]] = ()
    """Resources whose creation failed, as the program asked for them. AWS may have made one all the same."""
    errors: Sequence[str] = ()
    said: str = ""

    @property
    def ok(self) -> bool:
        return self.code == 0 and not self.failed

    @property
    def counts(self) -> dict[str, int]:
        """How many of each operation; ``same`` and reads of components included."""
        return dict(sorted(Counter(one.op for one in self.operations).items()))

    def changes(self) -> list[Operation]:
        """Everything but what stayed as it was."""
        return [one for one in self.operations if one.op not in {"same", "read", "refresh"}]


@dataclass
class Engine:
    """The engine with one home; ``stop`` is asked while it runs, and ends it with SIGKILL when it says so."""

    home: Home
    number: int = field(default=0)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Besides the home's own."""

    def run(self, stack: str, *arguments: str, stop: Callable[[], bool] | None = None) -> Run:
        """Run ``pulumi ARGUMENTS --stack STACK`` without questions.

        Raises:
            GateError: it does not end.
        """
        self.number += 1
        name = f"{self.number:02}-{stack}-{arguments[0]}"
        log, events = self.home.logs / f"{name}.txt", self.home.logs / f"{name}.jsonl"
        watched = ["--event-log", str(events)] if arguments[0] in _WATCHED else []
        command = [
            str(PULUMI),
            *arguments,
            "--stack",
            stack,
            "--non-interactive",
            "--color",
            "never",
            *watched,
        ]
        started = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 the command line that was built from the pinned module
                command,
                cwd=self.home.project,
                env={**self.home.environment(), **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = _wait(process, stop)
            finally:
                _end(process)
                _end_left(self.home)
        said = log.read_text(encoding="utf-8", errors="replace")
        found = list(_events(events))
        failed, errors = _operations(found, "resOpFailedEvent"), _errors(found, said if code else "")
        code, errors = heard(code, failed, errors, said)
        return Run(
            command=" ".join(["pulumi", *arguments]),
            code=code,
            seconds=time.monotonic() - started,
            operations=_operations(found, "resOutputsEvent"),
            failed=failed,
            unmade=_unmade(found),
            errors=errors,
            said=said,
        )

    def has_told(self, text: str) -> bool:
        """Whether the events of the run that goes on, or of the last one, hold a text so far."""
        logs = sorted(self.home.logs.glob(f"{self.number:02}-*.jsonl"))
        return any(text in log.read_text(encoding="utf-8", errors="replace") for log in logs)

    def export(self, stack: str) -> dict[str, Any]:
        """The state as ``pulumi stack export`` gives it.

        Raises:
            GateError: the engine cannot give it.
        """
        done = self.run(stack, "stack", "export")
        if done.code:
            raise GateError(f"{stack}: the state cannot be read:", done.said.splitlines()[-5:])
        return dict(json.loads(done.said))


_UNHEARD: Final = re.compile(r"^Detected that \S+/pulumi-resource-kubernetes exited prematurely\.")
"""What this engine says, after a run in which nothing failed, of a Kubernetes provider that did not answer its call to
end (engine v3.259.0, provider of 2026-01-15). One that ends in the middle of a run fails what it was doing."""
_UNEXPECTED: Final = "error: no changes were expected"
_WATCHED: Final = frozenset({"preview", "up", "refresh", "destroy"})


def heard(code: int, failed: Sequence[Operation], errors: list[str], said: str = "") -> tuple[int, list[str]]:
    """Exit code and errors without what says nothing about the run: a provider that was late to answer its end."""
    if _UNEXPECTED in said:  # the command line's own error, of which no event tells
        return code, errors
    if code and not failed and errors and all(_UNHEARD.search(one) for one in errors):
        return 0, []
    return code, errors


def _wait(process: "subprocess.Popen[bytes]", stop: Callable[[], bool] | None) -> int:
    until = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < until:
        try:
            return process.wait(0.05)
        except subprocess.TimeoutExpired:
            if stop is not None and stop():
                process.kill()
    raise GateError(f"the engine did not end within {_TIMEOUT_SECONDS} seconds")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Its plugins are in its session; they end by themselves when it is gone, and by this if they do not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def _end_left(home: Home) -> None:
    """Plugins have process groups of their own, and Pulumi's own do not see that their engine is gone."""
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            if f"PULUMI_HOME={home.folder / 'pulumi'}".encode() in environment.read_bytes().split(b"\0"):
                os.kill(int(environment.parent.name), signal.SIGKILL)


def _events(path: Path) -> Iterator[Mapping[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # the last line of an engine that was killed
            return


def _operations(events: Sequence[Mapping[str, Any]], kind: str) -> list[Operation]:
    """Each once: of a component a preview tells twice, when it is registered and when its outputs are."""
    begun: dict[str, int] = {}
    found: dict[tuple[str, str], Operation] = {}
    for event in events:
        if "resourcePreEvent" in event:
            begun.setdefault(event["resourcePreEvent"]["metadata"]["urn"], event["timestamp"])
        if kind in event:
            said = event[kind]["metadata"]
            seconds = float(event["timestamp"] - begun.get(said["urn"], event["timestamp"]))
            ended = float(event["timestamp"])
            found[said["urn"], said["op"]] = Operation(
                op=said["op"], urn=said["urn"], seconds=seconds, ended=ended
            )
    return list(found.values())


def _unmade(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    said = (event["resOpFailedEvent"]["metadata"] for event in events if "resOpFailedEvent" in event)
    return [one["new"] for one in said if one["op"] == "create"]


def _errors(events: Sequence[Mapping[str, Any]], said: str) -> list[str]:
    """What the engine called an error, a line each; its last lines where it died before it could."""
    found = []
    for event in events:
        about = event.get("diagnosticEvent", {})
        if about.get("severity") == "error":
            name = about.get("urn", "").rpartition("::")[2]
            text = " ".join(about["message"].split())
            found.append(f"{name}: {text}" if name else text)
    return found or [line for line in said.splitlines() if line.strip()][-_LAST_LINES:]
