"""Frameworks: every file is well-formed and whole, and a wrong one is refused in its own words."""

import re

import pytest
import yaml

from facts.controls import frameworks, read_framework
from tests.conftest import ROOT

FOLDER = ROOT / "facts" / "controls"
ONE = {"name": "X", "document": "X", "version": "1", "source": "https://x.example", "read": "2026-11-24"}


def test_there_are_five_with_every_control_of_their_documents():
    found = frameworks()
    assert {stem: len(framework.controls) for stem, framework in found.items()} == {
        "ai-rmf": 72,
        "cis-eks": 50,
        "fsbp": 173,
        "nsa": 31,
        "owasp-llm": 10,
    }
    assert list(found["owasp-llm"].controls) == [f"LLM{n:02}" for n in range(1, 11)]


def test_the_subcategories_of_the_framework_are_numbered_without_a_gap():
    sizes = {
        "GOVERN": (7, 3, 2, 3, 2, 2),
        "MAP": (6, 3, 5, 2, 2),
        "MEASURE": (3, 13, 3, 3),
        "MANAGE": (4, 4, 2, 3),
    }
    assert list(frameworks()["ai-rmf"].controls) == [
        f"{function} {category}.{n}"
        for function, counts in sizes.items()
        for category, count in enumerate(counts, 1)
        for n in range(1, count + 1)
    ]


def test_the_recommendations_of_the_benchmark_are_numbered_without_a_gap():
    sizes = {"2.1": 2, "3.1": 4, "3.2": 9, "4.1": 12, "4.2": 5, "4.3": 2, "4.4": 2, "4.5": 2}
    sizes |= {"5.1": 4, "5.2": 1, "5.3": 1, "5.4": 5, "5.5": 1}
    assert list(frameworks()["cis-eks"].controls) == [
        f"{section}.{n}" for section, count in sizes.items() for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("stem", sorted(frameworks()))
def test_ids_have_the_form_of_their_framework(stem):
    forms = {
        "ai-rmf": r"(GOVERN|MAP|MEASURE|MANAGE) \d\.\d{1,2}",
        "cis-eks": r"[2-5]\.\d\.\d{1,2}",
        "fsbp": r"[A-Z][A-Za-z0-9]+\.\d{1,3}",
        "nsa": r"(pod|network|access|logging|upgrade)/[a-z-]+",
        "owasp-llm": r"LLM\d\d",
    }
    assert [id_ for id_ in frameworks()[stem].controls if not re.fullmatch(forms[stem], id_)] == []


@pytest.mark.parametrize(
    ("controls", "said"),
    [
        (
            {"1": {"title": "Something", "not_yet": "a rule for it", "partly": "half of it"}},
            "x.yaml: controls.1: should say one of partly, not_decidable, not_yet (got partly, not_yet)",
        ),
        (
            {"1": {"title": "Something", "not_jet": "a rule for it"}},
            "x.yaml: controls.1.not_jet: unknown key",
        ),
        ({"1": {"title": "Something", "not_yet": "later"}}, "at least 10 characters (got 'later')"),
        ({}, "x.yaml: controls: should have at least 1 item"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, controls, said):
    path = tmp_path / "x.yaml"
    path.write_text(yaml.safe_dump(ONE | {"controls": controls}).replace("'2026-11-24'", "2026-11-24"))
    with pytest.raises(ValueError, match=re.escape(said)):
        read_framework(path)
