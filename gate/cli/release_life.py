"""The commands of a release's life: each appends one event, or changes one line of a stack file, and prints it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from gate.cli.options import From, day, examples, moment
from gate.core.errors import GateError

Version = Annotated[str, typer.Argument(help="MODEL/VERSION, such as minilm/v2.", metavar="NAME")]
Who = Annotated[
    str, typer.Option(help="The address of who says so.", show_default="user.email of git", metavar="ADDRESS")
]
Evidence = Annotated[
    list[str] | None,
    typer.Option(help="What it rests on: a page, a ticket, a run. Repeat it.", metavar="WORDS"),
]
Written = Annotated[
    str, typer.Option("--today", help="The day that is written (YYYY-MM-DD).", show_default="the current day")
]
Stack = Annotated[str, typer.Option(help="The stack whose file is changed.")]
Skip = Annotated[
    str,
    typer.Option(
        "--skip-step", help="Why a step or its time is left out; it stands in the file.", metavar="REASON"
    ),
]
Now = Annotated[
    str, typer.Option(help="The time that holds are measured to.", metavar="TIME", show_default="the clock")
]
Sign = Annotated[
    Path | None,
    typer.Option(
        "--sign", help="A key of yours that releases/people.yaml names.", metavar="KEY", show_default=False
    ),
]
Refuse = Annotated[bool, typer.Option("--refuse", help="Say no.")]
Reason = Annotated[str, typer.Option(help="Why, in words.")]
Successor = Annotated[
    str, typer.Option(help="The version that comes after it, such as v2.", metavar="VERSION")
]


def add_life(release: typer.Typer) -> None:
    """Add these commands to ``slipway release``."""
    first = examples("release review minilm/v2 --evidence 'the card names Apache-2.0'")
    release.command(epilog=first)(review)
    release.command(epilog=examples("release approve minilm/v2 --evidence 'run 812: 0.86, floor 0.8'"))(
        approve
    )
    release.command(epilog=examples("release upload minilm/v2 FOLDER --stack dev --run"))(upload)
    release.command(epilog=examples("release promote minilm/v2 --stack dev"))(promote)
    release.command(epilog=examples("release rollback minilm --stack dev"))(rollback)
    release.command(epilog=examples("release sign minilm/v2 --key ~/.ssh/id_ed25519"))(sign)
    for command in (retire, deprecate, sunset, revoke):
        release.command()(command)


def review(
    name: Version,
    evidence: Evidence = None,
    who: Who = "",
    *,
    met: Annotated[
        list[str] | None,
        typer.Option(help="An obligation of the licence that is met. Repeat it.", metavar="NAME"),
    ] = None,
    expires: Annotated[str, typer.Option(help="The day it must be read again.", metavar="DAY")] = "",
    refuse: Refuse = False,
    sign: Sign = None,
    today: Written = "",
    organisation: From = None,
) -> None:
    """Say that somebody read the licence and accepts it, or refuses it."""
    said = {
        "decision": "refused" if refuse else "accepted",
        "obligations_met": met or [],
        **({"expires": _date(expires, "--expires")} if expires else {}),
    }
    _append(name, "licence-review", said, (who, evidence), today, organisation, sign)


def approve(
    name: Version,
    evidence: Evidence = None,
    who: Who = "",
    *,
    refuse: Refuse = False,
    sign: Sign = None,
    today: Written = "",
    organisation: From = None,
) -> None:
    """Answer for a release being served, or refuse it."""
    said = {"decision": "refused" if refuse else "approved"}
    _append(name, "approval", said, (who, evidence), today, organisation, sign)


def sign(
    name: Version,
    key: Annotated[Path, typer.Option(help="A key of yours that releases/people.yaml names.")],
    who: Who = "",
    organisation: From = None,
) -> None:
    """Sign what somebody decided about a release and did not sign yet, with their own SSH key."""
    from gate.cli.release_append import sign_events  # noqa: PLC0415 as in preview

    sign_events(name, key.expanduser(), who, organisation)


def deprecate(
    name: Version,
    *,
    reason: Reason,
    evidence: Evidence = None,
    successor: Successor = "",
    who: Who = "",
    today: Written = "",
    organisation: From = None,
) -> None:
    """Say that nothing new should use a release."""
    _append(name, "deprecation", _because(reason, successor), (who, evidence), today, organisation)


def sunset(
    name: Version,
    *,
    ends: Annotated[str, typer.Option(help="The day on which it stops being served.", metavar="DAY")],
    reason: Reason,
    evidence: Evidence = None,
    successor: Successor = "",
    who: Who = "",
    today: Written = "",
    organisation: From = None,
) -> None:
    """Name the day on which a release stops being served."""
    said = {"ends": _date(ends, "--ends"), **_because(reason, successor)}
    _append(name, "sunset", said, (who, evidence), today, organisation)


def revoke(
    name: Version,
    *,
    reason: Reason,
    evidence: Evidence = None,
    who: Who = "",
    today: Written = "",
    organisation: From = None,
) -> None:
    """Say that a release must not be served from now on; there is no way back."""
    _append(name, "revocation", _because(reason, ""), (who, evidence), today, organisation)


def upload(
    name: Version,
    folder: Annotated[Path, typer.Argument(help="The folder that holds the model's files.")],
    stack: Annotated[str, typer.Option(help="The stack whose store takes them.")],
    *,
    run: Annotated[
        bool, typer.Option("--run", help="Do it with the AWS CLI instead of printing it.")
    ] = False,
    organisation: From = None,
) -> None:
    """Print the copy of a release's files to a stack's store, or do it and verify what lies there."""
    from gate.cli.release_upload import upload as uploaded  # noqa: PLC0415 as in preview

    raise typer.Exit(uploaded(name, folder, stack, run=run, organisation=organisation))


def promote(
    name: Version,
    stack: Stack,
    *,
    to: Annotated[
        int | None,
        typer.Option(help="The share, in per cent.", metavar="PERCENT", show_default="the next step"),
    ] = None,
    skip_step: Skip = "",
    now: Now = "",
    organisation: From = None,
) -> None:
    """Enter a version into a stack, or give it the next share that its record allows."""
    from gate.cli.release_traffic import promote as promoted  # noqa: PLC0415 as in preview

    promoted(name, stack, to=to, skip=skip_step, now=moment(now), organisation=organisation)


def rollback(
    model: Annotated[str, typer.Argument(help="The model.", metavar="MODEL")],
    stack: Stack,
    to: Annotated[
        str,
        typer.Option(help="The version that shall answer.", metavar="VERSION", show_default="the one before"),
    ] = "",
    organisation: From = None,
) -> None:
    """Take a candidate's share back, or let the version before answer again."""
    from gate.cli.release_traffic import rollback as rolled_back  # noqa: PLC0415 as in preview

    rolled_back(model, stack, to=to, organisation=organisation)


def retire(
    name: Version, stack: Stack, *, skip_step: Skip = "", now: Now = "", organisation: From = None
) -> None:
    """Take a version out of a stack whose rollback window is over."""
    from gate.cli.release_traffic import retire as retired  # noqa: PLC0415 as in preview

    retired(name, stack, skip=skip_step, now=moment(now), organisation=organisation)


def _because(reason: str, successor: str) -> dict[str, str]:
    return {"reason": reason, **({"successor": successor} if successor else {})}


def _date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise GateError(f"{option}: should be a date such as 2027-01-31 (got {text!r})") from None


def _append(  # noqa: PLR0917 as the commands read
    name: str,
    kind: str,
    said: Mapping[str, object],
    by: tuple[str, list[str] | None],
    today: str,
    organisation: Path | None,
    key: Path | None = None,
) -> None:
    from gate.cli.release_append import append  # noqa: PLC0415 as in preview

    evidence = by[1] or []
    append(
        name, kind, said, who=by[0], evidence=evidence, today=day(today), organisation=organisation, key=key
    )
