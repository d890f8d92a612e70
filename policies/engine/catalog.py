"""Every rule there is, found by walking ``policies.rules``; a test pins ids and levels.

A module's ``RULES`` are portable: true of anybody's stack. Its ``PLATFORM`` are conventions of this platform. Which of
them a run applies is its pack (``policies/packs``).
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Final

import policies.rules
from policies.engine.rule import Rule


def _modules() -> Iterator[ModuleType]:
    found = walk_packages(policies.rules.__path__, "policies.rules.")
    for name in sorted(module.name for module in found if not module.ispkg):
        yield import_module(name)


MODULES: Final = tuple(_modules())
"""Every module of rules, by its dotted name."""


def rules_of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules of a module, portable ones first."""
    return (*getattr(module, "RULES", ()), *getattr(module, "PLATFORM", ()))


def _rules() -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for module in MODULES:
        for rule in rules_of(module):
            if rule.id in found:
                raise ValueError(f"{module.__name__}: the rule {rule.id} stands in another place too")
            found[rule.id] = rule
    return tuple(found.values())


def _needs_no_rule() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for module in MODULES:
        found |= getattr(module, "NEEDS_NO_RULE", {})
    return found


def domain_of(module: ModuleType) -> str:
    """The folder of ``policies/rules`` that a module stands in: ``aws``, ``kubernetes``."""
    return module.__name__.removeprefix("policies.rules.").partition(".")[0]


RULES: Final = _rules()
PLATFORM: Final = frozenset(rule.id for module in MODULES for rule in getattr(module, "PLATFORM", ()))
"""Ids of the rules that hold only this platform's stacks."""
DOMAINS: Final[Mapping[str, str]] = {
    rule.id: domain_of(module) for module in MODULES for rule in rules_of(module)
}
"""The domain of each rule, by its id."""
COVERED: Final = frozenset(
    type_ for rule in RULES for type_ in rule.applies_to if not type_.endswith("*")
).union(*(getattr(module, "COVERS", ()) for module in MODULES))
"""Types that have a rule of their own; a rule for every kind of object covers only those its module names."""
ALIASES: Final = {rule.id: rule.aliases for rule in RULES if rule.aliases}
"""Ids that rules had before, by the id of today."""
NEEDS_NO_RULE: Final = _needs_no_rule()
