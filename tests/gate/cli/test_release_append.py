"""An event by one command: complete, or not written."""

import pytest

from facts.strict_yaml import load
from tests.gate.cli.organisation import organisation, run

FOLDER = "releases/models/minilm/v1"
ALL_OBLIGATIONS = "'acceptable-use', 'attribution', 'pass-on' or 'user-threshold'"


@pytest.fixture
def mine(tmp_path):
    return organisation(tmp_path)


def said(mine, kind):
    return load((mine / FOLDER / "events" / f"2026-12-01-{kind}.yaml").read_text(), kind)


def life(mine, command, *words, name="minilm/v1"):
    return run("release", command, name, *words, "--today=2026-12-01", f"--from={mine}")


@pytest.mark.parametrize(
    ("command", "words", "kind", "said_so"),
    [
        ("approve", [], "approval", ({"decision": "approved"}, "approved")),
        ("approve", ["--refuse"], "approval", ({"decision": "refused"}, "not approved")),
        ("review", ["--refuse"], "licence-review", ({"decision": "refused", "licence": "Apache-2.0"}, "not approved")),
        ("review", ["--expires=2027-01-31"], "licence-review", ({"decision": "accepted"}, "approved")),
        ("deprecate", ["--reason=old"], "deprecation", ({"reason": "old"}, "deprecated")),
        ("sunset", ["--ends=2027-02-01", "--reason=old"], "sunset", ({"reason": "old"}, "approved")),
        ("revoke", ["--reason=it lies"], "revocation", ({"reason": "it lies"}, "revoked")),
    ],
)  # fmt: skip
def test_one_command_writes_what_somebody_says(mine, command, words, kind, said_so):
    fields, state = said_so
    code, out = life(mine, command, *words, "--evidence=ticket 7", "--who=me@acme.io")
    assert code == 0
    data = said(mine, kind)
    assert {key: data[key] for key in fields} == fields
    assert (data["who"], data["evidence"]) == ("me@acme.io", ["ticket 7"])
    assert f"+++ b/{FOLDER}/events/2026-12-01-{kind}.yaml\n" in out
    assert f"minilm/v1 is {state}\n" in out


def test_who_is_who_git_knows(mine):
    life(mine, "approve", "--evidence=x")
    assert said(mine, "approval")["who"] == "model-risk@example.com"


def test_a_revocation_says_which_stacks_must_let_go(mine):
    _, out = life(mine, "revoke", "--reason=it lies", "--evidence=x")
    assert out.splitlines()[-1] == (
        "these stacks are refused until they let go of it: dev, prod-models, staging-models"
    )


def test_what_a_licence_asks_is_named_or_nothing_is_accepted(mine):
    record = mine / FOLDER / "release.yaml"
    text = record.read_text().replace("name: Apache-2.0", "name: llama-3.1-community")
    record.write_text(text)
    for event in (mine / FOLDER / "events").iterdir():
        event.unlink()
    code, out = life(mine, "review", "--evidence=x", "--met=attribution")
    assert code == 2
    assert [line.split(":")[0].strip() for line in out.splitlines()[1:]] == [
        "--met acceptable-use",
        "--met user-threshold",
    ]
    asked = ("--met=attribution", "--met=acceptable-use", "--met=user-threshold")
    assert life(mine, "review", "--evidence=x", *asked)[0] == 0
    assert said(mine, "licence-review")["obligations_met"] == [
        "attribution",
        "acceptable-use",
        "user-threshold",
    ]


@pytest.mark.parametrize(
    ("command", "words", "problem"),
    [
        ("approve", [], "--evidence: say at least once what it rests on: a page, a ticket, a run"),
        ("approve", ["--evidence=x", "--who=me"], "--who: should be an e-mail address (got 'me')"),
        ("sunset", ["--ends=2026-11-01", "--reason=x", "--evidence=x"],
         "--ends should be after date (2026-12-01) (got 2026-11-01)"),
        ("deprecate", ["--reason=x", "--successor=v9", "--evidence=x"],
         "successor: there is no record of it; there are none; leave it out (got 'v9')"),
        ("review", ["--evidence=x", "--met=everything"],
         f"--obligations-met.0: should be {ALL_OBLIGATIONS} (got 'everything')"),
    ],
)  # fmt: skip
def test_what_would_be_refused_is_not_written(mine, command, words, problem):
    before = sorted(path.name for path in (mine / FOLDER / "events").iterdir())
    code, out = life(mine, command, *words)
    assert (code, [line.strip() for line in out.splitlines()[1:]]) == (2, [problem])
    assert sorted(path.name for path in (mine / FOLDER / "events").iterdir()) == before


@pytest.mark.parametrize("name", ["minilm", "minilm/latest", "../v1"])
def test_a_version_is_named(mine, name):
    assert life(mine, "approve", "--evidence=x", name=name)[1].startswith(
        "name one version: MODEL/VERSION (got"
    )


def test_a_draft_of_another_version_is_in_nobodys_way(mine):
    (mine / "releases/models/minilm/v2").mkdir()
    (mine / "releases/models/minilm/v2/release.yaml").write_text("owner: CHANGEME\n")
    assert life(mine, "approve", "--evidence=x")[0] == 0


def test_a_figure_is_one_that_the_record_agreed_on(mine):
    code, out = life(mine, "evaluate", "--value=0.81", "--evidence=run 7", "--who=me@acme.io")
    assert (code, "minilm/v1 is approved\n" in out) == (0, True)
    evaluation = said(mine, "evaluation")["evaluation"]
    assert (evaluation["value"], evaluation["by"], evaluation["floor"]) == (0.81, "me@acme.io", 0.8)
    assert life(mine, "evaluate", "--value=0.7", "--evidence=run 8")[1].endswith(
        "minilm/v1 is below its floor\n"
    )
    code, out = life(mine, "evaluate", "--value=0.9", "--evidence=run 9", "--suite=another")
    agreed = "its record agreed on --suite 'sentence-pairs' --metric 'spearman' "
    other = "(slipway release event drafts another one)"
    assert (code, out) == (2, f"minilm/v1: say which figure was measured; {agreed}{other}")
