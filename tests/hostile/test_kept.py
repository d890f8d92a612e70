"""Inputs that once failed in ``make fuzz``, and stay where they were found."""

from pathlib import Path

import pytest

from tests.fuzz.judging import judged

KEPT = sorted((Path(__file__).parent.parent / "fuzz" / "corpus").iterdir())
VERDICTS = {"api-version-with-a-path": "refused", "long-api-version": "fail"}


def test_each_has_its_verdict():
    assert {path.stem for path in KEPT} == VERDICTS.keys()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_it_is_judged(path):
    assert judged(path.read_bytes(), path.suffix) == VERDICTS[path.stem]
