"""Measuring by a program of one's own: it gets the files and the held-out data, and answers with one figure."""

import hashlib
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from releases.digest import DigestError, manifest
from runtime.loops.ports import UnavailableError
from runtime.loops.requests import EvaluationRequest

_MOST_TOLD: Final = 500
_BEAT_SECONDS: Final = 2.0


@dataclass(frozen=True)
class CommandMeasurer:
    """A command that is run with ``--model FOLDER --data FILE --suite NAME``; it prints ``{"value": 0.86}``.

    ``held_out`` holds files by their digest, and only the evaluator may read it.
    """

    identity: str
    command: tuple[str, ...]
    models: Path
    held_out: Path

    def artifact(self, model: str, version: str) -> str:
        try:
            return manifest(self.models / f"{model}-{version}").digest
        except (OSError, DigestError) as error:
            raise UnavailableError(f"{model}-{version}: its files cannot be read: {error}") from error

    def readable(self, held_out: str) -> bool:
        """Whether the data is there and is what its name says: changed data is none."""
        try:
            content = self._data(held_out).read_bytes()
        except OSError:
            return False
        return f"sha256:{hashlib.sha256(content).hexdigest()}" == held_out

    def measure(self, request: EvaluationRequest, beat: Callable[[], None]) -> float:
        release, agreed = request.release, request.agreed
        words = [*self.command, "--model", str(self.models / release.identity)]
        words += ["--data", str(self._data(agreed.held_out)), "--suite", f"{agreed.suite}/{agreed.metric}"]
        code, said, wrong = _run(words, request.timeout_seconds, beat)
        if code:
            raise UnavailableError(
                f"{release.identity}: could not be measured: {wrong[-_MOST_TOLD:].strip()}"
            )
        try:
            return float(json.loads(said)["value"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{words[0]} should print an object with value (got {said[:80]!r})") from None

    def _data(self, held_out: str) -> Path:
        return self.held_out / held_out.removeprefix("sha256:")


@dataclass(frozen=True)
class NoMeasurer:
    """A worker that measures nothing: no evaluation is allowed here."""

    identity: str = "nobody"

    def artifact(self, model: str, version: str) -> str:
        raise ValueError(f"{model}-{version}: no evaluation is set up here; settings: evaluation")

    def readable(self, held_out: str) -> bool:
        """Nothing is."""
        del held_out
        return False

    def measure(self, request: EvaluationRequest, beat: Callable[[], None]) -> float:
        del beat
        raise ValueError(f"{request.release.identity}: no evaluation is set up here; settings: evaluation")


def _run(words: list[str], seconds: float, beat: Callable[[], None]) -> tuple[int, str, str]:
    """Exit code, output and errors of a program that ends with us."""
    end = time.monotonic() + seconds
    try:
        with subprocess.Popen(  # noqa: S603 the command stands in the worker's settings
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            try:
                while True:
                    beat()
                    try:
                        said, wrong = running.communicate(timeout=_BEAT_SECONDS)
                    except subprocess.TimeoutExpired:
                        if time.monotonic() > end:
                            raise UnavailableError(
                                f"{words[0]}: took longer than {seconds:g} seconds"
                            ) from None
                    else:
                        return running.returncode, said, wrong
            finally:
                running.kill()
    except OSError as error:
        raise UnavailableError(f"{words[0]}: cannot be run: {error}") from error
