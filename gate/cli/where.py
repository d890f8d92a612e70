"""``slipway where``: in which file something stands, by the words one knows it by."""

import sys
from collections.abc import Mapping
from typing import Annotated, Final

import typer

from gate.cli.options import examples
from gate.core.checkout import ROOT

_FEW: Final = 3
_HEADS: Final[Mapping[str, str]] = {
    "word": "what the word means",
    "answer": "asked before (docs/README.md)",
    "rule": "rules",
    "setting": "settings and fields of records",
    "code": "code and facts",
    "page": "pages",
}
_WIDE: Final = 110


def add_where(app: typer.Typer) -> None:
    """Add the command to the others."""
    app.command(
        epilog=examples("where hostPort", "where burn rate", "where max-model-len", "where cooldownPeriod")
    )(where)


def where(
    words: Annotated[
        list[str], typer.Argument(help="Words, as the field writes them: 'imds', 'hostPort', 'burn rate'.")
    ],
) -> None:
    """Say where something stands: rules, settings, code and pages that are about these words; 1 where nothing is."""
    from gate.cli.where_search import KINDS, nearest, read  # noqa: PLC0415 it loads every rule, which others can do without

    kept, found = nearest(read(ROOT), words)
    if kept and len(kept) < sum(len(said.split()) for said in words):
        sys.stdout.write(f"nothing is about all of these words; about {' '.join(kept)}:\n")
    for kind in KINDS:
        best = found[kind][:_FEW]
        if best:
            sys.stdout.write(f"{_HEADS[kind]}\n")
        for hit in best:
            # An answer names its files last: it is never cut.
            said = hit.text if kind == "answer" else _short(hit.text)
            sys.stdout.write(f"  {hit.file}:{hit.line}  {said}\n")
    if not any(found.values()):
        sys.stdout.write(f"nothing is about {' '.join(words)!r}: try a word of it, or grep\n")
        raise typer.Exit(1)


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 3]}..."
