"""The command ``slipway``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.ci import add_commands
from gate.cli.options import From, Today, day
from gate.cli.release import release
from gate.core.errors import GateError

app = typer.Typer(
    name="slipway",
    help="Judge stacks of open-model platforms without an account.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
ERROR = 2
_ROOT = Path(__file__).parents[2]


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


@app.command()
def preview(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks to preview; all when none is named.")
    ] = None,
    *,
    today: Today = "",
    checkov: Annotated[bool, typer.Option(help="Ask checkov for a second opinion.")] = True,
    output: Annotated[
        Path | None,
        typer.Option(help="Where reports are written.", show_default="build/preview in this checkout"),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Compare with where this branch left REF.", metavar="REF", show_default=False),
    ] = None,
    organisation: From = None,
    as_first_preview: Annotated[
        bool,
        typer.Option("--as-first-preview", help="Say what is undecided while nothing exists; write nothing."),
    ] = False,
) -> None:
    """Build stacks from the real program and judge them; reports go to build/preview/STACK/."""
    if as_first_preview:
        from gate.cli.first_preview import run as first  # noqa: PLC0415 as below

        if against is not None:
            raise GateError("--as-first-preview compares a stack with itself: leave out --against")
        raise typer.Exit(first(stacks or [], organisation))
    if against is not None and organisation is not None:
        raise GateError("--against compares this checkout's own stacks: leave out --from")
    folder = (output or _ROOT / "build" / "preview").resolve()
    if against is not None and not stacks:
        from gate.pull_request.untouched import answered  # noqa: PLC0415 as below; this one needs no Pulumi

        width = None if sys.stdout.isatty() else 160
        if answered(against, folder, Console(width=width)):
            raise typer.Exit
    from gate.cli.preview import run  # noqa: PLC0415 the other commands need not pay for Pulumi's import

    if against is not None:
        from gate.cli.against import run as compare  # noqa: PLC0415 as above
        from gate.evaluate.preview import Options  # noqa: PLC0415 as above

        options = Options(today=day(today), with_checkov=checkov, output=folder)
        raise typer.Exit(compare(stacks or [], against, options))
    raise typer.Exit(
        run(stacks or [], day(today), with_checkov=checkov, output=folder, organisation=organisation)
    )


@app.command()
def judge(
    paths: Annotated[
        list[Path], typer.Argument(help="State exports, previews, manifests, or folders of them.")
    ],
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json, markdown, sarif or junit.")] = "text",
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="The least severity that fails: critical, high, medium or low.")
    ] = "high",
) -> None:
    """Judge files nobody here wrote: a state export, a preview, Kubernetes YAML or JSON."""
    from gate.cli.judge import run  # noqa: PLC0415 as in preview

    raise typer.Exit(run(paths, day(today), form, fail_on))


@app.command()
def waivers(
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
) -> None:
    """List accepted findings, the next to end first."""
    from gate.cli.waivers import FORMATS, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    run(day(today), form, Console(width=None if sys.stdout.isatty() else 160))


@app.command()
def policies(
    form: Annotated[
        str, typer.Option("--format", help="text, markdown or controls (both pages of docs).")
    ] = "text",
) -> None:
    """List every rule with its level and reason."""
    from gate.cli.policies import show_rules  # noqa: PLC0415 as in preview

    show_rules(form)


@app.command()
def explain(rule: Annotated[str, typer.Argument(help="A rule's id.")]) -> None:
    """Say what a rule holds, why, and what to do when it breaks."""
    from gate.cli.policies import explain_rule  # noqa: PLC0415 as in preview

    explain_rule(rule, Console())


@app.command()
def permissions(
    role: Annotated[str, typer.Argument(help="deploy or preview.")],
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks to ask about; all when none is named.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    organisation: From = None,
    *,
    write: Annotated[
        bool, typer.Option("--write", help="Write both roles' documents to bootstrap/permissions/STACK.json.")
    ] = False,
) -> None:
    """Say what a stack's deploy or preview role has to be allowed, worked out from what the stack registers."""
    from gate.deploy.command import run  # noqa: PLC0415 as in preview

    run(role, stacks or [], form, organisation, write=write)


add_commands(app)
app.add_typer(release, name="release")
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
    from gate.capture.stacks import ROOT, chosen  # noqa: PLC0415 as in preview

    checked = chosen(stacks or [], (organisation or ROOT).resolve())
    Console().print(
        f"{len(checked)} stacks are well-formed: {', '.join(s.name for s in checked)}", highlight=False
    )
