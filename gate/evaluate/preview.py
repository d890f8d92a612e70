"""Previewing stacks: each in a process of its own, upstreams first, as many at a time as there are cores."""

import gc
import multiprocessing
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.checkov.asking import ask, server, shown_to_checkov
from gate.checkov.opinion import not_asked
from gate.checkov.terraform_plan import as_plan
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.progress import Tell
from gate.core.subprocess_runner import end_with_parent, ended_at_once
from gate.deploy.findings import deploy_findings
from gate.evaluate import output_folder
from gate.evaluate.action_policies import check_action_policies
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.billing import cost_of
from gate.evaluate.judgement import assess
from gate.evaluate.pages import drawn, pages
from gate.evaluate.release_findings import agent_findings, release_findings, shares_of
from gate.evaluate.selection import EVERYTHING, Selection
from gate.evaluate.share_findings import share_findings
from gate.render.exports import as_manifests, as_state
from gate.render.json_text import as_json
from gate.render.junit import as_junit
from gate.render.markdown import as_markdown
from gate.render.origins import Origins
from gate.render.page.model_page import index_page
from gate.render.sarif import as_sarif
from gate.report.permissions import of_roles
from gate.report.report import Report
from gate.report.served import serving
from gate.report.traffic import traffic
from policies.engine.graph import Graph, Resource
from stacks.load import Stack, stack_names


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a preview is run."""

    today: date
    output: Path = ROOT / "build" / "preview"
    root: Path = ROOT
    organisation: Path = ROOT
    """The folder that holds ``stacks/`` and ``releases/``; the program and the waivers are those of ``root``."""
    with_checkov: bool = True
    selection: Selection = EVERYTHING
    processes: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def asks_checkov(self) -> bool:
        return self.with_checkov and self.selection.takes_checkov


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """What came of one stack: a report, or the reason there is none."""

    stack: str
    report: Report | None = None
    exports: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[Resource, ...] = ()
    used_waivers: frozenset[str] = frozenset()
    problem: str = ""


def preview(names: Sequence[str], options: Options, tell: Tell) -> list[Previewed]:
    """Preview the named stacks, or all; upstreams they need are previewed too.

    Args:
        names: stacks to preview; none means all.
        options: how.
        tell: is told each stack's name and what is happening to it.

    Raises:
        GateError: stacks or policies of workers cannot be read, or reports not removed; what goes wrong within a
            stack stands in its result.
    """
    with output_folder.kept_to_oneself(options.output):
        # Before anything can go wrong: an older pass must not stand beside an error.
        output_folder.clear(options.output / output_folder.INDEX)
        for name in stack_names(options.organisation / "stacks"):
            if not names or name in names:
                output_folder.clear(options.output / name)
        if not names:
            output_folder.clear_reports(options.output)  # of stacks that are gone
        stacks = chosen(names, options.organisation)
        for stack in stacks:
            output_folder.clear(options.output / stack.name)
        load_waivers(options.root / "policies" / "waivers.yaml")
        check_action_policies(options.root)
        with server(options.root) if options.asks_checkov else nullcontext("") as address:
            _warm()
            done = _run(stacks, options, address, tell)
        output_folder.write_index(options.output, index_page)
        return done


def _run(stacks: Sequence[Stack], options: Options, address: str, tell: Tell) -> list[Previewed]:
    done: dict[str, Previewed] = {}
    waiting = {stack.name: stack for stack in stacks}
    running: dict[Future[Previewed], str] = {}
    context = multiprocessing.get_context("fork")
    workers = min(options.processes, len(stacks))
    with (
        ProcessPoolExecutor(workers, mp_context=context, initializer=end_with_parent) as pool,
        ended_at_once(pool),
    ):
        while waiting or running:
            for name in [n for n, s in waiting.items() if s.upstream is None or s.upstream.name in done]:
                stack = waiting.pop(name)
                above = _above(stack, done)
                if above is None:
                    done[name] = Previewed(
                        stack=name, problem=f"stack {name}: its upstream could not be captured"
                    )
                    tell(name, "skipped")
                    continue
                tell(name, "building")
                try:
                    running[pool.submit(_preview_one, stack, above, options, address)] = name
                except (BrokenProcessPool, OSError) as error:
                    done[name] = Previewed(
                        stack=name, problem=f"stack {name}: no process could be started for it: {error}"
                    )
                    tell(name, "could not be judged")
            if not running:
                continue
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                done[name] = _result(future, name)
                report = done[name].report
                if report is None:
                    output_folder.clear(options.output / name)  # its process may have ended after writing
                tell(name, report.verdict if report else "could not be judged")
    return [done[stack.name] for stack in stacks]


def _above(stack: Stack, done: Mapping[str, Previewed]) -> list[Previewed] | None:
    """What became of the stacks it stands on; nothing where one of them could not be judged."""
    found: list[Previewed] = []
    above = stack.upstream
    while above is not None:
        if done[above.name].report is None:
            return None
        found.append(done[above.name])
        above = above.upstream
    return found


def _warm() -> None:
    """Import what every stack's process needs once, before they are forked."""
    import pulumi_aws  # noqa: F401, PLC0415 a second of import that children inherit
    import pulumi_kubernetes  # noqa: F401, PLC0415 as above

    gc.collect()
    gc.freeze()


