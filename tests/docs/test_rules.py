import re
from pathlib import Path

import pytest

from gate.cli.policies import catalogue
from policies.engine.catalog import NEEDS_NO_RULE, RULES
from policies.engine.controls import tags_of
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "rules.md"


def test_the_page_is_what_the_catalogue_says():
    assert PAGE.read_text(encoding="utf-8") == catalogue(), "docs/rules.md is stale: make docs"


def test_every_rule_has_a_section_with_its_level_reason_and_fix():
    sections = PAGE.read_text(encoding="utf-8").split("\n### ")[1:]
    found = {section.partition("\n")[0]: section for section in sections}

    assert set(found) == {rule.id for rule in RULES}
    for rule in RULES:
        lines = found[rule.id].splitlines()
        bound = " *of this platform*" if rule.house else ""
        weight = rule.severity if rule.level == "mandatory" else f"{rule.severity}, advisory"
        assert lines[2].startswith(f"- {weight}{bound}; judges `{min(rule.applies_to)}`")
        assert lines[3].startswith("- why: ")
        assert lines[4].startswith("- fix: ")
        held = ", ".join(f"`{tag}`" for tag in tags_of(rule.id))
        assert lines[5] == f"- controls: {held}" if held else lines[5].startswith("- controls: none; ")


def test_every_type_without_a_rule_stands_there_with_its_reason():
    table = PAGE.read_text(encoding="utf-8").partition("## Types that need no rule")[2]

    assert [row.split("`")[1] for row in table.splitlines() if row.startswith("| `")] == sorted(NEEDS_NO_RULE)


_HOLDS = re.compile(r"^## What the rules hold\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")
PAGES = sorted((ROOT / "docs" / "components").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_rules_that_a_page_promises_exist(page: Path):
    promised = {id_ for part in _HOLDS.findall(page.read_text(encoding="utf-8")) for id_ in _ID.findall(part)}

    assert promised - {rule.id for rule in RULES} == set()


def test_pages_promise_rules():
    text = (ROOT / "docs" / "components" / "mesh.md").read_text(encoding="utf-8")

    assert "mesh-requires-mutual-tls" in _ID.findall(_HOLDS.findall(text)[0])
