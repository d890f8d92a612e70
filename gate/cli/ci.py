"""Commands that workflows run: each step of them is one line, and all it does is tested here."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.live_commands import add_live_commands
from gate.cli.options import From, Today, day
from gate.cli.registry import registry
from gate.core.checkout import ROOT
from gate.core.errors import GateError


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the others."""
    for command in (affected, budget, comment, cost, summary, expiring, teardown, rehearse):
        app.command()(command)
    add_live_commands(app)
    app.add_typer(registry, name="registry")


def affected(
    against: Annotated[
        str | None,
        typer.Option(
            help="Compare with where this branch left REF; every stack if left out.",
            metavar="REF",
            show_default=False,
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, or github-matrix: a line a level.")] = "text",
) -> None:
    """Name the stacks that the change since REF can touch, upstreams first, one a line."""
    from gate.cli.against import touched  # noqa: PLC0415 as in preview

    if form not in {"text", "github-matrix"}:
        raise GateError(f"--format: should be text, github-matrix (got {form!r})")
    if form == "text":
        typer.echo("".join(f"{stack}\n" for stack in touched(against)), nl=False)
    else:
        from gate.capture.chosen import chosen  # noqa: PLC0415 as in preview
        from gate.pull_request.affected import levels, matrices  # noqa: PLC0415 as in preview

        typer.echo("\n".join(matrices(levels(touched(against), chosen([])))))


def cost(
    stack: Annotated[str, typer.Argument(help="A stack.")],
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    organisation: From = None,
) -> None:
    """Say what a stack costs a month at list prices: idle, and with all its replicas."""
    from gate.cli.cost import FORMATS, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    run(stack, form, organisation, Console(width=None if sys.stdout.isatty() else 160))


def budget(
    model: Annotated[str, typer.Argument(help="A model's name.")],
    prometheus: Annotated[
        str,
        typer.Option(
            help="Where its Prometheus answers, such as a port that is forwarded.", metavar="ADDRESS"
        ),
    ] = "http://localhost:9090",
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say what is left of a model's error budget; 1 where an objective has spent it all."""
    from gate.cli.budget import FORMATS, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    if not run(model, prometheus, form, Console(width=None if sys.stdout.isatty() else 160)):
        raise typer.Exit(1)


def teardown(
    stack: Annotated[str, typer.Argument(help="A disposable stack; those that stand on it end before it.")],
    organisation: From = None,
) -> None:
    """Print the commands that end a trial, in order: ``slipway teardown STACK | sh -e`` runs them."""
    from gate.evaluate.teardown import teardown as planned  # noqa: PLC0415 as in preview

    typer.echo("\n".join(planned(stack, (organisation or ROOT).resolve())))


def rehearse(
    stack: Annotated[str, typer.Argument(help="The stack; what it stands on is brought up first.")] = "dev",
    *,
    act: Annotated[
        list[str] | None,
        typer.Option(help="committed, disposable, cluster or faults; repeat it. The first two if left out."),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Every section, not the first up's alone.")] = False,
) -> None:
    """Run the program with the real Pulumi engine in a simulated account; needs what `make rehearse` builds."""
    os.chdir(ROOT)
    every = [*(["--whole"] if whole else []), *(word for name in act or () for word in ("--act", name))]
    # In place of this process, so that an interruption reaches one program alone.
    os.execv(sys.executable, [sys.executable, "-m", "tools.rehearsal", stack, *every])  # noqa: S606 our own program


def comment(
    difference: Annotated[Path, typer.Argument(help="A difference.json; who made it need not be trusted.")],
    commit: Annotated[
        str | None,
        typer.Option(
            help="Put it on the open pull request at this commit, by gh, instead of printing it.",
            metavar="SHA",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write what a change means as a comment, from the difference that its own code made."""
    from gate.cli.comment import comment as written  # noqa: PLC0415 as in preview
    from gate.cli.comment import post  # noqa: PLC0415 as in preview

    if commit is None:
        typer.echo(written(difference), nl=False)
    else:
        typer.echo(post(difference, commit))


def summary(
    difference: Annotated[Path, typer.Argument(help="A difference.md; it may be missing.")],
    reports: Annotated[Path, typer.Argument(help="The folder of the stacks' reports.")],
) -> None:
    """Print a difference and the reports of all stacks, as much as a step's summary on GitHub holds."""
    from gate.cli.summary import summary as written  # noqa: PLC0415 as in preview

    typer.echo(written(difference, reports), nl=False)


def expiring(
    within: Annotated[int, typer.Option(help="Days to look ahead.", metavar="DAYS", min=0, max=3650)] = 30,
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
    issue: Annotated[
        str | None,
        typer.Option(
            help="Keep an issue of this title, by gh, instead of printing: opened, written again, or closed.",
            metavar="TITLE",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List what ends soon or has ended: waivers, sunsets of releases, licence reviews."""
    from gate.cli.expiring import FORMATS, keep_issue, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    if issue is not None:
        typer.echo(keep_issue(issue, day(today), within))
    else:
        run(day(today), within, form, Console(width=None if sys.stdout.isatty() else 160))
