"""`slipway local up` and `down`: everything runs, or nothing is left."""

import fcntl
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import yaml

from releases.load import ReleaseError
from tools.local import envoy, loops, metrics, organisation, triage
from tools.local.errors import LocalError
from tools.local.layout import CANDIDATE, MODEL, STABLE, Layout, Ports
from tools.local.load import Traffic, write_traffic
from tools.local.parts import Part, folder_of, parts
from tools.local.ports import checked
from tools.local.processes import is_alive, kill, start, stop, wait_until
from tools.local.programs import Programs, find
from tools.local.state import Started, State, read, require, write
from tools.local.triage_parts import triage_parts

Tell = Callable[[str], None]


def up(layout: Layout, base: int, today: date, tell: Tell) -> State:
    """Everything runs and is ready; on a fault, or Ctrl-C, nothing of it does.

    Raises:
        LocalError: something runs already, is missing, or does not start.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    with alone(layout):
        _refuse_a_second(layout, tell)
        programs, ports = find(), checked(base)
        write_files(layout, programs, ports, today)
        state = State(ports=ports, settings={"base": base})
        try:
            state = _started(layout, parts(programs, layout, ports), state, tell)
        except BaseException:
            tell("ending what was started")
            _end_all(read(layout.state) or state)
            layout.state.unlink(missing_ok=True)
            raise
        return state


def _started(layout: Layout, wanted: Sequence[Part], state: State, tell: Tell) -> State:
    write(layout.state, state)
    begun = time.monotonic()
    for _, wave in groupby(sorted(wanted, key=lambda part: part.wave), key=lambda part: part.wave):
        starting = []
        for part in wave:
            starting.append((part, begin(part, layout)))
            state = state.with_process(starting[-1][1])
            # Written before it is waited for: what is killed in between can still be ended by `down`.
            write(layout.state, state)
        for part, one in starting:
            wait_until(part.is_ready, one, part.seconds)
            tell(f"  {part.name:<13} {part.what} ({time.monotonic() - begun:.0f} s)")
    return state


def begin(part: Part, layout: Layout) -> Started:
    """The part's process runs; it need not be ready yet."""
    log = layout.logs / f"{part.name}.log"
    if log.exists():  # of the one before, which was killed
        log.replace(log.with_suffix(".before.log"))
    return start(
        part.name,
        part.command,
        log=log,
        folder=Path(folder_of(part, layout)),
        variables=part.variables,
    )


def down(layout: Layout, tell: Tell) -> list[str]:
    """Nothing of the run is left but its logs and events; the names of what was ended.

    Raises:
        LocalError: its state cannot be read, or another command is at work.
    """
    layout.root.mkdir(parents=True, exist_ok=True)
    with alone(layout):
        state = read(layout.state)
        if state is None:
            return []
        alive = [one.name for one in state.processes if is_alive(one)]
        _end_all(state)
        left = [f"{one.name}, process {one.pid}" for one in state.processes if is_alive(one)]
        if left:
            raise LocalError("some processes do not end:", left)
        layout.state.unlink()
        tell(f"logs and events are in {layout.root}")
        return alive


def add_triage(layout: Layout, today: date, tell: Tell) -> State:
    """The triage agent runs beside the loops, and alerts begin it: the door for alerts is started anew and knows it.

    Raises:
        LocalError: nothing runs, it runs already, or a process does not start.
    """
    require(layout.state)
    with alone(layout):
        state = require(layout.state)
        programs, ports = find(), state.ports
        wanted = triage_parts(programs, layout, ports)
        if any((one := state.named(part.name)) is not None and is_alive(one) for part in wanted):
            raise LocalError("the triage agent runs already")
        triage.make(layout, ports, today)
        door = next(part for part in parts(programs, layout, ports) if part.name == "receiver")
        old = state.named(door.name)
        if old is not None:
            stop(old)
        return _started(layout, [*wanted, replace(door, wave=1)], state, tell)


def kill_worker(layout: Layout, tell: Tell) -> State:
    """The worker was killed without a word to it, and another one goes on with its runs.

    Raises:
        LocalError: nothing runs, or the new one does not start.
    """
    require(layout.state)
    with alone(layout):
        state = require(layout.state)
        old = state.named("worker")
        if old is not None:
            kill(old)
            tell(f"worker, process {old.pid}: kill -9; what it was doing stands in Temporal's history")
        part = next(one for one in parts(find(), layout, state.ports) if one.name == "worker")
        new = begin(part, layout)
        state = state.with_process(new)
        write(layout.state, state)
        wait_until(part.is_ready, new, part.seconds)
        tell(f"worker, process {new.pid}: goes on with every run")
        return state


def _end_all(state: State) -> None:
    # Callers first, or what they meet meanwhile counts as faults.
    for one in reversed(state.processes):
        stop(one)


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """No other command starts or ends processes meanwhile.

    Raises:
        LocalError: another one does.
    """
    with layout.lock.open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError("another `slipway local` is starting or ending processes; wait for it") from None
        yield


def _refuse_a_second(layout: Layout, tell: Tell) -> None:
    state = read(layout.state)
    if state is None:
        return
    alive = [f"{one.name}, process {one.pid}" for one in state.processes if is_alive(one)]
    if alive:
        raise LocalError("an earlier run stands; `slipway local down` ends it:", alive)
    tell("an earlier run has ended without `slipway local down`; its state is dropped")
    layout.state.unlink()


def write_files(layout: Layout, programs: Programs, ports: Ports, today: date) -> None:
    """Every file that the processes read is there, and none of an earlier run.

    Raises:
        LocalError: Prometheus would not take the rules.
    """
    for folder in (
        layout.gateway,
        layout.metrics,
        layout.faults,
        layout.logs,
        layout.proposals,
        layout.agent,
    ):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in layout.folders():
        folder.mkdir(parents=True, exist_ok=True)
    for old in layout.root.glob(f"{layout.temporal.name}*"):
        old.unlink()
    try:
        records = organisation.make(layout, today)
    except ReleaseError as error:
        raise LocalError("the records of this checkout are wrong:", error.problems) from None
    gateway = layout.gateway
    _json(gateway / envoy.ROUTES, envoy.routes(MODEL, {STABLE: 100, CANDIDATE: 0}))
    versions = {version: ports.of_version(version) for version in (STABLE, CANDIDATE)}
    _json(gateway / "envoy.json", envoy.bootstrap(ports, MODEL, versions, str(gateway)))
    _yaml(layout.metrics / "rules.yml", metrics.rules(records[STABLE].release))
    _yaml(layout.metrics / "prometheus.yml", metrics.prometheus(ports))
    _yaml(layout.metrics / "alertmanager.yml", metrics.alertmanager(ports))
    write_traffic(layout.traffic, Traffic())
    loops.make_keys(layout)
    _yaml(layout.loops, loops.settings(layout, ports))
    done = subprocess.run(  # noqa: S603 Prometheus' own
        [programs.promtool, "check", "config", "prometheus.yml"],
        cwd=layout.metrics, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LocalError("Prometheus does not take its configuration:", done.stdout.splitlines()[-5:])


def _json(path: Path, body: object) -> None:
    path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def _yaml(path: Path, body: object) -> None:
    path.write_text(yaml.safe_dump(body, sort_keys=False), encoding="utf-8")
