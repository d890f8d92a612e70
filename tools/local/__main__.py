"""The commands behind ``slipway local``: the interpreter of .cache/loops runs them."""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from tools.local import faults, loops, triage
from tools.local.errors import LocalError
from tools.local.layout import BASE_PORT, CANDIDATE, MODEL, ROOT, STABLE, layout_of
from tools.local.load import Traffic, read_traffic, write_traffic
from tools.local.scale import SAID
from tools.local.state import require
from tools.local.status import status, text
from tools.local.up import add_triage, down, kill_worker, up

NOT_A_CLUSTER: Final = f"""\
This is not a cluster: one process of each, plain Envoy in place of both gateways, no mesh, no KServe controllers, no
node to drain. Time of rules runs sixty times as fast: {SAID}.
What it shows: the loops, their policies, what people decide and what is recorded. The code is the workers' own."""


LAYOUT: Final = layout_of(os.environ)


def _tell(line: str) -> None:
    print(line, flush=True)


def _up(asked: argparse.Namespace) -> int:
    _tell("starting; the first answer takes half a minute on a busy machine")
    today = datetime.now().astimezone().date()
    up(LAYOUT, asked.base, today, _tell)
    _tell(NOT_A_CLUSTER)
    _tell("next: slipway local canary minilm v2   (docs/local.md)")
    return 0


def _down(_asked: argparse.Namespace) -> int:
    ended = down(LAYOUT, _tell)
    _tell(f"ended: {', '.join(ended)}" if ended else "nothing runs")
    return 0


def _status(asked: argparse.Namespace) -> int:
    said = status(LAYOUT, require(LAYOUT.state))
    _tell(json.dumps(said, indent=2) if asked.form == "json" else text(said))
    return 0 if all(said["processes"].values()) else 1


def _break(asked: argparse.Namespace) -> int:
    require(LAYOUT.state)
    try:
        wanted = faults.Faults(errors=asked.errors, slow_ms=asked.slow_ms, noise=asked.noise)
    except ValueError as error:
        raise LocalError(str(error)) from None
    faults.write(LAYOUT.faults / f"{asked.version}.json", wanted)
    _tell(f"{asked.version}: {wanted.words}")
    return 0


def _mend(asked: argparse.Namespace) -> int:
    require(LAYOUT.state)
    faults.write(LAYOUT.faults / f"{asked.version}.json", faults.Faults())
    _tell(f"{asked.version}: no fault")
    return 0


def _drift(asked: argparse.Namespace) -> int:
    require(LAYOUT.state)
    rate = read_traffic(LAYOUT.traffic).rate
    write_traffic(LAYOUT.traffic, Traffic(rate=rate, sentences="usual" if asked.over else "shifted"))
    if asked.over:
        _tell("callers send what they used to")
        return 0
    _tell("callers send other sentences: longer ones, in other languages")
    words = [sys.executable, *loops.watch(LAYOUT, MODEL, STABLE)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 our own words
    if done.returncode and "is running already" not in done.stderr:
        raise LocalError(done.stderr.strip())
    _tell(
        f"drift-{MODEL} looks at {STABLE} every 30 s, and asks before traffic moves: slipway runs drift-{MODEL}"
    )
    return 0


def _handed_on(words: Sequence[str]) -> int:
    """Run the loops' own command; what it says and how it ends is its own."""
    require(LAYOUT.state)
    return subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode  # noqa: S603 our own words


def _canary(asked: argparse.Namespace) -> int:
    return _handed_on(loops.canary(LAYOUT, asked.model, STABLE, asked.version))


def _answer(asked: argparse.Namespace) -> int:
    return _handed_on(loops.answer(LAYOUT, asked.decision, asked.name))


def _kill(_asked: argparse.Namespace) -> int:
    kill_worker(LAYOUT, _tell)
    return 0


def _triage(_asked: argparse.Namespace) -> int:
    add_triage(LAYOUT, datetime.now().astimezone().date(), _tell)
    _tell(
        f"alerts begin {triage.AGENT} now, and no remedy beside it: break a canary, and it asks before traffic moves"
    )
    _tell("its runs: slipway local status; what one did: slipway local journal RUN")
    return 0


def _journal(asked: argparse.Namespace) -> int:
    if not triage.part_file(LAYOUT, "act").exists():
        raise LocalError("no agent runs: `slipway local triage` starts one")
    return _handed_on(triage.journal(LAYOUT, asked.name))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="slipway local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        one = commands.add_parser(name)
        one.set_defaults(run=run)
        return one

    command("up", _up).add_argument("--base", type=int, default=BASE_PORT)
    command("down", _down)
    command("status", _status).add_argument("--format", dest="form", choices=("text", "json"), default="text")
    broken = command("break", _break)
    broken.add_argument("version", choices=(STABLE, CANDIDATE))
    broken.add_argument("--errors", type=float, default=0.0)
    broken.add_argument("--slow-ms", type=int, default=0)
    broken.add_argument("--noise", type=float, default=0.0)
    canary = command("canary", _canary)
    canary.add_argument("model", choices=(MODEL,))
    canary.add_argument("version", choices=(CANDIDATE,))
    for decision in ("approve", "refuse"):
        said = command(decision, _answer)
        said.set_defaults(decision=decision)
        said.add_argument("name")
    command("drift", _drift).add_argument("--over", action="store_true")
    command("kill", _kill)
    command("triage", _triage)
    command("journal", _journal).add_argument("name")
    command("mend", _mend).add_argument("version", choices=(STABLE, CANDIDATE))
    return parser


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 and a sentence where something cannot be done; never a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except LocalError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    except Exception as error:
        if os.environ.get("SLIPWAY_DEBUG"):
            raise
        said = f"slipway local failed: {type(error).__name__}: {error} (SLIPWAY_DEBUG=1 shows where)"
        print(said, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
