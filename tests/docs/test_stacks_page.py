import re

from stacks.settings import NEEDS, StackSettings
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "stacks.md").read_text(encoding="utf-8")


def test_the_table_of_sections_is_the_programs():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*)\|$", PAGE.partition("## Sections")[2], re.MULTILINE)
    needs = {section: tuple(re.findall(r"`(\w+)`", cell)) for section, cell in rows}

    assert set(needs) == set(StackSettings.model_fields) - {"platform", "budget", "upstream"}
    assert {section: needed for section, needed in needs.items() if needed} == dict(NEEDS)
