"""``slipway release evaluate agents/NAME/VERSION``: play an agent's held-out tasks, and append what came out."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import typer

from gate.cli.changes import write
from gate.cli.loops import PYTHON
from gate.cli.release_append import EVENT_HEAD
from gate.cli.release_list import AGENTS, console, named_records, read
from gate.cli.release_new import as_yaml
from gate.core.checkout import ROOT
from gate.core.clickable import clickable
from gate.core.errors import GateError
from gate.core.git import author
from releases.agent_load import LoadedAgent
from releases.contradictions import contradictions
from releases.event_draft import free_names
from releases.events import Appended, EvaluationEvent
from releases.load import LoadedRelease, find
from releases.record_file import ReleaseError

_SUITES = Path("releases") / "evaluations"
_MOST_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """What an agent thinks with while it is measured: a release, and where it answers or what stands in for it."""

    release: str
    endpoint: str = ""
    name: str = ""
    token: Path | None = None
    script: Path | None = None
    data: Path | None = None

    @property
    def words(self) -> list[str]:
        """As the runner takes them."""
        said = ["--script", str(self.script.resolve())] if self.script else ["--endpoint", self.endpoint]
        said += ["--name", self.name] if self.name else []
        return said + (["--token", str(self.token.resolve())] if self.token else [])


def evaluate_agent(
    name: str, how: Measuring, by: tuple[str, Sequence[str]], today: date, organisation: Path | None
) -> None:
    """Measure, append an evaluation event a figure, and end with 1 where one is beyond what the record allows.

    Args:
        name: agents/NAME/VERSION.
        how: what it thinks with.
        by: who measures (empty: git's own address), and what it rests on besides the tasks.
        today: the day that is written.
        organisation: the folder that holds ``releases/``.

    Raises:
        GateError: it could not be measured, or an event would be refused. Then nothing is written.
    """
    root = (organisation or ROOT).resolve()
    loaded = agent_of(name, root)
    model = _model(loaded, how.release, root)
    said = measured(loaded, how, root)
    events = list(_events(loaded, model, said, (by[0] or author(root), by[1]), today))
    folder = f"{Path(loaded.file).parent}/events"
    files = dict(zip(free_names(root / folder, "evaluation", today, len(events)), events, strict=True))
    _hold(loaded, root, files)
    write(root, {f"{folder}/{file}": EVENT_HEAD + as_yaml(data) for file, data in files.items()})
    _tell(loaded, said)
    if not all(agreed.allows(said["figures"][agreed.metric]) for agreed in loaded.agent.agreed):
        raise typer.Exit(1)


def agent_of(name: str, root: Path) -> LoadedAgent:
    """One version of an agent, which states a suite.

    Raises:
        GateError: the name is no version's, or the record states none.
    """
    if name.removeprefix(AGENTS).count("/") != 1:
        raise GateError(f"name one version: {AGENTS}NAME/VERSION (got {name!r})")
    (loaded,) = named_records(name, root)
    if not isinstance(loaded, LoadedAgent) or loaded.agent.evaluations is None:
        raise GateError(
            f"{name}: its record states no suite (evaluations); a new version does, since this one is frozen"
        )
    return loaded


def measured(loaded: LoadedAgent, how: Measuring, root: Path) -> dict[str, Any]:
    """What the runner prints: figures, tasks, and which do not hold.

    Raises:
        GateError: there is no figure, or it is not of this record and these tasks.
    """
    if not PYTHON.is_file():
        raise GateError("the loops are not installed: make .cache/loops/installed (a minute)")
    agent = loaded.agent
    words = ["--agent", f"{agent.agent}/{agent.version}", "--releases", str(root / "releases")]
    words += [
        "--policies",
        str(ROOT / "policies" / "actions"),
        "--data",
        str(how.data or _tasks(loaded, root)),
    ]
    done = subprocess.run(  # noqa: S603 our own program; what users typed are its arguments
        [str(PYTHON), "-m", "runtime.loops.suites.agents", *words, *how.words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()[-_MOST_LINES:] or ["no message"]
        raise GateError(
            f"{agent.identity} could not be measured, so nothing was written:", clickable(root, lines)
        )
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    wanted = {"record": loaded.record_digest, "dataset_digest": loaded.agent.agreed[0].dataset_digest}
    wrong = [
        f"{key}: should be {value} (got {said[key]})" for key, value in wanted.items() if said[key] != value
    ]
    if wrong:
        raise GateError(f"{agent.identity} was measured on something else, so nothing was written:", wrong)
    return said


def _tasks(loaded: LoadedAgent, root: Path) -> Path:
    """The file with the agreed tasks, where it lies beside the records."""
    wanted = loaded.agent.agreed[0].dataset_digest
    for path in sorted((root / _SUITES).glob("*.jsonl")):
        if f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" == wanted:
            return path
    raise GateError(
        f"{_SUITES} holds no tasks with {wanted}; --data names the file of {loaded.agent.identity}"
    )


def _model(loaded: LoadedAgent, name: str, root: Path) -> LoadedRelease:
    model, _, version = name.partition("/")
    wanted = loaded.agent.model
    if model != wanted.name or not version[1:].isdecimal() or not wanted.holds(version):
        raise GateError(f"--with: should be a release of {wanted.in_words} (got {name!r})")
    try:
        return find(read(root), model, version)
    except ReleaseError as error:
        raise GateError(f"--with: no release {name!r}", error.problems) from None


def _events(
    loaded: LoadedAgent,
    model: LoadedRelease,
    said: dict[str, Any],
    by: tuple[str, Sequence[str]],
    today: date,
) -> Iterator[dict[str, Any]]:
    used = {"release": f"{model.release.model}/{model.release.version}", "record": model.record_digest}
    used |= {"script": said["script"]} if said["script"] else {}
    failed = ", ".join(sorted(said["failed"])) or "none"
    thinks = f"a script in place of {used['release']}" if said["script"] else used["release"]
    rests_on = [
        f"{said['tasks']} tasks played with {thinks} (slipway release evaluate); do not hold: {failed}"
    ]
    for agreed in loaded.agent.agreed:
        yield {
            "kind": "evaluation",
            "date": today,
            "who": by[0],
            "record": loaded.record_digest,
            "evaluation": {
                **agreed.model_dump(),
                "value": said["figures"][agreed.metric],
                "by": by[0],
                "date": today,
                "measured_with": used,
            },
            "evidence": [*rests_on, *by[1]],
        }


def _hold(loaded: LoadedAgent, root: Path, files: dict[str, dict[str, Any]]) -> None:
    if not next(iter(files.values()))["who"]:
        raise GateError("--who: should be an address; git knows none here (git config user.email)")
    try:
        new = [Appended(EvaluationEvent.model_validate(data), file) for file, data in files.items()]
    except ValueError as error:
        raise GateError(
            "the events would be refused, so nothing was written:", str(error).splitlines()
        ) from None
    wrong = list(contradictions([*loaded.appended, *new], loaded.record_digest, loaded.agent))
    if wrong:
        raise GateError("the events would be refused, so nothing was written:", clickable(root, wrong))


def _tell(loaded: LoadedAgent, said: dict[str, Any]) -> None:
    out = console()
    for agreed in loaded.agent.agreed:
        least = "at least" if agreed.direction == "higher" else "at most"
        held = agreed.allows(said["figures"][agreed.metric])
        line = f"{agreed.metric} {said['figures'][agreed.metric]:g}, {least} {agreed.floor:g}: "
        out.print(line + ("holds" if held else "does NOT hold"), style="" if held else "red", markup=False)
    for task, reasons in sorted(said["failed"].items()):
        out.print(f"{task}: {'; '.join(reasons)}", style="yellow", markup=False, soft_wrap=True)
