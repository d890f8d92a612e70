"""``slipway doctor`` and ``slipway status``: the plan is made here, asked elsewhere, and the answers are shown here."""

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.core.environments import environment
from gate.core.errors import GateError
from gate.core.subprocess_runner import apart
from gate.live.plan import plan_of
from gate.render.json_text import as_json
from policies.analysis.charts.joined import joined
from policies.engine.graph import Graph, Resource
from policies.engine.normalize import respelled

FORMATS: Final = ("text", "json")
_REQUIREMENTS: Final = Path(__file__).parent / "requirements.txt"
_SECONDS: Final = 600
_STYLES: Final = {"ok": "green", "bad": "red", "could not ask": "yellow"}


def interpreter() -> Path:
    """Python with boto3; made at the first call, which needs a package registry."""
    return environment(_REQUIREMENTS, ROOT)


def doctor(stack: str, form: str, organisation: Path | None, now: datetime, console: Console) -> int:
    """Print every check. 0 if all is well, 1 if something is bad, 2 if something could not be asked.

    Raises:
        GateError: the stack cannot be built, or the asking program ended without an answer.
    """
    asked = {"plan": apart(_plan, stack, (organisation or ROOT).resolve()), "now": now.isoformat()}
    checks = _ask("doctor", asked)["checks"]
    counts = {verdict: sum(one["verdict"] == verdict for one in checks) for verdict in _STYLES}
    if form == "json":
        console.file.write(as_json({"stack": stack, "counts": counts, "checks": checks}))
    else:
        _show(stack, checks, counts, console)
    # Nothing that was not asked is well: a run that could not ask is no pass, whatever else it found.
    return 2 if counts["could not ask"] or not checks else 1 if counts["bad"] else 0


def status(stack: str, organisation: Path | None) -> Mapping[str, Any]:
    """Versions and last events, as plain data.

    Raises:
        GateError: as :func:`doctor`, or the cluster could not be asked; half a picture is none.
    """
    said = _ask("status", {"plan": apart(_plan, stack, (organisation or ROOT).resolve())})
    if "fault" in said:
        raise GateError(f"stack {stack}: its cluster could not be asked:", [said["fault"]])
    return said


def _plan(name: str, organisation: Path) -> dict[str, Any]:
    exports: dict[str, Mapping[str, Any]] = {}
    above: list[Resource] = []
    graph = Graph(())
    stacks = chosen([name], organisation)
    for stack in stacks:
        captured = capture_stack(stack, exports)
        exports[stack.name] = captured.exports
        graph = joined(Graph(map(respelled, sorted(captured.graph, key=lambda r: r.urn))))
        above = [*above, *graph.resources]
    names, every = stacks[-1].names, Graph(above)
    has_cluster = bool(every.of_type("aws:eks/cluster:Cluster"))
    return plan_of(
        every,
        stack=name,
        account=names.account,
        region=names.region,
        cluster=names.cluster if has_cluster else "",
        own=graph,
    )


def _ask(question: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 our own program
            [str(interpreter()), "-m", "gate.live.ask", question],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    except subprocess.TimeoutExpired:
        raise GateError(f"{question}: no answer in {_SECONDS} seconds") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = None
    if done.returncode != 0 or not isinstance(said, dict):
        # Its last line names the error; what stands above it may quote a request.
        last = (done.stderr.strip().splitlines() or ["no message"])[-1].partition(":")[0]
        raise GateError(f"{question}: the asking program ended with {done.returncode}", [last])
    return said


def _show(stack: str, checks: list[dict[str, Any]], counts: Mapping[str, int], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "what", "answer", "asked"):
        table.add_column(heading, overflow="fold")
    for one in checks:
        what = f"{one['area']}: {one['subject']}"
        table.add_row(
            f"[{_STYLES[one['verdict']]}]{one['verdict']}[/]", *map(escape, (what, one["says"], one["asked"]))
        )
    console.print(table)
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    console.print(f"stack {stack}: {said}", markup=False, highlight=False)
