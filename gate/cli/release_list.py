"""``slipway release list`` and ``status``: what is true of releases, folded from their records and events."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gate.core.checkout import ROOT
from gate.core.clickable import clickable
from gate.core.errors import GateError
from gate.render.json_text import as_json
from releases.agent_load import Agents, LoadedAgent, find_agent, load_agents
from releases.agent_words import may
from releases.checks import state_problems
from releases.dated import notices
from releases.evaluation import Evaluation
from releases.load import LoadedRelease, ReleaseError, find, load_releases
from releases.loaded import LoadedRecord

FORMATS = ("text", "json")
AGENTS = "agents/"
"""What names of agents begin with: a model may have the same name."""


def show_all(today: date, form: str, organisation: Path | None) -> None:
    """Print every release with its state.

    Raises:
        GateError: a record or an event is wrong, or the format is unknown.
    """
    check_format(form)
    models, agents = read(organisation), read_agents(organisation)
    rows = [
        _row(loaded, today) for each in (models, agents) for vs in each.values() for loaded in vs.values()
    ]
    if form == "json":
        sys.stdout.write(as_json(rows))
        return
    table = Table("release", "state", "owner", "licence", "engine", "provenance", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(row[key] for key in ("release", "state", "owner", "licence", "engine", "provenance")))
    console().print(table)


def show_status(name: str, today: date, form: str, organisation: Path | None) -> None:
    """Print the state of one release, or of every version of a model, and its events in order.

    Raises:
        GateError: as :func:`show_all`, or there is no such release.
    """
    check_format(form)
    rows = [_row(loaded, today) | _details(loaded, today) for loaded in named_records(name, organisation)]
    if form == "json":
        sys.stdout.write(as_json(rows))
        return
    for row in rows:
        _print(row, console())


def _print(row: Mapping[str, Any], out: Console) -> None:
    def line(text: str, style: str = "") -> None:
        out.print(f"  {text}", style=style, markup=False, soft_wrap=True)

    out.print(f"{row['release']}: {row['state']}", style="bold", markup=False)
    line(f"record {row['record']}")
    line(f"licence {row['licence']}, owner {row['owner']}, {row['provenance']}")
    for said in row["may"]:
        line(f"may {said}")
    for evaluation in row["evaluations"]:
        line(evaluation["says"])
    for reason in row["against"]:
        line(f"against it: {reason}", "red")
    for notice in row["notices"]:
        line(notice, "yellow")
    for event in row["events"]:
        line(f"{event['date']} {event['kind']}: {event['says']} ({event['who']})")
        for evidence in event["evidence"]:
            line(f"  {evidence}", "dim")


def console() -> Console:
    """Wide in a pipe, so that no line is broken there."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def check_format(form: str) -> None:
    if form not in FORMATS:
        raise GateError(f"--format: should be {' or '.join(FORMATS)} (got {form!r})")


def read(organisation: Path | None) -> Mapping[str, Mapping[str, LoadedRelease]]:
    """All releases of a folder that holds ``releases/``, or of this checkout."""
    return _read(organisation, None)


def _read(
    organisation: Path | None, wanted: Mapping[str, Collection[str]] | None
) -> Mapping[str, Mapping[str, LoadedRelease]]:
    root = (organisation or ROOT).resolve()
    try:
        return load_releases(root / "releases" / "models", wanted)
    except ReleaseError as error:
        raise GateError("the releases cannot be read:", clickable(root, error.problems)) from None


def read_agents(organisation: Path | None) -> Agents:
    """All agents of a folder that holds ``releases/``, or of this checkout."""
    folder = (organisation or ROOT).resolve() / "releases" / "agents"
    try:
        return load_agents(read(organisation), folder)
    except ReleaseError as error:
        raise GateError("the agents cannot be read:", error.problems) from None


def named_records(name: str, organisation: Path | None) -> Sequence[LoadedRelease | LoadedAgent]:
    """As :func:`named`; ``agents/NAME`` and ``agents/NAME/VERSION`` are of agents."""
    if not name.startswith(AGENTS):
        return named(name, organisation)
    agent, _, version = name.removeprefix(AGENTS).partition("/")
    found = read_agents(organisation)
    wanted = [version] if version else list(found.get(agent, {"": None}))
    try:
        return [find_agent(found, agent, each) for each in wanted]
    except ReleaseError as error:
        raise GateError(f"no release {name!r}", error.problems) from None


def named(name: str, organisation: Path | None) -> list[LoadedRelease]:
    """The release MODEL/VERSION, whatever others say, or every version of MODEL."""
    model, _, version = name.partition("/")
    releases = _read(organisation, {model: [version]} if version else None)
    try:
        if version:
            return [find(releases, model, version)]
        return [find(releases, model, each) for each in releases.get(model, {"": None})]
    except ReleaseError as error:
        raise GateError(f"no release {name!r}", error.problems) from None


def _row(loaded: LoadedRelease | LoadedAgent, today: date) -> dict[str, Any]:
    if isinstance(loaded, LoadedAgent):
        agent = loaded.agent
        return {
            "release": f"{AGENTS}{agent.agent}/{agent.version}",
            "state": loaded.state.word(today),
            "owner": agent.owner,
            "licence": "of its model",
            "engine": agent.model.in_words,
            "provenance": "agent",
        }
    release = loaded.release
    return {
        "release": f"{release.model}/{release.version}",
        "state": loaded.state.word(today),
        "owner": release.owner,
        "licence": release.licence.name,
        "engine": release.needs.engine,
        "provenance": release.provenance,
    }


def _details(loaded: LoadedRelease | LoadedAgent, today: date) -> dict[str, Any]:
    return {
        "may": list(may(loaded.agent)) if isinstance(loaded, LoadedAgent) else [],
        "record": loaded.record_digest,
        "evaluations": [_evaluation(evaluation) for evaluation in loaded.state.figures],
        "against": [str(problem) for problem in state_problems(loaded)],
        "notices": [f"{n.level}: {n.file}: {n.message}" for n in notices(loaded, today)],
        "events": list(_events(loaded)),
    }


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    what = f"{evaluation.suite} {evaluation.metric}"
    used = f" with {evaluation.measured_with.in_words}" if evaluation.measured_with else ""
    verdict = "holds" if evaluation.holds else "does NOT hold"
    return evaluation.model_dump(mode="json") | {
        "holds": evaluation.holds,
        "says": (
            f"{what}: {evaluation.value:g} {verdict} its floor {evaluation.floor:g} "
            f"({evaluation.direction} is better, {evaluation.date}){used}"
        ),
    }


def _events(loaded: LoadedRecord) -> Iterator[dict[str, Any]]:
    for event in loaded.events:
        common = {"kind", "date", "who", "record", "evidence", "notes"}
        says = event.model_dump(mode="json", exclude=common, exclude_none=True, exclude_defaults=True)
        words = [f"{key} {_words(value)}" for key, value in says.items()]
        yield {
            "date": str(event.date),
            "kind": event.kind,
            "says": ", ".join(words) + (f"; {event.notes}" if event.notes else ""),
            "who": event.who,
            "file": loaded.where(event),
            "evidence": list(event.evidence),
        }


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value['suite']} {value['metric']} {value['value']:g}"
    return " and ".join(str(item) for item in value) if isinstance(value, list) else str(value)
