"""``slipway registry``: an index of what records, events and stack files say, and answers over it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gate.cli.options import From, Today, day, examples
from gate.core.checkout import ROOT
from gate.core.errors import GateError

registry = typer.Typer(
    help="Ask about all releases at once: an index, a page, an API.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path | None, typer.Option(help="Where the index stands.", show_default="build/registry in this checkout")
]


@registry.command(epilog=examples("registry build", "registry build --from examples --folder /tmp/registry"))
def build(today: Today = "", organisation: From = None, folder: Folder = None) -> None:
    """Write registry.sqlite and registry.json from the records and the stack files."""
    from gate.evaluate.output_folder import shown  # noqa: PLC0415 as in preview
    from gate.registry.content import content  # noqa: PLC0415 as in preview
    from gate.registry.index import write  # noqa: PLC0415 as in preview

    made = content(_root(organisation), day(today))
    files = write(made, _folder(folder))
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in made.tables.items())
    typer.echo(f"{counts}: {', '.join(shown(file) for file in files)}")


@registry.command(epilog=examples("registry export mlflow", "registry export kubeflow --from examples"))
def export(
    form: Annotated[str, typer.Argument(help="json, mlflow or kubeflow.")],
    today: Today = "",
    organisation: From = None,
) -> None:
    """Print all releases in the words of another registry's interface."""
    from gate.registry.content import content  # noqa: PLC0415 as in preview
    from gate.registry.export import FORMATS  # noqa: PLC0415 as in preview
    from gate.render.json_text import as_json  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"should be {', '.join(FORMATS)} (got {form!r})")
    sys.stdout.write(as_json(FORMATS[form](content(_root(organisation), day(today)))))


@registry.command(epilog=examples("registry serve", "registry serve --port 9000"))
def serve(
    *,
    folder: Folder = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    behind: Annotated[
        bool,
        typer.Option(
            "--behind-authentication",
            help="Something in front asks who comes: allows an address beyond loopback.",
        ),
    ] = False,
) -> None:
    """Answer over HTTP from a built index, and show it as a page. Only reads; ends with Ctrl-C."""
    from gate.registry.index import Index  # noqa: PLC0415 as in preview
    from gate.registry.server import server  # noqa: PLC0415 as in preview

    with server(Index(_folder(folder)), host, port, is_behind=behind) as serving:
        named = f"[{host}]" if ":" in host else host
        typer.echo(f"registry: http://{named}:{serving.server_address[1]}/ (Ctrl-C ends it)")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            typer.echo("ended")


def _root(organisation: Path | None) -> Path:
    return (organisation or ROOT).resolve()


def _folder(folder: Path | None) -> Path:
    return (folder or ROOT / "build" / "registry").resolve()
