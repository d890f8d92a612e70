"""Each analysis has a page; it names rules that there are, what is not decided, and where cases of both sides stand."""

import re

import pytest

from gate.evaluate.preview_losses import RULE as LOSSES
from policies.engine.catalog import RULES
from tests.conftest import ROOT

INDEX = ROOT / "docs" / "analysis" / "README.md"
KINDS = re.findall(
    r"^\| [^|]+ \| [^|]+ \| \[[^]]+\]\(([^)]+)\) \|$", INDEX.read_text(encoding="utf-8"), re.MULTILINE
)
NAMES = {rule.id for rule in RULES} | {LOSSES}
FIRST = {name.partition("-")[0] for name in NAMES}
NO_RULES = {
    *("not-needed", "no-key-required", "your-key-here"),
    *("scratch-", "stack-"),
}
"""Words in a page's code that look like a rule's name."""


def page(kind):
    return (INDEX.parent / kind).read_text(encoding="utf-8")


def test_every_kind_has_a_page():
    assert len(KINDS) == 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_names_rules_that_exist_and_both_sides(kind):
    text = page(kind)
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+){2,})`", text)) - NO_RULES
    assert named - NAMES == set()
    assert named & NAMES
    assert "ases of both sides: " in text or "Cases: " in text
    assert "Not decided: " in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_cases_it_names_are_there(kind):
    found = re.findall(r"`(tests/[^`]+)`", page(kind).split("ases", 1)[1])
    assert found
    for said in found:
        for path in _spelled(said):
            where, _, last = path.rstrip("/").rpartition("/")
            assert list((ROOT / where).glob(last)), path


def _spelled(path):
    match = re.search(r"\{([^}]*)\}", path)
    if match is None:
        return [path]
    parts = match[1].split(",")
    return [one for part in parts for one in _spelled(path[: match.start()] + part + path[match.end() :])]
