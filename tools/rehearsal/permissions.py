"""What a stack's deploy role was really used for, beside what its derived policy lets it do. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facts.deploy_actions import deploy_actions
from tools.rehearsal.home import ROOT


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """Actions, sorted."""

    used: tuple[str, ...]
    not_granted: tuple[str, ...]
    """Used, and in no statement of the policy: the same ``up`` would be refused in an account."""
    not_used: tuple[str, ...]


def used(journal: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """AWS's own calls that a journal stands for, as far as facts/deploy_actions.yaml names them, and how many."""
    rows = deploy_actions()
    found: dict[str, int] = {}
    for call in journal:
        row = rows.get(call["type"])
        if row is not None and "refused" not in call:
            for action in getattr(row, call["call"]):
                found[action] = found.get(action, 0) + 1
    return dict(sorted(found.items()))


def granted(stack: str, folder: Path = ROOT / "bootstrap" / "permissions") -> frozenset[str]:
    """Every action that the stack's derived policy allows; none where no policy is kept for it."""
    file = folder / f"{stack}.json"
    if not file.exists():
        return frozenset()
    documents = json.loads(file.read_text(encoding="utf-8"))["deploy"]
    return frozenset(
        action
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    )


def compared(calls: Iterable[str], allowed: frozenset[str]) -> Permissions:
    """The one beside the other."""
    done = frozenset(calls)
    return Permissions(
        used=tuple(sorted(done)),
        not_granted=tuple(sorted(done - allowed)),
        not_used=tuple(sorted(allowed - done)),
    )
