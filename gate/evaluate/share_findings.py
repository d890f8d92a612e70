"""Whether shares rose as their records ask: step after step, each held for its time; by the stack file's history.

``slipway release promote`` asks the same before it writes. Here it is asked of what the file says, whoever wrote it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from facts.strict_yaml import YamlProblem, load
from gate.core import git
from gate.core.errors import GateError
from gate.evaluate.release_findings import service_of
from policies.engine.evaluate import Finding
from policies.engine.graph import Graph
from releases.load import LoadedRelease
from releases.steps import Shares, skipped_steps
from stacks.load import PROJECT, Stack

RULE: Final = "release:shares-keep-their-steps"
MARK: Final = "skipped: "
"""How a comment behind ``traffic`` begins that says what is left out and why (``release promote --skip-step``)."""
_Level = Literal["mandatory", "advisory"]
_WHY: Final = "Why: "
_FIX: Final = (
    "Take the next share alone, after rollout.hold_minutes (slipway release promote), or let it write what is left out "
    "and why behind the line: --skip-step REASON."
)


@dataclass(frozen=True)
class _State:
    """What a stack file said of one model, and when that was committed; None: it is not."""

    shares: Shares | None
    note: str
    when: datetime | None


def share_findings(graph: Graph, stack: Stack, organisation: Path) -> list[Finding]:
    """A finding for each version whose last rise left out a step, or the time of one, and nobody says why.

    Args:
        graph: the stack's resources; a finding names what serves the version.
        stack: whose shares are looked at.
        organisation: the folder that holds ``stacks/``, in a checkout of git.
    """
    file = f"stacks/Pulumi.{stack.name}.yaml"
    models = {loaded.release.model for loaded in stack.releases}
    if not models:
        return []
    try:
        texts = _texts(organisation, file)
        ends_early = git.is_shallow(organisation)
    except GateError:
        texts, ends_early = [(_read(organisation / file), None)], True
    found = []
    for loaded in stack.releases:
        version = loaded.release.version
        if loaded.release.rollout.driver == "controller":
            continue  # it moves shares by its own steps; the file says the most that it may give
        said = list(_left_out([_state(text, when, loaded) for text, when in texts], loaded))
        is_candidate = version == stack.settings.models[loaded.release.model].traffic.candidate
        if said:
            found.append(_finding(graph, loaded, file, "; ".join(said), "mandatory"))
        elif ends_early and is_candidate:
            said = ["this checkout has no history to tell whether its share rose step after step"]
            found.append(_finding(graph, loaded, file, said[0], "advisory"))
    return found


def _left_out(states: Sequence[_State], loaded: LoadedRelease) -> Iterator[str]:
    """What the last change of a version's share left out; the newest state comes first."""
    version, rollout, now = loaded.release.version, loaded.release.rollout, states[0]
    if now.shares is None:
        return
    same = _run(states, lambda state: state.shares == now.shares)
    if len(same) == len(states):
        return  # as the file began: nothing rose
    earlier = states[len(same) :]
    before = earlier[0].shares or Shares(now.shares.stable)
    if _is_said(now.note, earlier[0].note) or _goes_back(version, before, earlier):
        return
    skipped = list(skipped_steps(before, now.shares, version, rollout))
    if skipped:
        yield f"skips {', '.join(f'{step} %' for step in skipped)} (rollout.steps)"
    share, changed = before.of(version), same[-1].when
    if not share or now.shares.of(version) <= share or changed is None:
        return
    held = _run(earlier, lambda state: state.shares is not None and state.shares.of(version) == share)
    begun = held[-1].when
    if begun is not None and changed - begun < timedelta(minutes=rollout.hold_minutes):
        minutes = int((changed - begun).total_seconds() // 60)
        yield f"{share} % was held for {minutes} of {rollout.hold_minutes} minutes (rollout.hold_minutes)"


def _is_said(note: str, before: str) -> bool:
    """Whether a reason stands behind the line that did not stand there for an earlier change."""
    return note != before and bool(note.partition(_WHY)[2].strip())


def _goes_back(version: str, before: Shares, earlier: Sequence[_State]) -> bool:
    """Whether it is the stable one, or was so before a later one took over; the way back never waits."""
    if version == before.stable:
        return True
    is_older = int(version[1:]) < int(before.stable[1:])
    return is_older and any(state.shares is not None and state.shares.stable == version for state in earlier)


def _run(states: Sequence[_State], holds: Callable[[_State], bool]) -> list[_State]:
    """The states at the beginning that something holds of."""
    end = next((index for index, state in enumerate(states) if not holds(state)), len(states))
    return list(states[:end])


def _texts(organisation: Path, file: str) -> list[tuple[str, datetime | None]]:
    """A file as it stands, and as each commit left it, the newest first."""
    commits = list(git.commits_of(organisation, file))
    contents = git.contents_at(organisation, [commit for commit, _ in commits], file)
    past = [
        (said.decode("utf-8", "replace"), when) for said, (_, when) in zip(contents, commits, strict=True)
    ]
    return [(_read(organisation / file), None), *past]


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _state(text: str, when: datetime | None, loaded: LoadedRelease) -> _State:
    """What a text says of a model; of one that cannot be read, or does not run it, nothing."""
    model = loaded.release.model
    try:
        data: Any = load(text, "file") if text else {}
        traffic = data["config"][f"{PROJECT}:settings"]["models"][model]["traffic"]
        shares = Shares(**traffic)
        int(shares.stable[1:])
    except (YamlProblem, KeyError, TypeError, ValueError):
        return _State(None, "", when)
    return _State(shares, _note(text, model), when)


def _note(text: str, model: str) -> str:
    """The comment behind ``traffic`` of a model."""
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if line.strip() == f"{model}:"]
    for start in starts:
        indent = len(lines[start]) - len(lines[start].lstrip())
        for line in lines[start + 1 :]:
            if line.strip() and len(line) - len(line.lstrip()) <= indent:
                break
            if line.strip().startswith("traffic:") and f"# {MARK}" in line:
                return line.partition(f"# {MARK}")[2]
    return ""


def _finding(
    graph: Graph, loaded: LoadedRelease, file: str, said: str, level: Literal["mandatory", "advisory"]
) -> Finding:
    release = loaded.release
    return Finding(
        rule=RULE,
        level=level,
        severity="high" if level == "mandatory" else "low",
        urn=service_of(graph, loaded),
        message=f"{file}: models.{release.model}.traffic: {release.version}: {said}",
        file=file,
        fix=_FIX,
    )
