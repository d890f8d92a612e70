"""``slipway comment``: what somebody else's code says of its change, as a comment that this code writes.

The text is made in gate/difference/markdown.py, from gate/render/templates/difference.md.j2.

A pull request's own preview makes the difference, so whoever opens one chooses every letter of it. Here it is data:
read by this checkout's types, written by this checkout's template, in which text stays text.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from gate.core.errors import GateError
from gate.difference.markdown import LONGEST_COMMENT, as_markdown
from gate.difference.record import FORMAT, Difference
from gate.pull_request.github import pull_request_at, put_comment

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a difference that are read; the largest one seen has less than one million."""
MARK: Final = "<!-- slipway: what this change means -->"
"""By this the next run finds its comment among others."""
_FOOTER: Final = (
    "\n---\n<sub>The pull request's own code found this; the files of its run hold it in full. A change of `gate/`, "
    f"`policies/` or a workflow can change what is found.</sub>\n{MARK}\n"
)
_NEEDED: Final = frozenset({"rule", "level", "urn", "message"})
_SHOWN: Final = 8
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_UNREADABLE: Final = f"the default branch cannot read the difference, as it is not of format {FORMAT}:"


@dataclass(frozen=True, kw_only=True)
class _Written(Difference):
    """A difference as difference.json holds it."""

    format: Literal[1]


def comment(path: Path) -> str:
    """The comment for a difference.json that nobody trusts.

    Where there is none, or none that this checkout can read, the comment says so: an older one, of an earlier commit,
    must not stand for this one.
    """
    try:
        difference = _read(path)
    except GateError as error:
        difference = Difference(base="", head="", stacks=(), problems=[error.headline, *error.problems])
    return as_markdown(difference, LONGEST_COMMENT - len(_FOOTER)) + _FOOTER


def post(path: Path, commit: str) -> str:
    """Put the comment on the pull request whose newest commit was previewed; what was done.

    The number comes from GitHub, by the commit that GitHub says ran, and never from the file.

    Raises:
        GateError: GitHub cannot be asked.
    """
    if not _COMMIT.fullmatch(commit):
        raise GateError(f"--commit: should be 40 hexadecimal digits (got {commit!r})")
    number = pull_request_at(commit)
    if number is None:
        return f"no open pull request is at {commit} any more"
    put_comment(number, MARK, comment(path))
    return f"pull request {number} has its comment"


def _read(path: Path) -> Difference:
    try:
        if path.stat().st_size > LARGEST:
            raise GateError(f"the difference has {path.stat().st_size} bytes; at most {LARGEST} are read")
        text = path.read_bytes()
    except FileNotFoundError:
        raise GateError("the preview ended before it compared anything: see its run") from None
    except OSError as error:
        raise GateError("the difference cannot be read:", [error.strerror or str(error)]) from None
    try:
        difference = TypeAdapter(_Written).validate_json(text)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()]
        raise GateError(_UNREADABLE, problems[:_SHOWN]) from None
    problems = _incomplete(difference)
    if problems:
        raise GateError(_UNREADABLE, problems[:_SHOWN])
    return difference


def _incomplete(difference: Difference) -> list[str]:
    return [
        f"stacks.{stack.stack}: {what} lacks {', '.join(sorted(_NEEDED - said.keys()))}"
        for stack in difference.stacks
        for what, found in (
            ("a new finding", stack.new_findings),
            ("a fixed finding", stack.fixed_findings),
            ("a waived finding", stack.waived_findings),
            ("what is undecided", stack.undecided),
        )
        for said in found
        if not said.keys() >= _NEEDED
    ]
