"""Which rules a run applies: ``--only`` and ``--skip``; what is left out is said in its report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from facts.explain import did_you_mean
from gate.core.errors import GateError
from policies.packs import PACKS, Pack

_CHECKOV: Final = "checkov:"
OTHERS: Final = (
    "objects-match-their-schema",
    "deploy-roles-can-make-their-stack",
    "ceiling-stays-within-budget",
    "release:events-have-happened",
    "release:licence-review-holds",
    "release:sunset-is-ahead",
    "release:nothing-is-deprecated",
    "release:incidents-are-closed",
    "release:agents-are-measured",
    "release:shares-are-measured",
    "release:shares-keep-their-steps",
)
"""What findings may be called that no rule of the catalogue makes."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Patterns of rule ids, as a shell writes them (``pods-*``, ``checkov:*``); none leaves nothing out."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    def takes(self, rule: str) -> bool:
        """Whether findings of this rule count."""
        is_wanted = not self.only or any(fnmatchcase(rule, pattern) for pattern in self.only)
        return is_wanted and not any(fnmatchcase(rule, pattern) for pattern in self.skip)

    @property
    def takes_checkov(self) -> bool:
        """Whether any check of checkov may count; it need not be asked otherwise."""
        named = any(pattern.startswith(_CHECKOV) or "*" in pattern[:1] for pattern in self.only)
        return (not self.only or named) and f"{_CHECKOV}*" not in self.skip

    def left_out(self, rules: Iterable[str]) -> list[str]:
        """What a report has to say: the ids that were not applied, checks of checkov by their pattern."""
        ids = sorted(rule for rule in rules if not self.takes(rule))
        checks = [pattern for pattern in self.skip if pattern.startswith(_CHECKOV)]
        return [*ids, *checks] if self.takes_checkov else [*ids, f"{_CHECKOV}*"]


EVERYTHING: Final = Selection()


def selected(only: Sequence[str], skip: Sequence[str], pack: Pack = "all") -> Selection:
    """The selection that options ask for, of the rules of a pack.

    Raises:
        GateError: a pattern fits no rule, or none is left; a misspelt ``--skip`` must not pass for one that worked.
    """
    rules = [*OTHERS, *(rule.id for rule in PACKS[pack])]
    problems = [*_unknown("--only", only, rules), *_unknown("--skip", skip, rules)]
    found = Selection(only=tuple(only), skip=tuple(skip))
    if not problems and not found.takes_checkov and not any(map(found.takes, rules)):
        problems.append("--only and --skip leave no rule")
    if problems:
        raise GateError("these rules cannot be chosen:", problems)
    return found


def _unknown(option: str, patterns: Sequence[str], rules: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        if pattern.startswith(_CHECKOV) or any(fnmatchcase(rule, pattern) for rule in rules):
            continue
        hint = did_you_mean(pattern, rules) or "slipway policies lists them"
        yield f"{option} {pattern}: fits no rule; {hint}"
