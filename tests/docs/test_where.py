"""What a newcomer asks leads to its file: by the command, and by the table of docs/README.md."""

import re
from functools import cache

import pytest

from facts.strict_yaml import load
from gate.cli.where_search import read, search
from tests.conftest import ROOT

ASKED = load((ROOT / "tests/docs/where.yaml").read_text(encoding="utf-8"), "where.yaml")
MOST = 2
"""Files that a reader may have to open."""
MEAN = 1.2

PAGE = (
    (ROOT / "docs/README.md")
    .read_text(encoding="utf-8")
    .partition("## Where is it?")[2]
    .partition("\n## ")[0]
)
ROWS = [line.strip("| ").split(" | ", 1) for line in PAGE.splitlines() if re.match(r"\| [A-Z]", line)]
CODE = re.compile(r"`([^`]+)`")
NAMED = re.compile(r"`([A-Za-z_][\w.-]*)` (?:of a [^`]*|in a [^`]*)?in `([\w./-]+\.\w+)`")


@cache
def texts():
    return read(ROOT)


def opened(question) -> int:
    files = list(dict.fromkeys(hit.file for hit in search(texts(), [question["words"]])[question["reads"]]))
    return files.index(question["file"]) + 1 if question["file"] in files else len(files) + 1


@pytest.fixture(scope="module")
def guesses():
    return {question["asks"]: opened(question) for question in ASKED}


def test_every_question_is_answered_by_the_second_file_at_most(guesses):
    assert {asks: count for asks, count in guesses.items() if count > MOST} == {}


def test_questions_are_answered_by_the_first_file_on_average(guesses):
    assert len(guesses) == len(ASKED) >= 40
    assert sum(guesses.values()) / len(guesses) <= MEAN


def test_the_table_asks_of_files_that_exist():
    assert len(ROWS) >= 30
    lost = []
    for question, answer in ROWS:
        folder = ""
        for said in CODE.findall(answer):
            if "/" in said and re.fullmatch(r"[\w./-]+(\.\w+|/)", said):
                folder = said.rpartition("/")[0]
                if not (ROOT / said).exists():
                    lost.append(f"{question}: {said}")
            elif (
                re.fullmatch(r"[\w-]+\.(py|yaml)", said)
                and said != "release.yaml"
                and not (ROOT / folder / said).exists()
            ):
                lost.append(f"{question}: {said} beside {folder}")
    assert lost == []


def test_the_table_names_what_stands_in_the_file():
    named = [found for _, answer in ROWS for found in NAMED.findall(answer)]
    assert len(named) >= 5
    assert [
        f"{name} in {file}"
        for name, file in named
        if name.rpartition(".")[2] not in (ROOT / file).read_text(encoding="utf-8")
    ] == []
