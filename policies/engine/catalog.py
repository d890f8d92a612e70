"""Every rule there is, found by walking ``policies.rules``; a test pins ids and levels."""

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


def _rules() -> tuple[Rule, ...]:
    found: dict[str, Rule] = {}
    for module in MODULES:
        for rule in module.RULES:
            if rule.id in found:
                raise ValueError(f"{module.__name__}: the rule {rule.id} stands in another module too")
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
DOMAINS: Final[Mapping[str, str]] = {
    rule.id: domain_of(module) for module in MODULES for rule in module.RULES
}
"""The domain of each rule, by its id."""
COVERED: Final = frozenset(
    type_ for rule in RULES for type_ in rule.applies_to if not type_.endswith("*")
).union(*(getattr(module, "COVERS", ()) for module in MODULES))
"""Types that have a rule of their own; a rule for every kind of object covers only those its module names."""
NEEDS_NO_RULE: Final = _needs_no_rule()
