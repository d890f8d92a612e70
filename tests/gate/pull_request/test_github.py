"""What is asked of GitHub's client, with one that only writes it down."""

import json

import pytest

from gate.core.errors import GateError
from gate.pull_request.github import pull_request_at, put_comment, put_issue
from tests.github import BOT, Client, comments, issues, pulls

MARK = "<!-- ours -->"
PATH = "repos/{owner}/{repo}/issues"


@pytest.fixture
def client(tmp_path, monkeypatch):
    made = Client(tmp_path)

    def answers(*given, refuses=""):
        for name, value in made.environment(given, refuses).items():
            monkeypatch.setenv(name, value)
        return made

    return answers


def test_a_pull_request_is_found_by_its_newest_commit(client):
    client(pulls((7, "a" * 40), (8, "b" * 40)))
    assert pull_request_at("b" * 40) == 8
    assert pull_request_at("c" * 40) is None


def test_the_first_comment_is_made(client):
    asked = client(comments(8, []))
    put_comment(8, MARK, f"`id` $(touch x)\n{MARK}")
    assert asked.changes() == [("POST", f"{PATH}/8/comments", {"body": f"`id` $(touch x)\n{MARK}"})]


def test_the_next_one_replaces_ours_on_whatever_page_and_nobody_elses(client):
    others = [
        {"id": 1, "user": {"login": "somebody"}, "body": MARK},
        {"id": 2, "user": BOT, "body": "of another workflow"},
    ]
    asked = client(comments(8, others, [{"id": 3, "user": BOT, "body": f"older\n{MARK}"}]))
    put_comment(8, MARK, "new")
    assert asked.changes() == [("PATCH", f"{PATH}/comments/3", {"body": "new"})]


@pytest.mark.parametrize(
    ("open_issues", "body", "done", "changes"),
    [
        ([], "rows", "opened", [("POST", PATH, {"body": "rows", "title": "Ends"})]),
        ([(4, "Ends")], "rows", "wrote #4 again", [("PATCH", f"{PATH}/4", {"body": "rows"})]),
        ([(4, "Ends")], "", "closed #4", [("PATCH", f"{PATH}/4", {"state": "closed"})]),
        ([(4, "Ends soon")], "", "nothing to open", []),
    ],
)
def test_one_issue_of_a_title_is_opened_written_again_or_closed(client, open_issues, body, done, changes):
    asked = client(issues(*open_issues))
    assert put_issue("Ends", body) == done
    assert asked.changes() == changes


def test_a_refusal_is_one_clear_error(client):
    client(refuses="HTTP 403: Resource not accessible by integration")
    with pytest.raises(GateError, match=r"gh pr failed:\n  first line\n  HTTP 403: .* integration$"):
        pull_request_at("a" * 40)


@pytest.mark.parametrize("said", ["", "<html>", '{"a": 1'])
def test_an_answer_that_is_none_is_an_error(client, said):
    client((["pr", "list"], said), (comments(1)[0], f"[]{said}x"))
    with pytest.raises(GateError, match=r"no JSON$"):
        pull_request_at("a" * 40)
    with pytest.raises(GateError, match=r"no JSON$"):
        put_comment(1, MARK, "new")


def test_a_missing_client_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(GateError, match=r"gh cannot be started:\n.*No such file"):
        put_issue("Ends", json.dumps([]))
