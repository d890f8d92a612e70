"""``make rehearse``: the real Pulumi engine brings stacks up in a simulated account, and in a real API server.

    make rehearse                           dev, the sections of its first up
    make rehearse ARGS='staging'            another one
    make rehearse ARGS='dev --act cluster'  every section, in a real cluster
    make rehearse ARGS='dev --act requests' real requests, through real gateways

Exit codes: 0 every assertion holds; 1 one does not; 2 it could not be found out.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.capture.chosen import chosen
from gate.core.errors import GateError
from stacks.load import Stack
from tools.charts.sources import SourceError
from tools.conformance.errors import ConformanceError
from tools.rehearsal import committed, disposable, faults, in_cluster, interruptions, upgrades
from tools.rehearsal.elsewhere import bootstrapped
from tools.rehearsal.engine import PULUMI
from tools.rehearsal.home import ROOT
from tools.rehearsal.programs import Programs, find_or_build_all
from tools.rehearsal.report import Rehearsal, write
from tools.rehearsal.requests import __main__ as requests
from tools.rehearsal.requests.act import ACT as REQUESTS
from tools.rehearsal.stage import Stage, stage, with_cluster
from tools.rehearsal.stages import StepFailedError, Steps

_PLAYS: Final[Mapping[str, Callable[[Stage, Stack, Steps], None]]] = {
    "committed": committed.play,
    "disposable": disposable.play,
    "interruptions": interruptions.play,
    "upgrades": upgrades.play,
    "cluster": in_cluster.play,
    "faults": faults.play,
}
_USUAL = ("committed", "disposable")
_IN_CLUSTER: Final = frozenset({"cluster", "faults"})
_WHOLE: Final = _IN_CLUSTER | {"upgrades"}
"""Acts of every section; the others take those of the first ``up``."""
GROUND = ("platform", "identity", "model_store", "audit_trail", "network")
"""Sections of the first ``up``, before there is a network to reach a cluster from (docs/deploy.md)."""


def rehearse(name: str, acts: Sequence[str], output: Path, keep: Path | None, *, whole: bool) -> int:
    """Play the acts for one stack and write the report; the exit code."""
    started = time.monotonic()
    stacks = chosen([name])
    (stack,) = (one for one in stacks if one.name == name)
    driven = [act for act in acts if act != REQUESTS]
    if keep is not None and keep.exists():
        raise GateError(f"{keep}: is there already; --keep makes a new folder")
    if driven and not PULUMI.exists():
        raise GateError("Pulumi's command line is not built: `make rehearse` does that first")
    needs_ground = not whole and set(driven) - _WHOLE
    if needs_ground and not any(getattr(stack.settings, key) is not None for key in GROUND[1:]):
        raise GateError(
            f"{name}: has none of the sections {', '.join(GROUND[1:])}; use --whole, or --act cluster"
        )
    programs = find_or_build_all(tell) if _IN_CLUSTER & set(acts) else None
    played = _Played(stacks=stacks, programs=programs)
    bootstrap = bootstrapped() if driven else ()
    steps = Steps(tell)
    rehearsal = Rehearsal(stack=name, steps=steps.done, seconds=0)
    if REQUESTS in acts:
        steps.done.extend(requests.rehearse(name, keep, tell))
    for act in driven:
        with tempfile.TemporaryDirectory(prefix="slipway-rehearsal-") as folder:
            playing = stage((Path(folder) if keep is None else keep) / act, stack, bootstrap)
            if not whole and act not in _WHOLE:
                settings = playing.settings(name)
                ground = {key: settings[key] for key in GROUND if key in settings}
                playing.write_settings(name, ground)
            try:
                _play(act, playing, played, steps)
            except StepFailedError:
                tell(f"{act}: ended by its first failure")
            finally:
                _gather(rehearsal, playing)
    rehearsal.seconds = time.monotonic() - started
    write(rehearsal, output / name)
    tell(
        f"{name}: {'passed' if rehearsal.ok else 'FAILED'}, {rehearsal.seconds:.0f} s, {output / name}/report.md"
    )
    return 0 if rehearsal.ok else 1


@dataclass(frozen=True, kw_only=True)
class _Played:
    """What is rehearsed: the last stack, and the programs of a cluster where an act has one."""

    stacks: Sequence[Stack]
    programs: Programs | None


def _play(act: str, playing: Stage, played: _Played, steps: Steps) -> None:
    stack = played.stacks[-1]
    with ExitStack() as ending:
        if played.programs is not None and act in _IN_CLUSTER:
            with steps.step(act, "a control plane answers"):
                playing = ending.enter_context(with_cluster(playing, played.programs, tell))
        for below in played.stacks:
            with steps.step(act, f"make the stack {below.name}") as step:
                made = ["stack", "init", "--secrets-provider", "passphrase"]
                step.ran(playing.engine.run(below.name, *made))
            if below is not stack:
                with steps.step(act, f"bring up {below.name}, which it stands on") as step:
                    step.ran(playing.engine.run(below.name, "up", "--yes", "--skip-preview"))
        _PLAYS[act](playing, stack, steps)


def _gather(rehearsal: Rehearsal, playing: Stage) -> None:
    journal = playing.home.account / "journal.jsonl"
    if journal.exists():
        lines = journal.read_text(encoding="utf-8").splitlines()
        rehearsal.journal = [*rehearsal.journal, *(json.loads(line) for line in lines)]


def tell(text: str) -> None:
    """Progress, beside the result."""
    print(f"rehearse: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Nothing that goes wrong may look like success, or like an assertion that does not hold."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser(prog="slipway rehearse")
    parser.add_argument("stack", nargs="?", default="dev")
    parser.add_argument(
        "--act",
        choices=[*_PLAYS, REQUESTS],
        action="append",
        help="play this act; repeat it. Without: committed, disposable",
    )
    parser.add_argument("--whole", action="store_true", help="every section, not the first up's alone")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "rehearsal")
    parser.add_argument("--keep", type=Path, help="a new folder for logs and state, kept afterwards")
    asked = parser.parse_args(arguments)
    try:
        return rehearse(asked.stack, asked.act or _USUAL, asked.output, asked.keep, whole=asked.whole)
    except (GateError, ConformanceError, SourceError) as error:
        tell(str(error))
    except KeyboardInterrupt:
        tell("interrupted; nothing is proved")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
