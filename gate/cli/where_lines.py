"""What a line of the project is, for somebody who looks for a word: a rule, a setting, a name, a text, a heading."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, Literal

from policies.engine.controls import tags_of
from policies.engine.rule import Rule

Kind = Literal["word", "answer", "rule", "setting", "code", "page"]
KINDS: Final[tuple[Kind, ...]] = ("word", "answer", "rule", "setting", "code", "page")
ANSWERS: Final = "docs/README.md"
"""The page whose table answers questions; its rows come first."""
GLOSSARY: Final = "docs/glossary.md"
"""What a word means; only its terms are searched."""

_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FIELD: Final = re.compile(r"^    (?P<name>[a-z][a-z0-9_]*): ")
_MODEL: Final = re.compile(r"^class \w+\((?:\w*Settings|Strict|Record|Event)\b")
_CLASS: Final = re.compile(r"^class (?P<name>\w+)")
_NAMED: Final = re.compile(r"^ *(?:async def|def|class) (?P<name>\w+)|^(?P<constant>[A-Z][A-Z0-9_]*)\b.*=")
_QUOTED: Final = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_HEADING: Final = re.compile(r"^#+ ")
_CELL: Final = re.compile(r"^\| ([^|]+) \|")


_SHORT: Final = 4
"""Letters of words whose last one is no plural: cors, imds."""
_READS: Final = 15
"""How much less a file is about a thing that only judges it: who asks where it is, wants what makes it."""
_NEAR: Final = 8
"""Lines that one thing is written on: a kind, and beneath it what is said of it."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A line that has to do with the words. ``score`` is higher where it is about them, not only mentions them."""

    kind: Kind
    score: int
    file: str
    line: int
    text: str


def squashed(text: str) -> str:
    """A text without case, spaces and signs: ``--max-model-len`` and ``maxModelLen`` are one word."""
    return _NOT_A_LETTER.sub("", text.lower())


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """A squashed word where a word of the text begins, written as one word or as several."""
    one = word.removesuffix("s") if len(word) > _SHORT else word  # of several, one will do
    return re.compile(r"(?<![a-z0-9])" + "[-_. ]?".join(one))


@lru_cache(maxsize=4096)
def _spread(text: str) -> str:
    """A text in small letters, its humps apart; kept, since each search reads the same files."""
    return _HUMP.sub(" ", text).lower()


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether every word, squashed, stands in a text."""
    said = _HUMP.sub(" ", text).lower()
    return all(_pattern(word).search(said) for word in words)


def _grade(name: str, words: Sequence[str], exact: int, inside: int) -> int:
    """How much a name is about the words: all of it, its beginning or end, some of it, or not at all."""
    said, whole = squashed(name), "".join(words)
    if said == whole:
        return exact
    if not holds(name, words):
        return 0
    # Of two names that hold the words, the one with less besides is nearer.
    return inside + max(0, 15 - (len(said) - len(whole)))


def hits(file: str, text: str, words: Sequence[str]) -> Iterator[Hit]:
    """Every line of a file that has to do with the words; ``file`` is its path from the root."""
    said = f"{_spread(text)} {_spread(Path(file).stem)}"
    if all(_pattern(word).search(said) for word in words):
        yield from (_of_page if Path(file).suffix == ".md" else _of_code)(file, text, words)


def _of_page(file: str, text: str, words: Sequence[str]) -> Iterator[Hit]:
    is_asked = False
    for number, line in enumerate(text.splitlines(), 1):
        is_heading = bool(_HEADING.match(line))
        if is_heading:
            is_asked = file == ANSWERS and line == "## Where is it?"
        if not holds(line, words):
            continue
        cell = _CELL.match(line)
        if file == GLOSSARY:
            if cell and holds(cell[1], words):
                yield Hit(
                    kind="word", score=50, file=file, line=number, text=line.strip("| ").replace(" | ", ": ")
                )
        elif is_asked and cell:
            yield Hit(
                kind="answer", score=95, file=file, line=number, text=line.strip("| ").replace(" | ", " ")
            )
        elif is_heading:
            yield Hit(
                kind="page", score=_grade(line, words, 80, 50), file=file, line=number, text=line.lstrip("# ")
            )
        elif cell and holds(cell[1], words):
            yield Hit(
                kind="page",
                score=_grade(cell[1], words, 75, 40),
                file=file,
                line=number,
                text=line.strip("| "),
            )
        else:
            yield Hit(kind="page", score=15, file=file, line=number, text=line.strip())


def rule_score(rule: Rule, words: Sequence[str]) -> int:
    """How much a rule is about the words: by its id, by ids it had, or by what it says; 0 is not at all."""
    by_id = _grade(rule.id, words, 100, 70)
    by_alias = 60 if any(holds(alias, words) for alias in rule.aliases) else 0
    said = (rule.id, rule.why, rule.fix, *rule.applies_to, *tags_of(rule.id))
    return max(by_id, by_alias, 45 if holds(" ".join(said), words) else 0)


def _of_code(file: str, text: str, words: Sequence[str]) -> Iterator[Hit]:
    """Lines that hold the words; a word that the file is called by need not stand in the line again."""
    stem = _grade(Path(file).stem, words, 70, 50)
    left = [word for word in words if not holds(Path(file).stem, [word])] or words
    is_model = False
    last: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if _CLASS.match(line):
            is_model = bool(_MODEL.match(line))
        field = _FIELD.match(line) if is_model else None
        score = 0
        kind: Kind = "code"
        if field is not None and (score := _grade(field["name"], words, 90, 60)):
            kind = "setting"
        elif holds(line, left):
            score = max(_said(line, left) - 5 * (len(words) - len(left)), stem)
        elif _are_near(last, line, number, left):
            score = 20
        elif number == 1:
            score = stem
        if score:
            if kind == "code" and file.startswith("policies/"):
                score = max(score - _READS, 1)
            yield Hit(kind=kind, score=score, file=file, line=number, text=line.strip().strip('"'))


def _are_near(last: dict[str, int], line: str, number: int, words: Sequence[str]) -> bool:
    """Whether this line has the last of the words, and the lines just above it the others; ``last`` is kept up."""
    here = [word for word in words if holds(line, [word])]
    last |= dict.fromkeys(here, number)
    return bool(here) and len(last) == len(words) and number - min(last.values()) <= _NEAR


def _said(line: str, words: Sequence[str]) -> int:
    """How much a line of code is about the words: it names something so, writes it as a text, or mentions it."""
    named = _NAMED.match(line)
    name = (named["name"] or named["constant"]) if named else ""
    texts = [one or other for one, other in _QUOTED.findall(line)]
    return max(
        _grade(name, words, 85, 55) if name else 0,
        *(_grade(said, words, 80, 30) for said in texts),
        10,
    )
