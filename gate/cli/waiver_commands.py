"""Commands about accepted findings, and what an audit asks."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.cli.options import From, Today, day, examples
from gate.core.errors import GateError

_EXAMPLE = (
    "waive build/preview/dev/report.json --rule kms-keys-rotate --owner ml-platform --reason '...' --write"
)


def add_waiver_commands(app: typer.Typer) -> None:
    """Add these commands to the others."""
    app.command()(waivers)
    app.command(epilog=examples("audit", "audit where minilm", "audit served --on 2026-11-28"))(audit)
    app.command(epilog=examples(_EXAMPLE))(waive)


def waivers(
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "text",
) -> None:
    """List accepted findings, the next to end first."""
    from gate.cli.waivers import FORMATS, run  # noqa: PLC0415 as in preview

    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    run(day(today), form, Console(width=None if sys.stdout.isatty() else 160))


def audit(
    question: Annotated[
        str,
        typer.Argument(
            help="approvals, identity, eyes, served, where, risks, retention or training; all when none is named.",
            show_default=False,
        ),
    ] = "",
    release: Annotated[
        str, typer.Argument(help="Only this MODEL, or MODEL/VERSION.", metavar="NAME", show_default=False)
    ] = "",
    *,
    on: Annotated[str, typer.Option(help="The day that served is asked about.", show_default="today")] = "",
    today: Today = "",
    form: Annotated[str, typer.Option("--format", help="text, json, markdown or html.")] = "text",
    organisation: From = None,
) -> None:
    """Answer an audit from git, stack files and records: who approved what, what served when, what is kept."""
    from gate.cli.audit import run as answered  # noqa: PLC0415 as in preview

    now = day(today)
    asked = [question] if question else []
    answered(asked, (organisation, release), (now, day(on, "--on") if on else now), form)


def waive(
    report: Annotated[Path, typer.Argument(help="A report.json of a preview or of judge.")],
    *,
    rule: Annotated[list[str], typer.Option("--rule", help="Whose findings (a pattern; may be repeated).")],
    reason: Annotated[str, typer.Option(help="Why this is accepted, in at least 20 characters.")],
    owner: Annotated[str, typer.Option(help="Who answers for it.")],
    resource: Annotated[
        list[str] | None, typer.Option("--resource", help="Only resources whose name holds this.")
    ] = None,
    stack: Annotated[
        list[str] | None,
        typer.Option("--stack", help="Where it holds: names, patterns such as 'prod-*', or all."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=180, help="How long it holds.")] = 90,
    write: Annotated[bool, typer.Option("--write", help="Add it to policies/waivers.yaml.")] = False,
    today: Today = "",
) -> None:
    """Draft waivers for open findings of a report: each names exactly what was found."""
    from gate.cli.waivers import draft  # noqa: PLC0415 as in preview
    from gate.evaluate.draft_waivers import Acceptance  # noqa: PLC0415 as in preview

    created = day(today)
    accepted = Acceptance(
        reason=reason,
        owner=owner,
        created=created,
        expires=created + timedelta(days=days),
        stacks=stack or [],
    )
    draft(report, rule, resource or [], accepted, write=write)
