"""What is true now: processes, shares, what callers got, budgets, alerts, faults, events; as data and as text."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from runtime.loops.ports import UnavailableError
from runtime.loops.shares.envoy_file import EnvoyFileShares
from tools.local import envoy, faults, loops
from tools.local.layout import CANDIDATE, MODEL, ROOT, STABLE, Layout
from tools.local.load import read_traffic
from tools.local.processes import is_alive
from tools.local.scale import SAID
from tools.local.state import State
from tools.local.web import get

_WIDTH: Final = 11


def status(layout: Layout, state: State) -> dict[str, Any]:
    """Everything, each part by itself: what does not answer is ``None`` and hides nothing else."""
    ports = state.ports
    load = get(ports.load, "/")
    return {
        "processes": {one.name: is_alive(one) for one in state.processes},
        "shares": _shares(layout),
        "answered": load["versions"] if load else None,
        "answered_in_all": load["total"] if load else None,
        "budget": _by_objective(ports.prometheus, f'slo:error_budget_remaining:ratio{{model="{MODEL}"}}'),
        "alerts": _alerts(ports.prometheus),
        "faults": {version: _faults(layout, version) for version in (STABLE, CANDIDATE)},
        "traffic": _traffic(layout),
        "runs": _runs(layout),
        "events": events(layout),
    }


def _shares(layout: Layout) -> dict[str, int] | None:
    try:
        return EnvoyFileShares(layout.gateway / envoy.ROUTES).read(MODEL)
    except UnavailableError:
        return None


def _by_objective(port: int, query: str) -> dict[str, float] | None:
    answer = get(port, "/api/v1/query", query=query)
    if answer is None:
        return None
    return {one["metric"]["objective"]: float(one["value"][1]) for one in answer["data"]["result"]}


def _alerts(port: int) -> list[str] | None:
    answer = get(port, "/api/v1/query", query='ALERTS{alertstate="firing"}')
    if answer is None:
        return None
    found = (one["metric"] for one in answer["data"]["result"])
    return sorted({" ".join([one["alertname"], one.get("objective", "")]).strip() for one in found})


def _faults(layout: Layout, version: str) -> str:
    try:
        return faults.read(layout.faults / f"{version}.json").words
    except ValueError as error:
        return f"cannot be read: {error}"


def _traffic(layout: Layout) -> str:
    try:
        traffic = read_traffic(layout.traffic)
    except ValueError as error:
        return f"cannot be read: {error}"
    return f"{traffic.rate:g} requests a second, {traffic.sentences} sentences"


def _runs(layout: Layout) -> list[dict[str, str]] | None:
    """As the loops' own command lists them."""
    words = [sys.executable, *loops.command(layout, "runs", "--format", "json")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 our own words
    try:
        return list(json.loads(done.stdout)) if done.returncode == 0 else None
    except ValueError:
        return None


def events(layout: Layout) -> list[str]:
    """Every event of both versions, as files under the organisation's folder, in their order."""
    models = layout.organisation / "releases" / "models" / MODEL
    found = sorted(models.glob("*/events/*.yaml"), key=lambda path: (path.parent.parent.name, path.name))
    return [str(path.relative_to(layout.organisation)) for path in found]


def text(said: Mapping[str, Any]) -> str:
    """For a screen."""
    return "\n".join(f"{name:<{_WIDTH}} {line}" for name, line in _lines(said))


def _lines(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    dead = [name for name, lives in said["processes"].items() if not lives]
    alive = len(said["processes"]) - len(dead)
    yield (
        "processes",
        f"{alive} of {len(said['processes'])} run" + (f"; ended: {', '.join(dead)}" if dead else ""),
    )
    yield (
        "shares",
        _or_unknown(said["shares"], lambda found: ", ".join(f"{v} {s} %" for v, s in found.items())),
    )
    yield (
        "answered",
        _or_unknown(
            said["answered"],
            lambda found: (
                "; ".join(f"{v} {n['good']} good, {n['bad']} bad" for v, n in found.items())
                + " (last 15 s, as callers saw it)"
            ),
        ),
    )
    yield (
        "budget",
        _or_unknown(
            said["budget"],
            lambda found: (
                ", ".join(f"{name} {left:.0%} left" for name, left in found.items())
                or "counted after the first minute"
            ),
        ),
    )
    yield "alerts", _or_unknown(said["alerts"], lambda found: ", ".join(found) or "none fires")
    for version, words in said["faults"].items():
        if words != "no fault":
            yield "fault", f"{version}: {words}"
    yield "traffic", said["traffic"]
    for run in said["runs"] or ():
        yield "run", f"{run['run']}: {run['state']}" + (" (ended)" if run["ended"] else "")
    if not said["runs"]:
        yield "runs", "none yet" if said["runs"] is not None else "do not answer"
    yield "events", f"{len(said['events'])}, in the folder organisation"
    for path in said["events"]:
        yield "", Path(path).relative_to("releases/models").as_posix()
    yield "time", SAID


def _or_unknown(found: Any, words: Any) -> str:
    return "does not answer" if found is None else str(words(found))
