"""Where a difference is written, and that an older one never stands for it."""

from pathlib import Path

from rich.console import Console

from gate.core.errors import GateError
from gate.difference import markdown, terminal
from gate.difference.record import Difference
from gate.evaluate.output_folder import shown

_FILES = ("difference.json", "difference.md")


def clear(output: Path) -> None:
    """Remove an older difference.

    Raises:
        GateError: it cannot be removed.
    """
    try:
        for name in _FILES:
            (output / name).unlink(missing_ok=True)
    except OSError as error:
        raise GateError(f"{output} cannot be written:", [str(error)]) from None


def finish(difference: Difference, output: Path, console: Console) -> None:
    """Write a difference and print it.

    Raises:
        GateError: it cannot be written.
    """
    write(difference, output)
    terminal.show(difference, console)
    console.print(
        f"difference: {shown(output)}/difference.md, difference.json",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def write(difference: Difference, output: Path) -> None:
    """Write a difference for people and for machines.

    Raises:
        GateError: it cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "difference.json").write_text(markdown.as_json(difference), encoding="utf-8")
        (output / "difference.md").write_text(markdown.as_markdown(difference), encoding="utf-8")
    except OSError as error:
        raise GateError(f"{output} cannot be written:", [str(error)]) from None
