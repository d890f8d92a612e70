"""Options that several commands take, and the one place where the clock is read."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from gate.core.errors import GateError

Today = Annotated[
    str, typer.Option("--today", help="Judge as of this date (YYYY-MM-DD).", show_default="the current day")
]
From = Annotated[
    Path | None,
    typer.Option("--from", help="The folder that holds stacks/ and releases/.", show_default="this checkout"),
]

Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="Apply these rules alone (a pattern such as 'pods-*'; may be repeated).",
        metavar="RULE",
    ),
]
Skip = Annotated[
    list[str] | None,
    typer.Option("--skip", help="Leave these rules out; the report says so (as --only).", metavar="RULE"),
]


def examples(*lines: str) -> str:
    """What stands below a command's help; the mark keeps each line as it is."""
    return "\b\nExamples:\n" + "\n".join(f"  slipway {line}" for line in lines)


def moment(text: str) -> datetime:
    """The time an option gave, or the current one, in UTC."""
    if not text:
        return datetime.now(tz=UTC)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise GateError(f"--now: should be a time such as 2026-11-23T09:30Z (got {text!r})") from None
    return said.replace(tzinfo=said.tzinfo or UTC)


def day(text: str, option: str = "--today") -> date:
    """The date an option gave, or today's in UTC; the clock is read in this file and nowhere else."""
    if not text:
        return datetime.now(tz=UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GateError(f"{option}: should be a date such as 2026-11-23 (got {text!r})") from None
