"""Links lead somewhere, and every decision is in the index."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def _markdown() -> list[Path]:
    made = {".git", ".venv", ".cache", ".pytest_cache", "build"}
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(ROOT / path for path in found if not made & set(path.parts))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_the_walk_finds_the_documents():
    assert {ROOT / "README.md", ROOT / "docs" / "adr" / "0005-mesh.md"} <= set(_markdown())


@pytest.mark.parametrize("page", _markdown(), ids=lambda p: str(p.relative_to(ROOT)))
def test_relative_links_lead_to_files_and_headings(page: Path):
    broken = []
    for target in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        if not found.is_relative_to(ROOT) or not found.exists():
            broken.append(f"{target}: no such file")
        elif anchor and anchor not in _anchors(found):
            broken.append(f"{target}: no such heading")

    assert broken == []


def test_every_decision_is_in_the_index_under_its_number():
    folder = ROOT / "docs" / "adr"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\d+)\]\(([^)]+)\) \| (.+) \|$", index, re.MULTILINE)

    assert [file for _, file, _ in listed] == records
    for number, file, title in listed:
        heading = (folder / file).read_text(encoding="utf-8").partition("\n")[0]
        assert int(number) == int(file[:4])
        assert re.sub(r"^# \d+\.? ", "", heading) == title
