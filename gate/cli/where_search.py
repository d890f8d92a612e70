"""Looking for words in everything a reader may open: rules, settings, code, facts and pages."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

from gate.cli.where_lines import KINDS, Hit, Kind, hits, rule_score, squashed
from gate.core.errors import GateError
from policies.engine.catalog import MODULES, rules_of

__all__ = ["KINDS", "Kind", "nearest", "read", "search"]

FOLDERS: Final = (
    "bootstrap", "components", "docs", "examples", "facts", "gate", "policies", "releases", "runtime", "stacks",
    "tools",
)  # fmt: skip
_FILES: Final = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "__main__.py")
_READ: Final = frozenset({".py", ".md", ".yaml", ".cedar", ".j2"})
_MADE: Final = (
    "docs/rules/",
    "docs/rules.md",
    "docs/controls.md",
    "facts/charts/",
    "facts/crds/",
    "gate/cli/where",
)
"""Generated pages and large tables say again what the code says, and this command names words as examples."""


def read(root: Path) -> Mapping[str, str]:
    """Everything that is searched, by its path from the root."""
    return {file: (root / file).read_text(encoding="utf-8") for file in _files(root)}


def search(texts: Mapping[str, str], words: Sequence[str]) -> Mapping[Kind, Sequence[Hit]]:
    """The places in texts that have to do with all the words, by kind, nearest first: one of each file, and each rule.

    Raises:
        GateError: no word has a letter or a digit.
    """
    asked = [word for said in words for part in said.split() if (word := squashed(part))]
    if not asked:
        raise GateError(f"where: should be words with letters or digits (got {' '.join(words)!r})")
    found: dict[Kind, list[Hit]] = {kind: [] for kind in KINDS}
    found["rule"] += _rules(texts, asked)
    for file, text in texts.items():
        best: dict[object, Hit] = {}
        for hit in hits(file, text, asked):
            place = hit.text if hit.kind in {"answer", "word"} else hit.kind
            if place not in best or hit.score > best[place].score:
                best[place] = hit
        for hit in best.values():
            found[hit.kind].append(hit)
    return {
        kind: sorted(some, key=lambda hit: (-hit.score, hit.file, hit.line)) for kind, some in found.items()
    }


def nearest(
    texts: Mapping[str, str], words: Sequence[str]
) -> tuple[Sequence[str], Mapping[Kind, Sequence[Hit]]]:
    """What is about all the words; where nothing is, about as many of them as something is about, and which those are.

    Of several sets of as many words the one counts whose best place is nearest.

    Raises:
        GateError: no word has a letter or a digit.
    """
    whole = [part for said in words for part in said.split()]
    for size in range(len(whole), 0, -1):
        tried = [
            (kept, search(texts, kept)) for kept in combinations(whole, size) if any(map(squashed, kept))
        ]
        some = [(kept, found) for kept, found in tried if any(found.values())]
        if some:
            return max(some, key=lambda one: max(hit.score for hits_ in one[1].values() for hit in hits_))
    return (), search(texts, words)


def _rules(texts: Mapping[str, str], words: Sequence[str]) -> Iterator[Hit]:
    for module in MODULES:
        file = f"{module.__name__.replace('.', '/')}.py"
        lines = texts[file].splitlines()
        for rule in rules_of(module):
            if score := rule_score(rule, words):
                line = next((n for n, said in enumerate(lines, 1) if f'"{rule.id}"' in said), 1)
                yield Hit(kind="rule", score=score, file=file, line=line, text=rule.id)


def _files(root: Path) -> Iterator[str]:
    named = [root / name for name in _FILES]
    inside = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in _READ]
    for path in sorted([*named, *inside]):
        file = path.relative_to(root).as_posix()
        if path.is_file() and not file.startswith(_MADE):
            yield file
