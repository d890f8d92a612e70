"""What the registry holds, as rows: read from the records and the stack files alone, in one order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gate.core.clickable import clickable
from gate.core.errors import GateError
from gate.report.served import served
from releases.agent import Agent
from releases.agent_load import load_agents
from releases.load import ReleaseError, load_releases
from releases.loaded import LoadedRecord
from releases.release import Release
from stacks.load import SettingsError, Stack, read_stack, stack_names

Row = Mapping[str, Any]
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "releases": (
        "kind", "name", "version", "state", "owner", "provenance", "task", "engine", "licence", "data_class", "uri",
        "digest", "format", "size_bytes", "parameters", "record", "file",
    ),
    "events": ("kind", "name", "version", "date", "event", "who", "says", "counts", "file", "content"),
    "evaluations": (
        "kind", "name", "version", "suite", "suite_version", "metric", "value", "floor", "direction", "holds",
        "dataset_digest", "measured_with", "by", "date", "current", "file",
    ),
    "lineage": ("kind", "name", "version", "relation", "target", "revision"),
    "serving": ("stack", "environment", "account", "region", "kind", "name", "version", "share", "least", "most",
        "pool", "files",
    ),
}  # fmt: skip
"""Tables and their columns, as the index and the API have them."""
_NUMBERS: Final = frozenset({"size_bytes", "parameters", "value", "floor", "share", "least", "most"})
_FLAGS: Final = frozenset({"holds", "counts", "current"})


@dataclass(frozen=True, kw_only=True)
class Content:
    """Every table with its rows, sorted; ``as_of`` is the day on which states are told."""

    as_of: str
    tables: Mapping[str, Sequence[Row]]

    def as_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {"format": 1, "as_of": self.as_of, **{name: list(rows) for name, rows in self.tables.items()}}


def kind_of(column: str) -> str:
    """What a column holds, as JSON schema calls it."""
    return "boolean" if column in _FLAGS else "number" if column in _NUMBERS else "string"


def content(root: Path, today: date) -> Content:
    """Everything that a folder with ``stacks/`` and ``releases/`` says.

    Raises:
        GateError: a record, an event or a stack file is wrong; all problems are listed.
    """
    try:
        models = load_releases(root / "releases" / "models")
        agents = load_agents(models, root / "releases" / "agents")
        stacks = [read_stack(name, root / "stacks") for name in stack_names(root / "stacks")]
    except ReleaseError as error:
        raise GateError("the registry cannot be built:", clickable(root, error.problems)) from None
    except SettingsError as error:
        raise GateError("the registry cannot be built:", clickable(root, error.lines)) from None
    records = [
        loaded for found in (models, agents) for versions in found.values() for loaded in versions.values()
    ]
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for loaded in records:
        rows["releases"].append(_release(loaded, today))
        rows["events"].extend(_events(loaded))
        rows["evaluations"].extend(_evaluations(loaded))
        rows["lineage"].extend(_lineage(loaded.record))
    for stack in stacks:
        rows["serving"].extend(_serving(stack))
    return Content(
        as_of=today.isoformat(),
        tables={
            name: sorted(found, key=lambda row: [str(v) for v in row.values()])
            for name, found in rows.items()
        },
    )


def _named(record: Release | Agent) -> dict[str, Any]:
    if isinstance(record, Release):
        return {"kind": "model", "name": record.model, "version": record.version}
    return {"kind": "agent", "name": record.agent, "version": record.version}


def _release(loaded: LoadedRecord, today: date) -> Row:
    record = loaded.record
    own: dict[str, Any] = dict.fromkeys(COLUMNS["releases"], "") | {"size_bytes": None, "parameters": None}
    own |= _named(record) | {
        "state": loaded.state.word(today),
        "owner": record.owner,
        "record": loaded.record_digest,
        "file": loaded.file,
    }
    if isinstance(record, Release):
        own |= {
            "provenance": record.provenance,
            "task": record.needs.task,
            "engine": record.needs.engine,
            "licence": record.licence.name,
            "data_class": record.data.data_class,
            "uri": record.artifact.uri,
            "digest": record.artifact.digest,
            "format": record.artifact.format,
            "size_bytes": record.artifact.size_bytes,
            "parameters": record.artifact.parameters,
        }
    else:
        own["data_class"] = record.data_class
    return own


def _events(loaded: LoadedRecord) -> Iterator[Row]:
    for appended in loaded.appended:
        event = appended.event
        said = event.model_dump(mode="json")
        yield _named(loaded.record) | {
            "date": event.date.isoformat(),
            "event": said["kind"],
            "who": str(said.get("who", "")),
            "says": str(said.get("decision") or said.get("status") or said.get("reason") or ""),
            "counts": event.record == loaded.record_digest,
            "file": f"{loaded.events_folder}/{appended.name}",
            "content": said,
        }


def _evaluations(loaded: LoadedRecord) -> Iterator[Row]:
    current = loaded.state.figures
    born = loaded.record.evaluations if isinstance(loaded.record, Release) else []
    every = [*born, *(e for e in map(_evaluation_of, loaded.events) if e is not None)]
    for one in every:
        yield _named(loaded.record) | {
            "suite": one.suite,
            "suite_version": one.suite_version,
            "metric": one.metric,
            "value": one.value,
            "floor": one.floor,
            "direction": one.direction,
            "holds": one.holds,
            "dataset_digest": one.dataset_digest,
            "measured_with": one.measured_with.in_words if one.measured_with else "",
            "by": one.by,
            "date": one.date.isoformat(),
            "current": any(one is other for other in current),
            "file": loaded.where(one).partition(": ")[0],
        }


def _evaluation_of(event: Any) -> Any:
    return getattr(event, "evaluation", None)


def _lineage(record: Release | Agent) -> Iterator[Row]:
    """What a version was made from, as far as its record says."""
    named = _named(record)
    if not isinstance(record, Release):
        yield named | {
            "relation": "thinks with",
            "target": record.model.name,
            "revision": str(record.model.at_least),
        }
        return
    origin = record.origin
    told = [
        ("comes from", origin.model, origin.revision),
        ("was fetched from", origin.source, ""),
        ("trained from", origin.base_model, origin.base_revision),
        ("adapts", record.artifact.adapter_of, ""),
        ("made by code", origin.code, origin.commit),
    ]
    told += [("trained on", data.name, data.digest or data.version) for data in origin.training_data]
    told += [("evaluated on", one.dataset_digest, one.suite) for one in record.evaluations]
    for relation, target, revision in told:
        if target:
            yield named | {"relation": relation, "target": str(target), "revision": str(revision or "")}


def _serving(stack: Stack) -> Iterator[Row]:
    """What a stack's file says it runs: versions of models with their shares, and agents, each in one version."""
    platform = stack.settings.platform
    place = {
        "stack": stack.name,
        "environment": platform.environment,
        "account": platform.account,
        "region": platform.region,
    }
    for model in served(stack):
        for version in model.versions:
            uri = version.loaded.release.artifact.uri
            yield place | {
                "kind": "model",
                "name": model.model,
                "version": version.version,
                "share": version.share,
                "least": version.least,
                "most": version.most,
                "pool": version.pool,
                "files": uri.replace("{model_bucket}", stack.names.bucket("models")),
            }
    for chosen in stack.agents.values():
        one = {"kind": "agent", "name": chosen.agent.agent, "version": chosen.agent.version, "share": 100}
        yield place | one | {"least": None, "most": None, "pool": None, "files": None}
