"""What a workflow's run shows of its reports."""

import pytest

from gate.cli.summary import LONGEST, summary
from gate.core.errors import GateError


def made(folder, **reports):
    for stack, text in reports.items():
        (folder / stack).mkdir()
        (folder / stack / "report.md").write_text(text, encoding="utf-8")
    return summary(folder / "difference.md", folder)


def test_without_a_report_it_says_that_nothing_was_judged(tmp_path):
    assert made(tmp_path) == "No stack could be judged: the steps before say why.\n"


def test_only_whole_reports_are_shown_and_the_rest_is_named(tmp_path):
    half = "ä" * (LONGEST // 4)
    said = made(tmp_path, dev=f"dev {half}\n", prod=f"prod {half}\n", test="test\n")
    assert len(said.encode()) <= LONGEST
    assert said == f"dev {half}\n\ntest\n\nToo long for a summary, see the artifact: prod.\n"


def test_many_names_are_counted(tmp_path):
    long = "x" * LONGEST
    said = made(tmp_path, **{f"s{n:02}": long for n in range(22)})
    assert said.endswith(", s19 and 2 more.\n")


def test_a_report_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "dev" / "report.md").mkdir(parents=True)
    with pytest.raises(GateError, match=r"report\.md cannot be read:\n  Is a directory$"):
        summary(tmp_path / "difference.md", tmp_path)
