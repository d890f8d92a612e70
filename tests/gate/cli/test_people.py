"""Who decided comes from a signature by a key in a reviewed list; CODEOWNERS is made of that list."""

import pytest

from gate.evaluate.adoption import tried
from gate.evaluate.code_owners import CODEOWNERS, with_people
from releases.agent_load import load_agents
from releases.load import ReleaseError, load_releases
from releases.people import load_people
from releases.trust import why_unsigned
from stacks.load import SettingsError, read_stack
from tests.conftest import ROOT
from tests.gate.cli.organisation import git, key_in, organisation, run
from tests.releases.test_openpgp import FOLDER as OPENPGP

DAY = "--today=2026-12-01"
EVENTS = "releases/models/minilm/v1/events"


@pytest.fixture
def mine(tmp_path):
    return organisation(tmp_path / "mine")


@pytest.fixture
def key(tmp_path):
    return key_in(tmp_path)


def add(mine, who, key, *words):
    return run("people", "add", who, f"--key={key}.pub", *words, f"--from={mine}")


def approve(mine, who, *words):
    said = ("release", "approve", "minilm/v1", f"--who={who}", "--evidence=run 9", DAY, *words)
    return run(*said, f"--from={mine}")


def signed(mine):
    return load_releases(mine / "releases/models")["minilm"]["v1"].signed


def test_codeowners_are_those_that_the_list_names():
    text = (ROOT / CODEOWNERS).read_text(encoding="utf-8")
    assert text == with_people(text, load_people(ROOT / "releases")), "slipway people codeowners --write"


def test_the_committed_decisions_are_signed():
    for versions in load_releases().values():
        for loaded in versions.values():
            assert loaded.signed == {appended.name for appended in loaded.appended}


def test_a_new_person_signs_and_counts_where_signatures_are_asked_for(mine, key):
    assert add(mine, "ana@acme.io", key, "--role=approver", "--github=@ana")[0] == 0
    assert approve(mine, "ana@acme.io")[0] == 0
    with pytest.raises(SettingsError, match=r"ana@acme\.io did not sign this one; slipway release sign"):
        read_stack("prod-models", mine / "stacks")
    assert read_stack("dev", mine / "stacks").name == "dev"
    assert run("release", "sign", "minilm/v1", "--who=ana@acme.io", f"--key={key}", f"--from={mine}")[0] == 0
    assert "2026-12-01-approval.yaml" in signed(mine)
    assert read_stack("prod-models", mine / "stacks").name == "prod-models"


