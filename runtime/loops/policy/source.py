"""The policies of a folder one by one, each with its file and line: Cedar's own messages name neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TOKEN: Final = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|;')
"""What may hold a semicolon that ends nothing, and the one that ends a policy."""
_ID: Final = re.compile(r'@id\(\s*"((?:\\.|[^"\\])*)"\s*\)')
_ANSWER: Final = re.compile(r'@answer\(\s*"((?:\\.|[^"\\])*)"\s*\)')
_NAME: Final = re.compile(r"^[a-z][a-z0-9-]{2,80}$")


@dataclass(frozen=True, kw_only=True)
class PolicyText:
    """One policy as it is written."""

    text: str
    file: str
    line: int

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def id(self) -> str:
        found = _ID.search(_without_comments(self.text))
        return found[1] if found else ""

    @property
    def asks(self) -> bool:
        found = _ANSWER.search(_without_comments(self.text))
        return found is not None and found[1] == "ask"

    def problems(self) -> Iterator[str]:
        """What is wrong with the annotations that decisions are recorded by."""
        if not self.id:
            yield f'{self.where}: has no @id("..."), by which decisions would name it'
        elif not _NAME.match(self.id):
            yield f"{self.where}: @id should be lower-case words with dashes (got {self.id!r})"
        answer = _ANSWER.search(_without_comments(self.text))
        if answer and answer[1] != "ask":
            yield f'{self.where}: @answer should be "ask" (got {answer[1]!r})'


def policies_in(folder: Path) -> list[PolicyText]:
    """All policies of the folder's ``*.cedar`` files, by file name and line."""
    return [
        policy
        for path in sorted(folder.glob("*.cedar"))
        for policy in _split(path.read_text(encoding="utf-8"), path.name)
    ]


def _split(text: str, file: str) -> Iterator[PolicyText]:
    start = 0
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            yield _policy(text, start, token.end(), file)
            start = token.end()
    if _without_comments(text[start:]).strip():
        yield _policy(text, start, len(text), file)


def _policy(text: str, start: int, end: int, file: str) -> PolicyText:
    """The policy's first line is the first that is no comment and not blank."""
    body = text[start:end]
    bare = _without_comments(body)
    lead = len(bare) - len(bare.lstrip())
    return PolicyText(text=body, file=file, line=text.count("\n", 0, start + lead) + 1)


def _without_comments(text: str) -> str:
    """Comments as blanks, so that places stay."""
    return _TOKEN.sub(lambda token: " " * len(token[0]) if token[0].startswith("//") else token[0], text)
