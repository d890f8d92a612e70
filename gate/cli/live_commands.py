"""Commands that ask an account and a cluster, read-only."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.options import From, examples
from gate.core.errors import GateError

_STACK = Annotated[str, typer.Argument(help="A stack that is up, or is about to be.")]
_FORM = Annotated[str, typer.Option("--format", help="text or json.")]
_FORMATS = ("text", "json")


def add_live_commands(app: typer.Typer) -> None:
    """Add these commands to the others."""
    app.command(epilog=examples("doctor dev", "doctor prod --format json"))(doctor)
    app.command(epilog=examples("status dev", "status dev --prometheus http://localhost:9090"))(status)


def doctor(stack: _STACK, form: _FORM = "text", organisation: From = None) -> None:
    """Ask the account and the cluster whether a stack can run, read-only; 1: something is bad, 2: not all was asked."""
    from gate.live.command import doctor as asked  # noqa: PLC0415 the other commands need not pay for it

    _check(form)
    now = datetime.now(tz=UTC)
    raise typer.Exit(asked(stack, form, organisation, now, _console()))


def status(
    stack: _STACK,
    prometheus: Annotated[
        str | None,
        typer.Option(
            help="Where the stack's Prometheus answers, for budgets.", metavar="ADDRESS", show_default=False
        ),
    ] = None,
    form: _FORM = "text",
    organisation: From = None,
) -> None:
    """Say which versions answer, with what share and pods, and what happened last; 1 where it is not as declared."""
    from gate.cli.status import run  # noqa: PLC0415 as above

    _check(form)
    if not run(stack, prometheus, form, organisation, _console()):
        raise typer.Exit(1)


def _check(form: str) -> None:
    if form not in _FORMATS:
        raise GateError(f"--format: should be {', '.join(_FORMATS)} (got {form!r})")


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 160)
