"""What a program of a shell fetches and runs: known ways, found in time that grows with the text and no faster.

The text is a stranger's. So every repetition has an end, no pattern refers back to what it found, and a text that is
longer than what a kernel starts is not searched.
"""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine.values import UndecidedError

LONGEST: Final = 128 * 1024
"""Characters; of one argument Linux takes as many bytes (``MAX_ARG_STRLEN``, execve(2), read 2026-11-29)."""
_FAR: Final = 400
"""Between a program and what it is told; a line of a command is hardly longer."""
_INTERPRETER: Final = r"\b(?:(?:ba|z|da|k)?sh|python[\d.]{0,8}|perl|ruby|node)\b"
_DOWNLOADS: Final = r"\b(?:curl|wget)\b"
PIPED: Final = "pipes a download into an interpreter"
RUN: Final = "runs a downloaded script"
_INSTALLS: Final = (
    (
        PIPED,
        re.compile(
            rf"{_DOWNLOADS}[^|;\n]{{0,{_FAR}}}\|\s{{0,80}}(?:sudo\s{{1,80}})?(?:\S{{0,80}}/)?{_INTERPRETER}"
        ),
    ),
    (
        RUN,
        re.compile(
            rf"(?:{_INTERPRETER}|\bsource|\beval)\s{{1,80}}(?:-c\s{{1,80}})?[\"']?(?:<\(|\$\()\s{{0,80}}(?:curl|wget)\b"
        ),
    ),
    (
        "installs packages",
        re.compile(r"\b(?:pip3?|uv pip|conda|mamba|poetry)\s{1,80}(?:install|add)\b"),
    ),
    (
        "installs packages",
        re.compile(
            r"\b(?:apt|apt-get|apk|yum|dnf|microdnf)\s{1,80}(?:-\S{1,80}\s{1,80}){0,12}(?:install|add)\b"
        ),
    ),
    ("installs packages", re.compile(r"\b(?:npm|pnpm|yarn)\s{1,80}(?:install|i|add|ci)\b|\bnpx\s")),
    ("clones a repository", re.compile(r"\bgit\s{1,80}clone\b")),
    (
        "fetches a model from a hub",
        re.compile(
            r"\b(?:huggingface-cli|hf)\s{1,80}download\b|\b(?:snapshot|hf_hub)_download\s{0,80}\("
            r"|\bfrom_pretrained\(\s{0,80}[\"'](?!\.)[\w.-]{1,200}/[\w.-]{1,200}[\"']"
        ),
    ),
)
"""What a program of a shell does that the image's digest says nothing about."""
UNSEEN: Final = (PIPED, RUN)
"""Whatever an address answers; packages of a machine are signed by those who make them."""
_FILE: Final = r"[\w./][\w./-]{0,200}"
_DOWNLOAD: Final = re.compile(_DOWNLOADS)
_OUTPUT: Final = re.compile(
    rf"(?:-[a-zA-Z]{{0,8}}[oO]|--output|--output-document|>)[ =]{{0,80}}(?P<file>{_FILE})"
)
_STARTS: Final = re.compile(
    rf"(?:{_INTERPRETER}|\bsource|\bchmod\s{{1,80}}\S{{1,80}})\s{{1,80}}(?P<file>{_FILE})(?![\w./-])"
)


def fetched(said: str) -> Iterator[str]:
    """What a command or a script does of it, each kind once.

    Raises:
        UndecidedError: it is longer than :data:`LONGEST`, so that nothing says what the rest does.
    """
    found = dict.fromkeys(what for what, pattern in _INSTALLS if pattern.search(said[:LONGEST]))
    if RUN not in found and _runs_what_it_saved(said[:LONGEST]):
        found[RUN] = None
    yield from dict.fromkeys(what for what in (*UNSEEN, *found) if what in found)
    if len(said) > LONGEST:
        raise UndecidedError(f"a command of {len(said):,} characters; more than {LONGEST:,} are not read")


def _runs_what_it_saved(said: str) -> bool:
    """Whether a file that a download is written to is started after it."""
    saved: dict[str, int] = {}
    for download in _DOWNLOAD.finditer(said):
        line = said[download.end() : download.end() + _FAR].partition("\n")[0]
        for output in _OUTPUT.finditer(line):
            saved.setdefault(output["file"], download.end() + output.end())
    return any(saved.get(start["file"], len(said)) <= start.start() for start in _STARTS.finditer(said))
