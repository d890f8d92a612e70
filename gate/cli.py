"""The command ``slipway``."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.errors import GateError

app = typer.Typer(
    name="slipway",
    help="Judge stacks of open-model platforms without an account.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Today = Annotated[
    str, typer.Option("--today", help="Judge as of this date (YYYY-MM-DD).", show_default="the current day")
]
From = Annotated[
    Path | None,
    typer.Option("--from", help="The folder that holds stacks/ and releases/.", show_default="this checkout"),
]
ERROR = 2


def main() -> None:
    """Run the command; anything unforeseen ends with exit code 2, never with a pass."""
    try:
        app()
    except GateError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(ERROR)
    except Exception as error:
        if os.environ.get("SLIPWAY_DEBUG"):
            raise
        said = f"slipway failed: {type(error).__name__}: {error} (SLIPWAY_DEBUG=1 shows where)"
        Console(stderr=True).print(said, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(ERROR)


def day(text: str) -> date:
    """The date an option gave, or today's in UTC; the clock is read here and nowhere else."""
    if not text:
        return datetime.now(tz=UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GateError(f"--today: should be a date such as 2026-11-23 (got {text!r})") from None


@app.command()
def preview(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks to preview; all when none is named.")
    ] = None,
    *,
    today: Today = "",
    checkov: Annotated[bool, typer.Option(help="Ask checkov for a second opinion.")] = True,
    output: Annotated[Path, typer.Option(help="Where reports are written.")] = Path("build/preview"),
    against: Annotated[
        str, typer.Option(help="Compare with where this branch left REF.", metavar="REF", show_default=False)
    ] = "",
    organisation: From = None,
) -> None:
    """Build stacks from the real program and judge them; reports go to build/preview/STACK/."""
    if against and organisation is not None:
        raise GateError("--against compares this checkout's own stacks: leave out --from")
    if against and not stacks:
        from gate.untouched import answered  # noqa: PLC0415 as below; this one needs no Pulumi

        width = None if sys.stdout.isatty() else 160
        if answered(against, output.resolve(), Console(width=width)):
            raise typer.Exit
    from gate.command_preview import run  # noqa: PLC0415 the other commands need not pay for Pulumi's import

    if against:
        from gate.command_against import run as compare  # noqa: PLC0415 as above
        from gate.preview import Options  # noqa: PLC0415 as above

        options = Options(today=day(today), with_checkov=checkov, output=output.resolve())
        raise typer.Exit(compare(stacks or [], against, options))
    raise typer.Exit(
        run(stacks or [], day(today), with_checkov=checkov, output=output, organisation=organisation)
    )


@app.command()
def affected(
    against: Annotated[str, typer.Option(help="Compare with where this branch left REF.", metavar="REF")],
) -> None:
    """Name the stacks that the change since REF can touch, one a line."""
    from gate.command_against import touched  # noqa: PLC0415 as in preview

    for stack in touched(against):
        typer.echo(stack)


@app.command()
def judge(
    paths: Annotated[
        list[Path], typer.Argument(help="State exports, previews, manifests, or folders of them.")
    ],
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json, markdown, sarif or junit.")] = "text",
) -> None:
    """Judge files nobody here wrote: a state export, a preview, Kubernetes YAML or JSON."""
    from gate.command_judge import run  # noqa: PLC0415 as in preview

    raise typer.Exit(run(paths, day(today), form))


@app.command()
def waivers(
    expiring_within: Annotated[
        int | None,
        typer.Option(help="Only those that end within so many days, or have ended.", metavar="DAYS", min=0),
    ] = None,
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
) -> None:
    """List accepted findings, the next to end first."""
    from gate.command_waivers import FORMATS, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    run(day(today), expiring_within, form, Console(width=None if sys.stdout.isatty() else 160))


@app.command()
def policies(
    form: Annotated[str, typer.Option("--format", help="text, or markdown: docs/rules.md.")] = "text",
) -> None:
    """List every rule with its level and reason."""
    from gate.command_policies import show_rules  # noqa: PLC0415 as in preview

    show_rules(form)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="A rule's id.")]) -> None:
    """Say what a rule holds, why, and what to do when it breaks."""
    from gate.command_policies import explain_rule  # noqa: PLC0415 as in preview

    explain_rule(rule, Console())


release = typer.Typer(help="Release records and what happened to them.", no_args_is_help=True)
app.add_typer(release, name="release")
Name = Annotated[str, typer.Argument(help="MODEL, or MODEL/VERSION.", metavar="NAME")]
Form = Annotated[str, typer.Option("--format", help="text or json.")]


@release.command("list")
def release_list(today: Today = "", form: Form = "text", organisation: From = None) -> None:
    """List every version of every model with its state."""
    from gate.command_release import show_all  # noqa: PLC0415 as in preview

    show_all(day(today), form, organisation)


@release.command("status")
def release_status(name: Name, today: Today = "", form: Form = "text", organisation: From = None) -> None:
    """Say what is true of a release now, and the events that made it so."""
    from gate.command_release import show_status  # noqa: PLC0415 as in preview

    show_status(name, day(today), form, organisation)


@release.command("explain")
def release_explain(name: Name, form: Form = "text", organisation: From = None) -> None:
    """Show the arithmetic of a release's GPU memory, and which instance types hold it."""
    from gate.command_release_explain import explain_size  # noqa: PLC0415 as in preview

    explain_size(name, form, organisation)


@release.command("new")
def release_new(
    name: Annotated[str, typer.Argument(help="MODEL/VERSION.", metavar="NAME")],
    folder: Annotated[Path, typer.Argument(help="The folder that holds the model's files.")],
    today: Today = "",
    organisation: From = None,
) -> None:
    """Draft a record from a local folder of model files; what people must decide is left open."""
    from gate.command_release_new import new_release  # noqa: PLC0415 as in preview

    new_release(name, folder, day(today), organisation)


@release.command("verify")
def release_verify(
    name: Annotated[str, typer.Argument(help="MODEL/VERSION.", metavar="NAME")],
    folder: Annotated[Path, typer.Argument(help="The folder that holds a copy of the model's files.")],
    form: Form = "text",
    organisation: From = None,
) -> None:
    """Compare a local copy of a model's files with its record, and ask who signed them."""
    from gate.command_release_verify import verify_release  # noqa: PLC0415 as in preview

    raise typer.Exit(verify_release(name, folder, form, organisation))


@release.command("frozen")
def release_frozen(
    against: Annotated[str, typer.Option(help="Compare with where this branch left REF.", metavar="REF")],
) -> None:
    """Refuse a merged record whose values changed, and a merged event that changed or is gone."""
    from gate.frozen import broken_promises  # noqa: PLC0415 as in preview
    from gate.stacks import ROOT  # noqa: PLC0415 as in preview

    problems = broken_promises(ROOT, against)
    for problem in problems:
        Console(stderr=True).print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"releases are as they were merged (compared with where this branch left {against})")


config = typer.Typer(help="Stack files.", no_args_is_help=True)
app.add_typer(config, name="config")


@config.command("check")
def config_check(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks to check; all when none is named.")
    ] = None,
    organisation: From = None,
) -> None:
    """Check stack files and the releases they name; every problem is listed at once."""
    from gate.stacks import ROOT, chosen  # noqa: PLC0415 as in preview

    checked = chosen(stacks or [], (organisation or ROOT).resolve())
    Console().print(
        f"{len(checked)} stacks are well-formed: {', '.join(s.name for s in checked)}", highlight=False
    )
