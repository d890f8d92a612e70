"""Names that would steer a terminal, or write lines of their own into a report or a log."""

import subprocess
import sys

import pytest

from gate.core.errors import GateError
from gate.core.printable import one_line, printable

EVIL = "x\n::error::all is well\x1b]0;title\x07\x9b31m\u202e\u2028y"


def test_what_steers_is_shown_and_not_sent():
    assert printable(EVIL) == "x\n::error::all is well\\x1b]0;title\\x07\\x9b31m\\u202e\u2028y"
    assert one_line(EVIL) == "x\\n::error::all is well\\x1b]0;title\\x07\\x9b31m\\u202e\\u2028y"


def test_a_text_without_end_is_cut():
    assert one_line("a" * 5000) == f"{'a' * 1000}... (5,000 characters)"


def test_an_error_keeps_its_lines_and_nothing_that_steers():
    assert str(GateError("a\x1b[2J:", ["b\x07"])) == "a\\x1b[2J:\n  b\\x07"


@pytest.mark.parametrize(
    "content",
    ["[", 'apiVersion: v1\nkind: Pod\nmetadata: {name: "x\\n::error::y\\e[2J"}\nspec: {hostNetwork: true}\n'],
)
def test_a_name_begins_no_line_of_its_own(tmp_path, content):
    """Of a file or of an object: a workflow takes a line that begins with :: for a command."""
    path = tmp_path / "a\n::error::b\x1b[2J.yaml"
    path.write_text(content)
    done = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-c", "from gate.cli import main; main()", "judge", str(path), "--today=2026-11-23"],
        capture_output=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode in {1, 2}
    assert said
    assert b"\x1b" not in said
    assert not [line for line in said.splitlines() if line.startswith(b"::")]
