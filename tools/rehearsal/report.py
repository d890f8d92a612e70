"""What a rehearsal came to, as JSON and as a page: steps, operations, calls of AWS, what was not played."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from facts.pins import charts
from tools.rehearsal.cluster.charts import stand_ins
from tools.rehearsal.cluster.stand_ins import PARTS
from tools.rehearsal.permissions import Permissions, compared, granted, used
from tools.rehearsal.stages import Step
from tools.rehearsal.timeline import timeline

_TEMPLATES: Final = Path(__file__).parent / "templates"

_SLOWEST: Final = 15
_ALWAYS: Final = (
    "AWS: an account of ours answers, with what facts/ and tools/rehearsal/account know of its refusals",
    "the policy pack in the engine (`make policy-engine` runs it)",
    "requests, the mesh, the data plane",
)
_SIMULATED: Final = (
    "the Kubernetes API server: objects are kept and their order is held (`make conformance` has a real one)",
    "admission and controllers: nothing is made of our objects",
    "Pulumi's own Kubernetes provider, its waiting for what becomes ready, and Helm: a chart is noted as installed",
)


def not_played(acts: Iterable[str], unseen: Iterable[str]) -> list[str]:
    """What the acts leave out; ``unseen`` is what the steps themselves could not look at."""
    played = set(acts)
    found = list(_ALWAYS)
    if played & {"cluster", "faults"}:
        found += [f"{name}: {how}" for name, how in PARTS.items()]
        found += [
            f"the chart {charts()[name].chart} is not to be had: a marker is installed"
            for name in stand_ins()
        ]
        found += ["containers: a pod is Ready as soon as it is placed"]
    else:
        found += _SIMULATED
    return [*found, *dict.fromkeys(unseen)]


@dataclass(kw_only=True)
class Rehearsal:
    """One stack's."""

    stack: str
    steps: Sequence[Step]
    seconds: float
    journal: Sequence[Mapping[str, Any]] = ()

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    def calls(self) -> dict[str, dict[str, int]]:
        """How often each type was made, read, changed, ended and refused."""
        found: dict[str, Counter[str]] = {}
        for call in self.journal:
            counter = found.setdefault(call["type"], Counter())
            counter["refused" if "refused" in call else call["call"]] += 1
        return {type_: dict(sorted(counts.items())) for type_, counts in sorted(found.items())}

    @property
    def permissions(self) -> Permissions:
        """What the deploy role was used for, beside what it may."""
        return compared(used(self.journal), granted(self.stack))

    def not_played(self) -> list[str]:
        unseen = [text for step in self.steps for text in step.unseen]
        return not_played((step.act for step in self.steps), unseen)

    def as_json(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "verdict": "passed" if self.ok else "failed",
            "seconds": round(self.seconds, 1),
            "steps": [_step(step) for step in self.steps],
            "aws_calls": self.calls(),
            "aws_actions": used(self.journal),
            "permissions": asdict(self.permissions),
            "timeline": [asdict(bar) for bar in timeline(self.steps)],
            "not_played": self.not_played(),
        }


def _step(step: Step) -> dict[str, Any]:
    runs = [
        {
            "command": run.command,
            "exit_code": run.code,
            "seconds": round(run.seconds, 1),
            "operations": run.counts,
            "slowest": [
                {"seconds": one.seconds, "op": one.op, "type": one.type, "name": one.name}
                for one in sorted(run.operations, key=lambda o: (-o.seconds, o.urn))[:_SLOWEST]
                if one.seconds
            ],
            "errors": list(run.errors),
        }
        for run in step.runs
    ]
    return {
        "act": step.act,
        "name": step.name,
        "ok": step.ok,
        "seconds": round(step.seconds, 1),
        "said": step.said,
        "problems": step.problems,
        "runs": runs,
    }


def write(rehearsal: Rehearsal, folder: Path) -> None:
    """``report.json``, ``report.md`` and ``report.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps(rehearsal.as_json(), indent=1, sort_keys=True)
    (folder / "report.json").write_text(f"{said}\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown(rehearsal), encoding="utf-8")
    (folder / "report.html").write_text(html(rehearsal), encoding="utf-8")


def markdown(rehearsal: Rehearsal) -> str:
    """The page."""
    lines = [
        f"# Rehearsal of `{rehearsal.stack}`: {'passed' if rehearsal.ok else 'FAILED'}",
        "",
        "| | step | seconds | what came of it |",
        "|---|---|---|---|",
    ]
    for step in rehearsal.steps:
        mark = "ok" if step.ok else "**no**"
        lines.append(f"| {mark} | {step.act}: {step.name} | {step.seconds:.0f} | {step.said} |")
    problems = [f"{step.name}: {problem}" for step in rehearsal.steps for problem in step.problems]
    lines += _list("Problems", problems)
    lines += _timeline(rehearsal)
    lines += _list("Not played", rehearsal.not_played())
    lines += _permissions(rehearsal.permissions)
    lines += ["", "## Calls to AWS", "", "| type | calls |", "|---|---|"]
    for type_, counts in rehearsal.calls().items():
        lines.append(f"| `{type_}` | {', '.join(f'{verb} {count}' for verb, count in counts.items())} |")
    return "\n".join([*lines, ""])


def _timeline(rehearsal: Rehearsal) -> list[str]:
    bars = timeline(rehearsal.steps)
    lines = ["", "## Timeline", "", "| act | component | made | from | to |", "|---|---|---|---|---|"]
    rows = [f"| {b.act} | {b.component} | {b.made} | {b.begun:.0f} s | {b.ended:.0f} s |" for b in bars]
    return [*lines, *rows] if bars else []


def _permissions(found: Permissions) -> list[str]:
    lines = ["", "## The deploy role", ""]
    lines.append(
        f"{len(found.used)} actions were used; {len(found.not_used)} more are granted by the derived policy and were "
        "not."
    )
    return [*lines, *_list("Used and not granted", found.not_granted)]


def html(rehearsal: Rehearsal) -> str:
    """The page for a browser: the same content, the timeline as bars."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    bars = timeline(rehearsal.steps)
    whole = max((bar.ended for bar in bars), default=1.0) or 1.0
    return environment.get_template("report.html.j2").render(rehearsal=rehearsal, bars=bars, whole=whole)


def _list(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {' '.join(line.split())}" for line in lines)] if lines else []
