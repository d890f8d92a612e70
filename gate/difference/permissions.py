"""Who may do what on two sides, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gate.report.condition_words import in_words, own_account
from policies.analysis.iam.patterns import covers, covers_action

Atom = tuple[str, str, str, tuple[str, ...], bool]
"""Identity, action, resource, conditions, and whether it is refused."""
Statements = Sequence[Mapping[str, Any]]
"""``permissions`` of a report."""

_WORDS: Final = {
    "kms:Decrypt": "decrypt with",
    "s3:DeleteObject": "delete",
    "s3:GetObject": "read",
    "s3:ListBucket": "list",
    "s3:PutObject": "write",
    "sts:AssumeRole": "become",
}


def permission_changes(before: Statements, after: Statements) -> tuple[list[str], list[str]]:
    """Sentences of what was gained and of what was lost. A refusal that goes is a gain."""
    old, new = set(_atoms(before)), set(_atoms(after))
    appeared = {a for a in new - old if not _within(a, old & new)}
    gone = {a for a in old - new if not _within(a, new)}
    gained = [
        *_sentences((a for a in appeared if not a[4]), "may now"),
        *_sentences((a for a in gone if a[4]), "is no longer refused to"),
    ]
    lost = [
        *_sentences((a for a in gone if not a[4]), "may no longer"),
        *_sentences((a for a in appeared if a[4]), "is now refused to"),
    ]
    return gained, lost


def _atoms(permissions: Statements) -> Iterator[Atom]:
    for p in permissions:
        for action in p["actions"]:
            for resource in p["resources"]:
                yield p["identity"], action, resource, tuple(p["conditions"]), p["denied"]


def _within(atom: Atom, others: Iterable[Atom]) -> bool:
    """Whether a wider statement of the same identity says it already: what stays allowed is not lost."""
    identity, action, resource, conditions, refused = atom
    return any(
        (identity, refused) == (o[0], o[4])
        and (not o[3] or o[3] == conditions)
        and covers_action(o[1], action)
        and covers(o[2], resource)
        for o in others
    )


def _sentences(atoms: Iterator[Atom], verb: str) -> list[str]:
    """One sentence for all who may do the same: a role and the pods that have it, all actions on the same resources."""
    by_action: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for identity, action, resource, conditions, _ in atoms:
        by_action.setdefault((identity, action, conditions), set()).add(resource)
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[str]] = {}
    for (identity, action, conditions), resources in by_action.items():
        grouped.setdefault((identity, tuple(sorted(resources)), conditions), set()).add(action)
    said: dict[str, set[str]] = {}
    for (identity, on, conditions), actions in grouped.items():
        said.setdefault(_what(sorted(actions), on, conditions), set()).add(identity)
    return sorted(f"{_listed(sorted(who))} {verb} {what}" for what, who in said.items())


def _what(actions: Sequence[str], resources: Sequence[str], conditions: Sequence[str]) -> str:
    on = ", ".join(map(_short, resources))
    if all(action in _WORDS for action in actions):
        said = f"{_listed([_WORDS[a] for a in actions])} {on} ({', '.join(actions)})"
    else:
        said = f"use {', '.join(actions)} on {on}"
    return f"{said}, only if {' and '.join(map(in_words, conditions))}" if conditions else said


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _short(resource: str) -> str:
    """A bucket's path without what every bucket's begins with, and the account's tag as what it stands for."""
    return own_account(resource.removeprefix("arn:aws:s3:::"))
