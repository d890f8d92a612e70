"""What each document of the platform's own may grant, and what it must deny: ``facts/grants``, by component.

Written apart from the components that make the documents, so that a wider one needs a second, reviewed change.
Patterns are IAM's: ``*`` stands for anything, ``?`` for one character; ``?*`` keeps a place from being ``*``.
"""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from pydantic import Field

from facts.strict import Strict
from facts.strict_yaml import load

_FOLDER = Path(__file__).parent / "grants"
_MANAGED = "managed.yaml"


class Grant(Strict):
    """One statement: ``principals`` as ``Kind name``, ``conditions`` as ``Operator key`` with the values they take."""

    principals: list[str] = Field(default_factory=list)
    actions: list[str] = Field(min_length=1)
    resources: list[str] = Field(default_factory=list)
    conditions: dict[str, list[str]] = Field(default_factory=dict)


class Declared(Strict):
    """One document: the component it is ``of``, the most it allows and the least it denies, by statement."""

    of: str
    derived: bool = False
    """Written by ``slipway permissions``: any action of ``facts/deploy_actions.yaml``, and what goes with it."""
    allows: dict[str, Grant] = Field(default_factory=dict)
    denies: dict[str, Grant] = Field(default_factory=dict)


@cache
def declared_grants() -> dict[str, Declared]:
    """By the logical name of the resource that carries the document."""
    return {
        name: Declared.model_validate(found)
        for path in sorted(_FOLDER.glob("*.yaml"))
        if path.name != _MANAGED
        for name, found in load(path.read_text(encoding="utf-8"), path.name).items()
    }


def declared_for(name: str) -> Declared | None:
    """What is declared for a resource: by its name, or by a pattern where every stack has one of its own."""
    found = declared_grants()
    return found.get(name) or next(
        (found[key] for key in found if "*" in key and fnmatchcase(name, key)), None
    )


@cache
def declared_managed_policies() -> dict[str, tuple[str, ...]]:
    """Names of AWS's own policies, by the component whose roles have them."""
    raw = load((_FOLDER / _MANAGED).read_text(encoding="utf-8"), _MANAGED)
    return {component: tuple(names) for component, names in raw.items()}
