"""``slipway release evaluate``: a figure that was measured anew, of a suite and metric that the record agreed on."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gate.cli.release_append import append, version_of
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.git import author
from releases.evaluation import Evaluation


def evaluate(
    name: str,
    figure: tuple[float, str, str],
    by: tuple[str, Sequence[str]],
    today: date,
    organisation: Path | None,
) -> None:
    """Append an evaluation event: suite, data, metric and floor are the record's, the value is new.

    Args:
        name: MODEL/VERSION.
        figure: the value, and the suite and metric that name it where the record has several.
        by: who measured it (empty: git's own address), and what it rests on.
        today: the day it was measured and is written.
        organisation: the folder that holds ``releases/``.

    Raises:
        GateError: the record agreed on no such figure, or the event would be refused. Then nothing is written.
    """
    root = (organisation or ROOT).resolve()
    agreed = _agreed(name, version_of(name, root).release.evaluations, *figure[1:])
    who = by[0] or author(root)
    said = agreed.model_dump() | {"value": figure[0], "by": who, "date": today}
    append(
        name,
        "evaluation",
        {"evaluation": said},
        who=who,
        evidence=by[1],
        today=today,
        organisation=organisation,
    )


def _agreed(name: str, evaluations: Sequence[Evaluation], suite: str, metric: str) -> Evaluation:
    found = [e for e in evaluations if suite in {"", e.suite} and metric in {"", e.metric}]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"--suite '{e.suite}' --metric '{e.metric}'" for e in evaluations) or "none"
    raise GateError(
        f"{name}: say which figure was measured; its record agreed on {there} "
        "(slipway release event drafts another one)"
    )
