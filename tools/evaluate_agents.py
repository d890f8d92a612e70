"""Measures the committed agents again on their held-out tasks and compares with what their events say.

Exit 0: every figure is what its event says, and as good as the record asks; 1: one is not; 2: it could not be measured.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gate.cli.agent_measured import Measuring, agent_of, measured
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from releases.agent_load import LoadedAgent


@dataclass(frozen=True, kw_only=True)
class Committed:
    """An agent of this repository, and the script that its figures were measured with."""

    root: Path
    name: str
    release: str
    script: str


AGENTS: Final = (
    Committed(
        root=ROOT,
        name="agents/incident-triage/v3",
        release="support-chat/v1",
        script="tools/local/scripted_model.py",
    ),
    Committed(
        root=ROOT / "examples",
        name="agents/support-mail/v2",
        release="chat-8b/v1",
        script="tools/scripted_support.py",
    ),
)


def contradictions(loaded: LoadedAgent, release: str, said: dict[str, Any]) -> Iterator[str]:
    """What a measurement says otherwise than the events, and what it says that the record does not allow."""
    recorded = {
        figure.metric: figure
        for figure in loaded.state.measured.values()
        if figure.measured_with is not None
        and (figure.measured_with.release, figure.measured_with.script) == (release, said["script"])
    }
    for agreed in loaded.agent.agreed:
        value, figure = said["figures"][agreed.metric], recorded.get(agreed.metric)
        if figure is None:
            yield f"{agreed.metric}: measured {value:g}, and no event says so with this script and {release}"
        elif figure.value != value:
            yield f"{agreed.metric}: measured {value:g}, and its event says {figure.value:g}"
        if not agreed.allows(value):
            least = "at least" if agreed.direction == "higher" else "at most"
            yield f"{agreed.metric}: measured {value:g}, and the record asks for {least} {agreed.floor:g}"


def main() -> int:
    """The command."""
    found = []
    for each in AGENTS:
        try:
            loaded = agent_of(each.name, each.root)
            said = measured(loaded, Measuring(release=each.release, script=ROOT / each.script), each.root)
        except GateError as error:
            print(error, file=sys.stderr)
            return 2
        wrong = [f"{loaded.file}: {line}" for line in contradictions(loaded, each.release, said)]
        if not wrong:
            print(f"{loaded.file}: {said['tasks']} tasks, every figure as its event says")
        found += wrong
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
