"""``slipway preview --against REF``: both sides built, and what the change means."""

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from gate.capture.chosen import chosen
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.git import base_commit, changed_files, describe, files_at
from gate.core.progress import told
from gate.difference.compute import NOTHING, stack_difference
from gate.difference.output import clear, finish, write
from gate.difference.record import Difference, StackDifference
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.preview import Options, Previewed, preview
from gate.pull_request.affected import affected, stacks_among
from gate.pull_request.agents import agent_notes
from gate.pull_request.base_revision import Base, Wanted, base_reports
from gate.pull_request.untouched import untouched
from gate.report.report import EXIT_CODES

ERROR = EXIT_CODES["error"]
GONE: Final = (
    "the stack has no file any more: what it holds stays until somebody destroys it, and is lost then"
)


def touched(reference: str | None) -> list[str]:
    """The stacks that the difference to a reference can touch, upstreams first; all, if none is given."""
    if reference is None:
        return [s.name for s in chosen([])]
    return affected(changed_files(ROOT, base_commit(ROOT, reference)), chosen([]))


def run(names: Sequence[str], reference: str, options: Options) -> int:
    """Build both sides, print and write the difference, and return this side's exit code."""
    console, progress = Console(width=None if sys.stdout.isatty() else 160), Console(stderr=True)
    clear(options.output)
    commit = base_commit(ROOT, reference)
    label = f"{commit[:10]} ({reference})"
    try:
        chosen(names)  # a stack that does not exist is no stack that does not differ
        can_differ = affected(changed_files(ROOT, commit), chosen([]))
        load_waivers(ROOT / "policies" / "waivers.yaml")
    except GateError as error:
        # Whoever reads the pull request alone must see why nothing was compared.
        write(unreadable(error, label, describe(ROOT)), options.output)
        raise
    wanted = [n for n in can_differ if not names or n in names]
    gone = [] if names else _gone(commit)
    if not wanted and not gone:
        nothing = untouched(commit, reference, ROOT)
        return _finish(_with_agents(nothing, commit), [], options.output, console)
    asked = Wanted(
        root=ROOT,
        commit=commit,
        today=options.today,
        with_checkov=options.with_checkov,
        stacks=[*_there(commit, wanted), *gone],
    )
    with ThreadPoolExecutor(max_workers=1) as pool, told(progress, "building both sides") as tell:
        other: Future[Base] = pool.submit(base_reports, asked, lambda who, what: tell(f"base, {who}", what))
        # No name would mean every stack.
        previews = (
            preview(wanted, options, lambda who, what: tell(f"this side, {who}", what)) if wanted else []
        )
        base = other.result()
    difference = compare([*wanted, *gone], previews, base, label, describe(ROOT))
    return _finish(_with_agents(difference, commit), previews, options.output, console)


def _with_agents(difference: Difference, commit: str) -> Difference:
    """Also what agents may do now: no stack holds that."""
    return replace(difference, notes=[*difference.notes, *agent_notes(ROOT, commit)])


def _gone(commit: str) -> list[str]:
    """Stacks that the base alone has: their file was removed, or renamed."""
    mine = {s.name for s in chosen([])}
    return [name for name in stacks_among(files_at(ROOT, commit, ["stacks"])) if name not in mine]


def _there(commit: str, wanted: Sequence[str]) -> list[str]:
    """The wanted stacks that the base has too."""
    return [name for name in stacks_among(files_at(ROOT, commit, ["stacks"])) if name in wanted]


def unreadable(error: GateError, label: str, head: str) -> Difference:
    """The difference of a side whose own files cannot be read: no stack, and what is wrong."""
    return Difference(base=label, head=head, stacks=(), problems=[error.headline, *error.problems])


def compare(
    wanted: Sequence[str], previews: Sequence[Previewed], base: Base, label: str, head: str
) -> Difference:
    """The difference of every wanted stack; those the base alone has are among them."""
    mine = {p.stack: p for p in previews}
    stacks = [_one(name, mine.get(name), base) for name in wanted]
    notes = (
        [f"The base could not be built, so this side stands alone: {base.problem}"] if base.problem else []
    )
    return Difference(base=label, head=head, stacks=stacks, notes=notes)


def _one(name: str, done: Previewed | None, base: Base) -> StackDifference:
    before: Mapping[str, Any] = base.reports.get(name, NOTHING)
    if done is None:
        return replace(stack_difference(name, before, NOTHING), problem=GONE)
    if done.report is None:
        return StackDifference(
            stack=name, verdict_before=before["verdict"], verdict="error", problem=done.problem
        )
    after = done.report.as_data()
    if base.problem and name not in base.reports:
        # Everything would look new; what is found stands in this side's own report.
        return StackDifference(
            stack=name, verdict_before="", verdict=after["verdict"], problem="compared with nothing"
        )
    return stack_difference(name, before, after)


def _finish(difference: Difference, previews: Sequence[Previewed], output: Path, console: Console) -> int:
    finish(difference, output, console)
    return max((ERROR if p.report is None else EXIT_CODES[p.report.verdict] for p in previews), default=0)
