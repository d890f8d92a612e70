"""The commands in a container's words, also where a shell is handed a script."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_RUNS: Final = re.compile(r"-[a-z]*c")
_MOST: Final = 50_000
_SEPARATORS: Final = frozenset(";&|()")
_REFERENCE: Final = re.compile(
    r"\$\(([A-Za-z_][A-Za-z0-9_]{0,99})\)|\$\{([A-Za-z_][A-Za-z0-9_]{0,99})\}|\$([A-Za-z_][A-Za-z0-9_]{0,99})"
)
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,99})=(.*)", re.DOTALL)


def commands(words: Sequence[str], told: Mapping[str, str]) -> Iterator[tuple[list[str], Mapping[str, str]]]:
    """Each simple command with the variables it sees: those of the container, and what a script sets before it."""
    script = _script(words)
    if script is None:
        yield [filled(word, told) for word in words], told
        return
    seen = dict(told)
    for command in _split(script):
        rest = [*command]
        if rest and rest[0] in {"export", "set", "env"}:
            rest = rest[1:]
        while rest and (assigned := _ASSIGNMENT.fullmatch(rest[0])):
            seen[assigned[1]] = filled(assigned[2], seen)
            rest = rest[1:]
        yield [filled(word, seen) for word in rest], dict(seen)


def filled(word: str, told: Mapping[str, str]) -> str:
    """The word with the variables whose values are known; others stay as they are written."""

    def value(found: re.Match[str]) -> str:
        return told.get(found[1] or found[2] or found[3]) or found[0]

    return _REFERENCE.sub(value, word) if "$" in word else word


def _script(words: Sequence[str]) -> str | None:
    """What a shell is told to run; None where no shell is."""
    for index, word in enumerate(words[:-1]):
        if word.rpartition("/")[2] in _SHELLS:
            for place, option in enumerate(words[index + 1 :], index + 1):
                if _RUNS.fullmatch(option):
                    return words[place + 1][:_MOST] if place + 1 < len(words) else None
                if not option.startswith("-"):
                    return None
    return None


def _split(script: str) -> Iterator[list[str]]:
    """Simple commands of a script; one whose quotes do not close is split at spaces."""
    joined = script.replace("\\\n", " ").replace("\n", " ; ")
    reader = shlex.shlex(joined, posix=True, punctuation_chars=";&|()")
    reader.whitespace_split = True
    reader.commenters = ""
    try:
        words = list(reader)
    except ValueError:
        words = joined.split()
    command: list[str] = []
    for word in words:
        if word and not set(word) - _SEPARATORS:
            yield command
            command = []
        else:
            command.append(word)
    yield command
