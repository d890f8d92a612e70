"""The commands ``slipway release``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.options import From, Today, day
from gate.cli.release_evaluate import add_evaluate
from gate.cli.release_life import Who, add_life
from gate.core.checkout import ROOT

release = typer.Typer(help="Release records and what happened to them.", no_args_is_help=True)
add_life(release)
add_evaluate(release)
Name = Annotated[str, typer.Argument(help="MODEL, or MODEL/VERSION.", metavar="NAME")]
Version = Annotated[str, typer.Argument(help="MODEL/VERSION, such as minilm/v2.", metavar="NAME")]
Written = Annotated[
    str, typer.Option("--today", help="The day that is written (YYYY-MM-DD).", show_default="the current day")
]
Form = Annotated[str, typer.Option("--format", help="text or json.")]


@release.command("list")
def release_list(today: Today = "", form: Form = "text", organisation: From = None) -> None:
    """List every version of every model with its state."""
    from gate.cli.release_list import show_all  # noqa: PLC0415 as in preview

    show_all(day(today), form, organisation)


@release.command("status")
def release_status(name: Name, today: Today = "", form: Form = "text", organisation: From = None) -> None:
    """Say what is true of a release now, and the events that made it so."""
    from gate.cli.release_list import show_status  # noqa: PLC0415 as in preview

    show_status(name, day(today), form, organisation)


@release.command("explain")
def release_explain(name: Name, form: Form = "text", organisation: From = None) -> None:
    """Show the arithmetic of a release's GPU memory, and which instance types hold it."""
    from gate.cli.release_explain import explain_size  # noqa: PLC0415 as in preview

    explain_size(name, form, organisation)


@release.command("new")
def release_new(
    name: Version,
    folder: Annotated[Path, typer.Argument(help="The folder that holds the model's files.")],
    who: Who = "",
    today: Written = "",
    organisation: From = None,
) -> None:
    """Draft a record from a folder of model files and the version before it; what people must decide is left open."""
    from gate.cli.release_new import new_release  # noqa: PLC0415 as in preview

    new_release(name, folder, day(today), organisation, who)


@release.command("event")
def release_event(
    name: Version,
    kind: Annotated[
        str,
        typer.Argument(
            help="licence-review, evaluation, approval, incident, deprecation, revocation or sunset.",
            metavar="KIND",
        ),
    ],
    today: Written = "",
    organisation: From = None,
) -> None:
    """Draft an event on a release, with the digest of its record; what somebody decides is left open."""
    from gate.cli.release_event import new_event  # noqa: PLC0415 as in preview

    new_event(name, kind, day(today), organisation)


@release.command("verify")
def release_verify(
    name: Version,
    folder: Annotated[Path, typer.Argument(help="The folder that holds a copy of the model's files.")],
    form: Form = "text",
    organisation: From = None,
) -> None:
    """Compare a local copy of a model's files with its record, and ask who signed them."""
    from gate.cli.release_verify import verify_release  # noqa: PLC0415 as in preview

    raise typer.Exit(verify_release(name, folder, form, organisation))


@release.command("frozen")
def release_frozen(
    against: Annotated[str, typer.Option(help="Compare with where this branch left REF.", metavar="REF")],
) -> None:
    """Refuse a merged record whose values changed, and a merged event that changed or is gone."""
    from gate.pull_request.frozen import bases, broken_promises  # noqa: PLC0415 as in preview

    problems = broken_promises(ROOT, against)
    for problem in problems:
        Console(stderr=True).print(problem, style="red", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    commits = " and ".join(commit[:7] for commit in bases(ROOT, against))
    typer.echo(
        f"releases are as they were merged (compared with {commits}, where this branch left {against})"
    )