def _preview_one(stack: Stack, above: Sequence[Previewed], options: Options, address: str) -> Previewed:
    """Runs in a child process: capture, judge, write."""
    # Nearly all of it lives until this stack is written; what an earlier one left is looked for once, here.
    gc.collect()
    gc.disable()
    try:
        captured = capture_stack(stack, {one.stack: one.exports for one in above}, options.root)
        manifests = as_manifests(captured.graph.resources)
        plan = as_plan(captured.graph)
        waivers = load_waivers(options.root / "policies" / "waivers.yaml")
        report, used = assess(
            captured.graph,
            subject=f"stack {stack.name}",
            stack=stack.name,
            today=options.today,
            waivers=waivers,
            opinion=(
                ask(address, captured.graph, plan, as_manifests(shown_to_checkov(captured.graph)))
                if address
                else not_asked("switched off by --no-checkov, --only or --skip")
            ),
            shares=traffic(stack),
            serving=serving(stack),
            roles_above=Graph(role for one in above for role in one.roles),
            machines_above=[r for one in above if one.report for r in one.report.resources],
            selection=options.selection,
            billed=lambda graph: cost_of(graph, stack),
            noticed=[
                *release_findings(captured.graph, stack.releases, options.today, shares_of(stack)),
                *agent_findings(stack, options.today),
                *share_findings(captured.graph, stack, options.organisation),
                *deploy_findings(stack, captured.graph, options.root),
            ],
        )
        origins = Origins(stack.name, options.organisation)
        output_folder.write(
            options.output / stack.name,
            {
                "report.json": as_json(report.as_data()),
                "report.md": as_markdown(report, origins),
                **pages(report, stack, {n: w for n, w in waivers.items() if w.holds_in(stack.name)}),
                **drawn(report),
                "report.sarif": as_json(as_sarif(report, origins)),
                "report.junit.xml": as_junit(report, origins),
                "manifests.yaml": manifests,
                "tfplan.json": as_json(plan.data),
                "state.json": as_json(as_state(captured.graph.resources, stack.name)),
            },
        )
        return Previewed(
            stack=stack.name,
            report=report,
            exports=captured.exports,
            roles=of_roles(captured.graph).resources,
            used_waivers=used,
        )
    except GateError as error:
        return Previewed(stack=stack.name, problem=str(error))


def _result(future: Future[Previewed], name: str) -> Previewed:
    try:
        return future.result()
    except BrokenProcessPool:
        return Previewed(stack=name, problem=f"stack {name}: its process ended before it answered")
    # A program that calls sys.exit() raises here what would end us, with its exit code.
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001 whatever a child raised must become an "error"
        if os.environ.get("SLIPWAY_DEBUG"):
            traceback.print_exception(error, file=sys.stderr)
        return Previewed(stack=name, problem=f"stack {name}: {type(error).__name__}: {error}")
