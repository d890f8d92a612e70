"""docs/controls.md: as the files say it now, with figures that add up."""

import re
from collections import Counter

from facts.controls import frameworks
from gate.render.controls_page import controls_page
from gate.render.rules_pages import pages
from policies.engine.controls import STATES, committed
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "controls.md"


def test_the_page_is_what_the_files_say():
    assert PAGE.read_text(encoding="utf-8") == controls_page(), "docs/controls.md is stale: make docs"


def test_every_control_has_a_row_and_the_summary_counts_them():
    text = controls_page()
    total: Counter[str] = Counter()
    for stem, framework in frameworks().items():
        part = text.partition(f"\n## {framework.name}\n")[2].partition("\n## ")[0]
        rows = [row.split(" | ") for row in part.splitlines() if row.startswith("| ")][1:]
        assert [row[0].removeprefix("| ") for row in rows] == list(framework.controls)
        counts = Counter(row[2] for row in rows)
        assert counts == Counter(standing.state for standing in committed()[stem])
        figures = [len(rows), *(counts[state] for state in STATES)]
        anchor = framework.name.lower().replace(" ", "-")
        assert (
            f"| [{framework.name}](#{anchor}) | {framework.version} | {' | '.join(map(str, figures))} |"
            in text
        )
        total.update(counts)
    assert f"| all |  | {total.total()} | {' | '.join(str(total[state]) for state in STATES)} |" in text


def test_links_lead_to_rules():
    linked = set(re.findall(r"\]\(rules/([a-z]+)\.md#([a-z0-9-]+)\)", controls_page()))
    assert len(linked) > 150
    made = pages()
    assert {name for domain, name in linked if f"\n### {name}\n" not in made[f"rules/{domain}.md"]} == set()
