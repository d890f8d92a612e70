"""Exported stacks with one defect each, and stacks with none: what is caught, by which rules, and what is left alone.

``bad/*.json`` name in "expects" the rules that must speak; ``good/*.json`` must leave every rule silent.
"""

import json
from pathlib import Path

import pytest

from gate.ingest.adapters import read_paths
from policies.engine.evaluate import judge
from policies.packs import PACKS

FOLDER = Path(__file__).parent / "aws"
BAD = sorted((FOLDER / "bad").glob("*.json"))
GOOD = sorted((FOLDER / "good").glob("*.json"))


def test_both_sides_are_there():
    assert (len(BAD), len(GOOD)) >= (296, 147)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_defect_is_caught_by_the_rules_it_breaks(path):
    expected = json.loads(path.read_text(encoding="utf-8"))["expects"]
    said = judge(read_paths([path]), PACKS["portable"])
    assert sorted({finding.rule for finding in said.findings}) == expected
    assert said.faults == ()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_good_is_left_alone(path):
    said = judge(read_paths([path]), PACKS["portable"])
    assert (said.findings, said.undecided, said.faults) == ((), (), ())
