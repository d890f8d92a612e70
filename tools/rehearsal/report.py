"""What a rehearsal came to, as JSON and as a page: steps, operations, calls of AWS, what was not played."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from facts.deploy_actions import deploy_actions
from tools.rehearsal.stages import Step

_SLOWEST: Final = 15
NOT_PLAYED: Final = (
    "AWS: an account of ours answers, with what facts/ and tools/rehearsal/account know of its refusals",
    "the Kubernetes API server: objects are kept and their order is held (`make conformance` has a real one)",
    "admission and controllers: nothing is made of our objects",
    "Pulumi's own Kubernetes provider, its waiting for what becomes ready, and Helm: a chart is noted as installed",
    "the policy pack in the engine (`make policy-engine` runs it)",
    "requests, the mesh, the data plane",
)


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

    def apis(self) -> dict[str, int]:
        """AWS's own calls that the journal stands for, as far as facts/deploy_actions.yaml names them."""
        rows, found = deploy_actions(), Counter[str]()
        for call in self.journal:
            row = rows.get(call["type"])
            if row is not None and "refused" not in call:
                found.update(getattr(row, call["call"]))
        return dict(sorted(found.items()))

    def as_json(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "verdict": "passed" if self.ok else "failed",
            "seconds": round(self.seconds, 1),
            "steps": [_step(step) for step in self.steps],
            "aws_calls": self.calls(),
            "aws_actions": self.apis(),
            "not_played": list(NOT_PLAYED),
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
    """``report.json`` and ``report.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps(rehearsal.as_json(), indent=1, sort_keys=True)
    (folder / "report.json").write_text(f"{said}\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown(rehearsal), encoding="utf-8")


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
    lines += _list("Not played", NOT_PLAYED)
    lines += ["", "## Calls to AWS", "", "| type | calls |", "|---|---|"]
    for type_, counts in rehearsal.calls().items():
        lines.append(f"| `{type_}` | {', '.join(f'{verb} {count}' for verb, count in counts.items())} |")
    return "\n".join([*lines, ""])


def _list(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {' '.join(line.split())}" for line in lines)] if lines else []
