"""The page that says how large the corpus is says what lies there."""

import re

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("kind", ["kubernetes", "aws"])
def test_the_corpus_is_as_large_as_its_page_says(kind):
    page = (ROOT / "docs" / "judging.md").read_text(encoding="utf-8")
    said = re.search(rf"^\| `{kind}`: [^|]+ \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    folders = (ROOT / "tests" / "corpus" / kind / side for side in ("bad", "good"))

    assert said is not None
    assert said.groups() == tuple(str(sum(p.is_file() for p in folder.rglob("*"))) for folder in folders)
