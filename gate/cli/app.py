"""The command ``slipway``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.adopt import add_adoption
from gate.cli.ci import add_commands
from gate.cli.config import config
from gate.cli.local import local
from gate.cli.loops import add_loop_commands
from gate.cli.options import From, Only, Skip, Today, day, examples
from gate.cli.release import release
from gate.cli.waiver_commands import add_waiver_commands
from gate.cli.where import add_where
from gate.core.checkout import ROOT
from gate.core.errors import GateError

app = typer.Typer(
    name="slipway",
    help="Judge stacks of open-model platforms without an account.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: no boxes that take a terminal's width, and no markup in what users typed
    epilog=examples(
        "preview dev", "preview --against main", "judge rendered.yaml", "explain buckets-block-public-access"
    ),
)
ERROR = 2


def main() -> None:
    """Run the command; anything unforeseen ends with exit code 2, never with a pass."""
    _hold_streams()
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


def _hold_streams() -> None:
    """A closed stream (``>&-``) is nowhere: the first file that is opened would take its number, and get our output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 as long as the process
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 as above


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 as in preview

        typer.echo(f"slipway {version('slipway')}")
        raise typer.Exit


@app.callback()
def common(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Judge stacks of open-model platforms without an account."""


@app.command(
    epilog=examples(
        "preview", "preview dev --no-checkov", "preview --against main", "preview dev --only 'pods-*'"
    )
)
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
    only: Only = None,
    skip: Skip = None,
    as_first_preview: Annotated[
        bool,
        typer.Option("--as-first-preview", help="Say what is undecided while nothing exists; write nothing."),
    ] = False,
) -> None:
    """Build stacks from the real program and judge them; reports go to build/preview/STACK/."""
    if (only or skip) and (as_first_preview or against is not None):
        raise GateError("--only and --skip judge one side alone: leave out --against and --as-first-preview")
    if as_first_preview:
        from gate.cli.first_preview import run as first  # noqa: PLC0415 as below

        if against is not None:
            raise GateError("--as-first-preview compares a stack with itself: leave out --against")
        raise typer.Exit(first(stacks or [], organisation))
    if against is not None and organisation is not None:
        raise GateError("--against compares this checkout's own stacks: leave out --from")
    folder = (output or ROOT / "build" / "preview").resolve()
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
        run(
            stacks or [],
            day(today),
            with_checkov=checkov,
            output=folder,
            organisation=organisation,
            only=only or [],
            skip=skip or [],
        )
    )


@app.command(
    epilog=examples(
        "judge manifests/", "judge export.json --format=sarif", "judge - --skip 'images-*'   (reads a pipe)"
    )
)
def judge(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="State exports, previews, manifests, or folders of them; - reads standard input."
        ),
    ],
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json, markdown, sarif or junit.")] = "text",
    *,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="The least severity that fails: critical, high, medium or low.")
    ] = "high",
    pack: Annotated[
        str,
        typer.Option(
            "--pack", help="portable (true of anybody's stack), platform (conventions of this one), or all."
        ),
    ] = "portable",
    checkov: Annotated[
        bool, typer.Option("--checkov", help="Ask checkov too; it takes some seconds to start.")
    ] = False,
    only: Only = None,
    skip: Skip = None,
) -> None:
    """Judge files nobody here wrote: a state export, a preview, Kubernetes YAML or JSON."""
    from gate.cli.judge import run  # noqa: PLC0415 as in preview

    judged = run(paths, day(today), form, only or [], skip or [], fail_on=fail_on, pack=pack, checkov=checkov)
    raise typer.Exit(judged)


@app.command(
    epilog=examples(
        "policies --search hostPort", "policies --domain karpenter", "policies --search 'kms rotation'"
    )
)
def policies(
    form: Annotated[
        str,
        typer.Option(
            "--format", help="text, markdown or controls (the index of docs/rules.md, docs/controls.md)."
        ),
    ] = "text",
    *,
    search: Annotated[
        str, typer.Option(help="Rules that hold all these words: in id, reason, fix, types or controls.")
    ] = "",
    domain: Annotated[str, typer.Option(help="Rules of one domain, such as aws or kubernetes.")] = "",
    write: Annotated[
        bool,
        typer.Option("--write", help="Write docs/rules.md, docs/rules/DOMAIN.md and docs/controls.md again."),
    ] = False,
) -> None:
    """List rules with their level and reason."""
    from gate.cli.policies import show_rules, write_pages  # noqa: PLC0415 as in preview

    if write:
        write_pages()
    else:
        show_rules(form, search, domain)


@app.command(epilog=examples("explain buckets-block-public-access", "explain checkov:CKV_AWS_7"))
def explain(rule: Annotated[str, typer.Argument(help="A rule's id, or a check of checkov.")]) -> None:
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
add_adoption(app)
add_waiver_commands(app)
add_where(app)
add_loop_commands(app)
app.add_typer(config, name="config")
app.add_typer(release, name="release")
app.add_typer(local, name="local")
