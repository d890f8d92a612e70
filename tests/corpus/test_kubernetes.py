"""Manifests with one defect each, and manifests with none: what is caught, by which rules, and what is left alone.

``bad/*.yaml`` begin with a comment that names the rules that must speak; ``good/*.yaml`` must leave every rule silent.
"""

from pathlib import Path

import pytest

from gate.ingest.adapters import read_paths
from policies.engine.evaluate import judge
from policies.packs import PACKS

FOLDER = Path(__file__).parent / "kubernetes"
BAD = sorted((FOLDER / "bad").glob("*.yaml"))
GOOD = sorted((FOLDER / "good").glob("*.yaml"))
MARK = "# expects: "


def test_both_sides_are_there():
    assert (len(BAD), len(GOOD)) >= (393, 406)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_defect_is_caught_by_the_rules_it_breaks(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(MARK)
    said = judge(read_paths([path]), PACKS["portable"])
    assert sorted({finding.rule for finding in said.findings}) == first.removeprefix(MARK).split(", ")
    assert said.faults == ()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_is_good_is_left_alone(path):
    said = judge(read_paths([path]), PACKS["portable"])
    assert (said.findings, said.undecided, said.faults) == ((), (), ())
