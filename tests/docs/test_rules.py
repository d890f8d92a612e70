import re
from pathlib import Path

import pytest

from gate.render.rules_pages import TYPES, pages, write
from policies.engine.catalog import DOMAINS, NEEDS_NO_RULE, PLATFORM, RULES
from policies.engine.controls import tags_of
from tests.conftest import ROOT

DOCS = ROOT / "docs"
MADE = pages()


def test_the_pages_are_what_the_catalogue_says():
    committed = {f"rules/{path.name}" for path in (DOCS / "rules").glob("*.md")} | {"rules.md", "controls.md"}

    assert committed == set(MADE), "docs/rules/ is stale: make docs"
    for name, text in MADE.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"docs/{name} is stale: make docs"


def test_every_rule_has_a_section_with_its_level_reason_and_fix():
    found = {}
    for domain in set(DOMAINS.values()):
        for section in MADE[f"rules/{domain}.md"].split("\n### ")[1:]:
            found[section.partition("\n")[0], domain] = section

    assert set(found) == set(DOMAINS.items())
    for rule in RULES:
        lines = found[rule.id, DOMAINS[rule.id]].splitlines()
        pack = "*platform*" if rule.id in PLATFORM else "*portable*"
        weight = rule.severity if rule.level == "mandatory" else f"{rule.severity}, advisory"
        assert lines[2].startswith(f"- {weight}; {pack}; judges `{min(rule.applies_to)}`")
        assert lines[3].startswith("- why: ")
        assert lines[4].startswith("- fix: ")
        held = ", ".join(f"`{tag}`" for tag in tags_of(rule.id))
        assert lines[5] == f"- controls: {held}" if held else lines[5].startswith("- controls: none; ")


def test_the_index_links_every_rule_and_counts_each_domain():
    index = MADE["rules.md"]

    assert [r.id for r in RULES if f"- [{r.id}](rules/{DOMAINS[r.id]}.md#{r.id})\n" not in index] == []
    counts = {
        d: int(n)
        for d, n in re.findall(r"^\| \[([a-z]+)\]\(rules/\1\.md\) \| (\d+) \| \S", index, re.MULTILINE)
    }
    assert counts == {d: list(DOMAINS.values()).count(d) for d in set(DOMAINS.values())}


def test_every_type_without_a_rule_stands_there_with_its_reason():
    table = MADE[f"rules/{TYPES}.md"]

    assert [row.split("`")[1] for row in table.splitlines() if row.startswith("| `")] == sorted(NEEDS_NO_RULE)


def test_a_page_of_a_domain_that_is_gone_is_removed(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "azure.md").write_text("old", encoding="utf-8")

    write(tmp_path)

    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.md")} == set(MADE)


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
