"""Who may do what on two sides, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Atom = tuple[str, str, str, tuple[str, ...], bool]
"""Identity, action, resource, conditions, and whether it is refused."""


def permission_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    """Sentences of what was gained and of what was lost. A refusal that goes is a gain."""
    old, new = set(_atoms(before)), set(_atoms(after))
    appeared, gone = new - old, old - new
    gained = [*_sentences(a for a in appeared if not a[4]), *_sentences(a for a in gone if a[4])]
    lost = [*_sentences(a for a in gone if not a[4]), *_sentences(a for a in appeared if a[4])]
    return gained, lost


def _atoms(permissions: Sequence[Mapping[str, Any]]) -> Iterator[Atom]:
    for p in permissions:
        for action in p["actions"]:
            for resource in p["resources"]:
                yield p["identity"], action, resource, tuple(p["conditions"]), p["denied"]


def _sentences(atoms: Iterator[Atom]) -> list[str]:
    """One sentence for all actions of an identity on the same resources under the same conditions."""
    by_action: dict[tuple[str, str, tuple[str, ...], bool], set[str]] = {}
    for identity, action, resource, conditions, denied in atoms:
        by_action.setdefault((identity, action, conditions, denied), set()).add(resource)
    grouped: dict[tuple[str, tuple[str, ...], tuple[str, ...], bool], set[str]] = {}
    for (identity, action, conditions, denied), resources in by_action.items():
        grouped.setdefault((identity, tuple(sorted(resources)), conditions, denied), set()).add(action)
    return sorted(
        _sentence(identity, sorted(actions), resources, conditions, denied=denied)
        for (identity, resources, conditions, denied), actions in grouped.items()
    )


def _sentence(
    identity: str,
    actions: list[str],
    resources: tuple[str, ...],
    conditions: tuple[str, ...],
    *,
    denied: bool,
) -> str:
    said = f"{identity}: {'refused ' if denied else ''}{', '.join(actions)} on {', '.join(resources)}"
    return f"{said}, only if {'; '.join(conditions)}" if conditions else said
