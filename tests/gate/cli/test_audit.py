"""Eight questions, one command each, from git, stack files and records."""

import json

import pytest

from gate.evaluate.audit import QUESTIONS
from tests.gate.cli.organisation import commit, organisation, run

TODAY = "--today=2026-12-01"
NAMES = ["approvals", "identity", "eyes", "served", "where", "risks", "retention", "training"]


@pytest.fixture
def mine(tmp_path):
    root = organisation(tmp_path / "mine")
    (root / "policies").mkdir()
    (root / "policies/waivers.yaml").write_text(
        "logs:\n  rule: some-rule\n  resource: type name\n  finding: the finding\n  stacks: [dev]\n"
        "  reason: nobody reads this copy of the logs\n  owner: ml-platform\n"
        "  created: 2026-10-01\n  expires: 2026-11-30\n"
    )
    return root


def ask(mine, *words):
    code, out = run("audit", *words, TODAY, "--format=json", f"--from={mine}")
    assert code == 0, out
    return json.loads(out)


def rows(mine, question, *words):
    (answer,) = ask(mine, question, *words)
    return answer["rows"]


def test_every_question_is_answered_of_the_example(mine):
    answers = ask(mine)
    assert [answer["id"] for answer in answers] == NAMES == list(QUESTIONS)
    assert [answer["id"] for answer in answers if not answer["rows"]] == []
    assert all(answer["question"].endswith("?") for answer in answers)


def test_who_approved_what_is_serving(mine):
    approval, review = rows(mine, "approvals", "minilm/v1")
    assert approval["serving in"] == "dev 100 %, prod-models 100 %, staging-models 100 %"
    assert [(row["decision"], row["by"], row["on"]) for row in (approval, review)] == [
        ("approval", "model-risk@example.com", "2026-11-23"),
        ("licence review", "licences@example.com", "2026-11-23"),
    ]
    assert approval["evidence"].startswith("make verify-releases: digest, size, parameters and signature")


def test_whether_they_are_who_they_say(mine):
    approval, review = rows(mine, "identity", "minilm")
    assert approval["proof"].startswith("signed, by a key of theirs (SHA256:")
    assert (approval["may decide"], approval["committed by"]) == (
        "approver in releases/people.yaml",
        "model-risk@example.com",
    )
    (mine / "releases/models/minilm/v1/events/2026-11-23-licence-review.yaml.sig").unlink()
    (mine / "stacks/Pulumi.staging.yaml").write_text(
        (mine / "stacks/Pulumi.staging.yaml")
        .read_text()
        .replace("signed_decisions_only: true", "max_pods: 9")
    )
    (mine / "stacks/Pulumi.prod.yaml").write_text(
        (mine / "stacks/Pulumi.prod.yaml").read_text().replace("signed_decisions_only: true", "max_pods: 9")
    )
    approval, review = rows(mine, "identity", "minilm")
    said, _, why = review["proof"].partition(": ")
    assert (said, review["committed by"]) == ("typed text alone", "model-risk@example.com")
    assert why.endswith(", which added it, has no signature")


def test_whether_another_person_approved(mine):
    (row,) = rows(mine, "eyes", "minilm")
    assert (row["approver"], row["reviewer"], row["measured or signed by"]) == (
        "model-risk@example.com",
        "licences@example.com",
        "search@example.com",
    )
    # The copy was committed by the approver, and git was told so.
    assert row["another person"] == "NO: also author"


def test_what_served_on_a_day_is_what_the_branch_said_then(mine):
    file = mine / "stacks/Pulumi.dev.yaml"
    before = file.read_text()
    entry = "          v1: {pool: cpu, replicas: {min: 0, max: 2}}\n"
    file.write_text(
        before.replace(entry, entry + entry.replace("v1", "v2")).replace(
            "{stable: v1}", "{stable: v1, candidate: v2, percent: 10}", 1
        )
    )
    commit(mine, "2026-11-30T10:00:00+00:00")
    file.write_text(before)
    commit(mine, "2026-12-01T10:00:00+00:00")

    def on(day):
        found = rows(mine, "served", "minilm", f"--on={day}")
        return {row["release"]: row["share"] for row in found if row["stack"] == "dev"}

    assert on("2026-11-29") == {"minilm/v1": "100 %"}
    assert on("2026-11-30") == {"minilm/v1": "90 %", "minilm/v2": "10 %"}
    assert on("2026-12-01") == {"minilm/v1": "100 %"}
    (answer,) = ask(mine, "served", "--on=2020-01-01")
    assert (answer["rows"], answer["note"]) == ([], "The history of this checkout begins later.")


def test_which_stacks_serve_it(mine):
    found = rows(mine, "where", "support-chat/v1")
    assert [(row["stack"], row["account"], row["region"]) for row in found] == [
        (stack, "111122223333", "eu-central-1") for stack in ("dev", "prod-models", "staging-models")
    ]
    assert rows(mine, "where", "nothing") == []


def test_which_risks_are_accepted_and_whether_that_is_over(mine):
    said = ("--evidence=x", "--reason=x", "--today=2026-11-29", f"--from={mine}")
    assert run("release", "deprecate", "minilm/v1", *said)[0] == 0
    (row,) = rows(mine, "risks")
    assert (row["what"], row["by"], row["until"], row["where"]) == (
        "logs: some-rule",
        "ml-platform",
        "2026-11-30 (over)",
        "dev",
    )


def test_what_is_kept_and_where_nobody_changes_it(mine):
    kept = {row["what"]: row for row in rows(mine, "retention") if row["stack"] == "prod"}
    assert (kept["files of models"]["kept"], kept["files of models"]["protection"][:9]) == (
        "365 days",
        "immutable",
    )
    assert (kept["payloads of class restricted"]["kept"], kept["audit trail of the account"]["kept"]) == (
        "4 days",
        "400 days",
    )
    assert kept["metrics"]["where"] == "Prometheus in the cluster"


def test_what_a_model_was_trained_on(mine):
    (row,) = rows(mine, "training", "minilm")
    assert (row["data"], row["trained from"], row["licence"]) == (
        "the record names none",
        "nreimers/MiniLM-L6-H384-uncased",
        "Apache-2.0, read 2026-11-23",
    )


def test_it_is_told_as_text_as_markdown_and_as_a_page(mine):
    waivers = mine / "policies/waivers.yaml"
    waivers.write_text(waivers.read_text().replace("nobody reads this", "<script>alert(1)</script> | reads"))
    text = run("audit", "risks", TODAY, f"--from={mine}")[1]
    assert text.startswith("Which risks are accepted, by whom, until when?\n")
    markdown = run("audit", "risks", TODAY, "--format=markdown", f"--from={mine}")[1]
    assert "| logs: some-rule | ml-platform | 2026-10-01 | 2026-11-30 (over) | dev |" in markdown
    assert "&lt;/script&gt; \\| reads" in markdown
    page = run("audit", TODAY, "--format=html", f"--from={mine}")[1]
    assert [name for name in NAMES if f'<section id="{name}">' not in page] == []
    assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["approval"], "no question 'approval'; did you mean approvals?"),
        (["--format=pdf"], "--format: should be text, json, markdown, html (got 'pdf')"),
        (["served", "--on=soon"], "--on: should be a date such as 2026-11-23 (got 'soon')"),
    ],
)
def test_what_cannot_be_asked_is_said(mine, words, said):
    code, out = run("audit", *words, TODAY, f"--from={mine}")
    assert (code, said in out) == (2, True)
