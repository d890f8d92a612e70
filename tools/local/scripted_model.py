"""A script in place of the language model that the triage agent thinks with: the same evidence, the same words.

It reads what a model would read: what it proposes comes from the figures in the observations, and from nothing else.
The committed figures of the agent were measured with it (``slipway release evaluate agents/incident-triage/v3``).
"""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from runtime.loops.suites.agents.scripted import script_server
from tools.local.layout import CANDIDATE, STABLE

_FAILS: Final = 0.05
_FIGURES: Final = re.compile(r'\{[^{}]*"error_rate"[^{}]*\}')
_TASK: Final = re.compile(r"task: (\{.*\})")
_PLANNING: Final = "Plan the next steps"
_VERIFIED: Final = {"field": "verified", "equals": True}


def answer(messages: Sequence[str]) -> dict[str, Any]:
    """What it says to a system's message and the notes of a run."""
    notes = "\n".join(messages[1:])
    task = json.loads(found.group(1)) if (found := _TASK.search(notes)) else {}
    figures = [json.loads(each) for each in _FIGURES.findall(notes)]
    is_planning = _PLANNING in messages[0]
    if '"verified": true' in notes:
        return {
            "done": True,
            "answer": "Its traffic is away, and figures show it. The incident is open for its owner.",
        }
    if not figures:
        return (
            _reading(task)
            if is_planning
            else {"done": False, "summary": "An alert burns; nothing is read yet."}
        )
    return _remedy(task, figures, is_planning=is_planning)


def _reading(task: Mapping[str, str]) -> dict[str, Any]:
    model = task.get("model", "")
    return {
        "steps": [
            _step("read-alerts", {"model": model}, "what is firing"),
            _step("read-events", {"model": model}, "what changed last"),
            *(
                _step(
                    "read-figures",
                    {"model": model, "version": version, "minutes": 1},
                    f"figures of {version}",
                )
                for version in (STABLE, CANDIDATE)
            ),
        ]
    }


def _remedy(
    task: Mapping[str, str], figures: Sequence[Mapping[str, Any]], *, is_planning: bool
) -> dict[str, Any]:
    """Figures were read in the order of the plan: the stable version's, then the candidate's."""
    by_version = dict(zip((STABLE, CANDIDATE), figures, strict=False))
    worst = max(by_version, key=lambda version: by_version[version]["error_rate"])
    rate, share = by_version[worst]["error_rate"], by_version[worst]["share"]
    if rate < _FAILS:
        return {"done": True, "answer": "No version fails by its figures now; nothing is proposed."}
    if not is_planning:
        said = f"{worst} answers {rate:.0%} with errors and has {share} % of the traffic; the other version does not."
        return {"done": False, "summary": said}
    arguments = {"model": task.get("model", ""), "version": worst, "alert": task.get("alert", "")}
    return {
        "steps": [_step("take-away", arguments, "its traffic is away, and figures show it", then=_VERIFIED)]
    }


def _step(tool: str, arguments: Mapping[str, Any], expected: str, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "arguments": dict(arguments), "expected": expected, **more}


def main() -> None:
    """Answer until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    with script_server(answer, parser.parse_args().port) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
