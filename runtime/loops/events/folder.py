"""Events as files beside their record, each written whole or not at all, and the same step of a run only once."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from facts.explain import explain
from facts.strict_yaml import load
from releases.event_draft import free_name
from releases.events import KINDS
from runtime.loops.contract import Appendix
from runtime.loops.events.signing import Signer, signed
from runtime.loops.ports import UnavailableError

_HEAD: Final = "# yaml-language-server: $schema=../../../../event.schema.json\n"


class EventRefusedError(ValueError):
    """The event does not say what its kind must say: a mistake in a workflow, which no retry mends."""


@dataclass(frozen=True)
class FolderEvents:
    """``releases/models`` as a folder. ``signer`` signs what is appended."""

    models: Path
    signer: Signer

    def append(self, appendix: Appendix) -> str:
        """Append; the same run and step again returns the name it got before.

        Raises:
            EventRefusedError: it does not fit the schema.
            UnavailableError: the folder cannot be written, or nobody signs.
        """
        event = _typed(appendix.event)
        folder = self.models / appendix.release.model / appendix.release.version / "events"
        evidence = f"run {appendix.run}, step {appendix.step}"
        if evidence not in event.get("evidence", ()):
            event["evidence"] = [*event.get("evidence", ()), evidence]
        whole = signed(event, self.signer)
        _check(whole)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.models):
                name = _said(folder, evidence) or free_name(folder, str(event["kind"]), event["date"])
                if not (folder / name).exists():
                    _write(folder / name, _HEAD + yaml.safe_dump(whole, sort_keys=False, allow_unicode=True))
        except OSError as error:
            raise UnavailableError(f"{folder}: events cannot be written: {error}") from error
        return name


@dataclass(frozen=True)
class NoEvents:
    """A process that acts on nothing appends nothing."""

    def append(self, appendix: Appendix) -> str:
        raise EventRefusedError(f"{appendix.run}: nothing is appended here; settings: events")


def _typed(event: Mapping[str, Any]) -> dict[str, Any]:
    """Dates as dates: history holds them as text."""
    typed = {k: _typed(v) if isinstance(v, Mapping) and "date" in v else v for k, v in event.items()}
    day = event.get("date")
    return {**typed, "date": date.fromisoformat(day) if isinstance(day, str) else day}


def _check(event: Mapping[str, Any]) -> None:
    model = KINDS.get(str(event.get("kind")))
    if model is None:
        raise EventRefusedError(f"kind: there is none such as {event.get('kind')!r}")
    try:
        model.model_validate(dict(event))
    except ValidationError as error:
        raise EventRefusedError(f"{event['kind']}: {'; '.join(explain(error, model))}") from None


def _said(folder: Path, evidence: str) -> str:
    """The file that holds this step of this run, if it was appended before."""
    for path in sorted(folder.glob("*.yaml")):
        data = load(path.read_text(encoding="utf-8"), path.name)
        if isinstance(data, dict) and evidence in (data.get("evidence") or ()):
            return path.name
    return ""


def _write(path: Path, text: str) -> None:
    """The whole file under its name, or nothing: a reader never sees half an event."""
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Two workers that append at once must not choose one name."""
    with (models.parent / ".events.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