def signed_commit(mine, key, *words):
    git(mine, "add", "-A")
    git(mine, "-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "commit", "-qS", "-m", "said", *words)


def test_the_signed_commit_of_who_approves_counts_where_signatures_are_asked_for(mine, key, monkeypatch):
    add(mine, "ana@acme.io", key, "--role=approver")
    assert approve(mine, "ana@acme.io")[0] == 0
    with pytest.raises(SettingsError, match=r"\(its commit does not sign it either: it is not committed\)$"):
        read_stack("prod-models", mine / "stacks")
    signed_commit(mine, key)
    assert read_stack("prod-models", mine / "stacks").name == "prod-models"
    assert tried(mine, {}) == []
    # The program that a capture runs may run no command: by then it is known.
    monkeypatch.setattr(
        "releases.history.subprocess.run", lambda *_words, **_how: pytest.fail("git was asked")
    )
    assert read_stack("prod-models", mine / "stacks").name == "prod-models"


def test_no_git_is_asked_where_every_decision_has_a_signature_beside_it(mine, monkeypatch):
    monkeypatch.setattr(
        "releases.history.subprocess.run", lambda *_words, **_how: pytest.fail("git was asked")
    )
    assert read_stack("prod-models", mine / "stacks").name == "prod-models"


def test_an_unsigned_decision_asks_no_git_in_a_stack_that_asks_for_no_signatures(mine, key, monkeypatch):
    add(mine, "ana@acme.io", key, "--role=approver")
    approve(mine, "ana@acme.io")
    monkeypatch.setattr(
        "releases.history.subprocess.run", lambda *_words, **_how: pytest.fail("git was asked")
    )
    assert read_stack("dev", mine / "stacks").name == "dev"


def test_an_agents_approval_counts_by_its_commit_too(mine, key):
    def agent():
        return load_agents(load_releases(mine / "releases/models"), mine / "releases/agents")[
            "incident-triage"
        ]["v1"]

    event = mine / "releases/agents/incident-triage/v1/events/2026-11-29-approval.yaml"
    add(mine, "ana@acme.io", key, "--role=approver")
    assert why_unsigned(agent(), event.name).endswith(", which added it, has no signature")
    event.write_text(event.read_text().replace("model-risk@example.com", "ana@acme.io"))
    event.rename(event.with_name("2026-11-29-approval-2.yaml"))
    signed_commit(mine, key)
    assert why_unsigned(agent(), "2026-11-29-approval-2.yaml") is None


def test_a_key_of_gpg_stands_in_the_list_as_it_was_exported(mine):
    words = ("people", "add", "ana@acme.io", "--role=approver", f"--from={mine}")
    assert run(*words, f"--key={OPENPGP / 'ana.asc'}")[0] == 0
    entry = load_people(mine / "releases").of("ana@acme.io")
    assert entry.gpg_keys == [(OPENPGP / "ana.asc").read_text()]
    assert run("people", "list", f"--from={mine}")[1].splitlines()[-1] == (
        "ana@acme.io: approver, 1 key, not on GitHub"
    )
    code, out = run(*words, f"--key={OPENPGP / 'bea-revoked.asc'}")
    assert (code, out.endswith("its owner revoked it; take it out; what gpg --armor --export prints")) == (
        2,
        True,
    )


def test_an_approval_is_signed_as_it_is_written(mine, key):
    add(mine, "ana@acme.io", key, "--role=approver")
    code, out = approve(mine, "ana@acme.io", f"--sign={key}")
    assert (code, "+++ b/releases/models/minilm/v1/events/2026-12-01-approval.yaml.sig" in out) == (0, True)
    assert "2026-12-01-approval.yaml" in signed(mine)


def test_a_key_that_the_list_does_not_name_writes_nothing(mine, key):
    before = sorted(path.name for path in (mine / EVENTS).iterdir())
    code, out = approve(mine, "model-risk@example.com", f"--sign={key}")
    assert (code, out.splitlines()[0]) == (
        2,
        "--sign: releases/people.yaml names no such key of model-risk@example.com, so nothing was written:",
    )
    assert sorted(path.name for path in (mine / EVENTS).iterdir()) == before


def test_somebody_elses_name_above_ones_own_signature_is_found(mine, key):
    add(mine, "ana@acme.io", key, "--role=approver")
    approve(mine, "ana@acme.io", f"--sign={key}")
    event = mine / EVENTS / "2026-12-01-approval.yaml"
    event.write_text(event.read_text().replace("ana@acme.io", "model-risk@example.com"))
    with pytest.raises(ReleaseError, match="it was changed after it was signed"):
        load_releases(mine / "releases/models")
    event.write_text(event.read_text().replace("model-risk@example.com", "ana@acme.io"))
    people = mine / "releases/people.yaml"
    people.write_text(people.read_text().replace("ana@acme.io", "bea@acme.io"))
    with pytest.raises(ReleaseError, match=r"for ana@acme\.io; it is by a key of bea@acme\.io"):
        load_releases(mine / "releases/models")


def test_a_signature_without_its_event_is_found(mine):
    (mine / EVENTS / "2026-11-23-approval.yaml").unlink()
    with pytest.raises(
        ReleaseError, match=r"2026-11-23-approval\.yaml\.sig: there is no event that it signs"
    ):
        load_releases(mine / "releases/models")


def test_the_list_is_shown_and_grows(mine, key):
    assert run("people", "list", f"--from={mine}")[1].splitlines() == [
        "licences@example.com: reviewer, 1 key, @example/licences",
        "model-risk@example.com: approver, 1 key, @example/model-risk",
    ]
    add(mine, "ana@acme.io", key, "--role=approver", "--github=@ana")
    add(mine, "ana@acme.io", key, "--role=reviewer")
    assert run("people", "list", f"--from={mine}")[1].splitlines()[-1] == (
        "ana@acme.io: approver and reviewer, 1 key, @ana"
    )
    (mine / ".github").mkdir()
    (mine / CODEOWNERS).write_text((ROOT / CODEOWNERS).read_text())
    assert run("people", "codeowners", f"--from={mine}")[0] == 1
    assert run("people", "codeowners", "--write", f"--from={mine}")[0] == 0
    assert (
        "/releases/people.yaml                           @example/model-risk @ana\n"
        in (mine / CODEOWNERS).read_text()
    )
    assert run("people", "codeowners", f"--from={mine}")[0] == 0


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        ("ana", ["--role=approver"], "people.ana: the key should be an e-mail address"),
        ("ana@acme.io", ["--role=king"], "should be 'reviewer' or 'approver' (got 'king')"),
        ("ana@acme.io", ["--role=approver", "--github=ana"], "github: should match"),
    ],
)
def test_a_list_that_would_be_wrong_is_not_written(mine, key, who, words, said):
    before = (mine / "releases/people.yaml").read_text()
    code, out = add(mine, who, key, *words)
    assert (code, said in out) == (2, True), out
    assert (mine / "releases/people.yaml").read_text() == before


def test_one_key_is_of_one_person_and_no_private_one_is_taken(mine, key):
    add(mine, "ana@acme.io", key, "--role=approver")
    assert "ana@acme.io has this key already" in add(mine, "bea@acme.io", key, "--role=approver")[1]
    code, out = run("people", "add", "bea@acme.io", "--role=approver", f"--key={key}", f"--from={mine}")
    assert (code, "the public half, such as id_ed25519.pub" in out) == (2, True)
    assert "PRIVATE" not in out


def test_a_key_that_cannot_sign_is_said(mine, tmp_path):
    assert (
        approve(mine, "a@acme.io", f"--sign={tmp_path}/none")[1] == f"--sign: there is no key {tmp_path}/none"
    )
    (tmp_path / "bad").write_text("no key")
    assert approve(mine, "a@acme.io", f"--sign={tmp_path}/bad")[1].startswith("ssh-keygen did not sign:\n")
