"""``slipway config``: stack files, checked without building anything."""

from typing import Annotated

import typer
from rich.console import Console

from gate.cli.options import From
from gate.core.checkout import ROOT

config = typer.Typer(help="Stack files.", no_args_is_help=True)


@config.command("check")
def config_check(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks to check; all when none is named.")
    ] = None,
    organisation: From = None,
) -> None:
    """Check stack files and the releases they name; every problem is listed at once."""
    from gate.capture.chosen import chosen  # noqa: PLC0415 as in preview

    checked = chosen(stacks or [], (organisation or ROOT).resolve())
    count = "1 stack is" if len(checked) == 1 else f"{len(checked)} stacks are"
    Console().print(f"{count} well-formed: {', '.join(s.name for s in checked)}", highlight=False)
