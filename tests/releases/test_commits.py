"""A decision counts by the commit that added it: signed by whoever says it, and unchanged since. Nothing else does."""

import shutil

import pytest

from releases import commits, history
from releases.commits import Commits
from releases.people import People
from tests.releases.checkouts import ANA, BEA, EVENT, VERSION, Checkout
from tests.releases.events_examples import appended
from tests.releases.test_openpgp import FOLDER as OPENPGP
from tests.releases.test_state import approval


@pytest.fixture
def here(tmp_path):
    return Checkout(tmp_path)


def test_the_commit_of_whoever_says_it_counts_and_git_itself_agrees(here, tmp_path):
    here.write()
    here.commit(ANA)
    assert here.against() == ""
    allowed = tmp_path / "allowed"
    allowed.write_text(f"{ANA} {here.keys[ANA].with_suffix('.pub').read_text()}")
    here.git("-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-commit", "HEAD")
    here.write("more\n", "README.md")
    here.commit()
    assert here.against() == ""


def test_an_address_of_the_same_person_counts(here):
    listed = {who: said.model_dump(exclude_defaults=True) for who, said in here.people.people.items()}
    listed[ANA]["same_as"] = ["ana@mail.acme.io"]
    here.write()
    here.commit(ANA)
    assert here.against("ana@mail.acme.io", People.model_validate({"people": listed})) == ""
    assert here.against("ana@mail.acme.io").endswith(f"is signed by a key of {ANA}")


@pytest.mark.parametrize(
    ("signer", "fault"),
    [
        (None, "has no signature"),
        (BEA, f"is signed by a key of {BEA}"),
        (
            "stranger",
            "is signed by a key that releases/people.yaml does not name, or was changed after it was signed",
        ),
    ],
)
def test_somebody_elses_commit_does_not_count(here, signer, fault):
    here.write()
    commit = here.commit(signer)
    assert here.against() == f"commit {commit}, which added it, {fault}"


def test_a_signature_that_was_moved_to_another_commit_does_not_count(here):
    here.write()
    here.commit(ANA)
    signed = here.git("cat-file", "commit", "HEAD")
    for forged in (signed.replace("\nsaid", "\nSaid"), signed.replace("author X", "author Y")):
        (here.root / "forged").write_text(forged)
        made = here.git("hash-object", "-t", "commit", "-w", "forged").strip()
        here.git("update-ref", "HEAD", made)
        assert here.against() == (
            f"commit {made[:10]}, which added it, has a signature that does not count: it is not about what the "
            "file says now: it was changed after it was signed"
        )


def test_two_signatures_on_one_commit_do_not_count(here):
    here.write()
    here.commit(ANA)
    signed = here.git("cat-file", "commit", "HEAD")
    head, _, rest = signed.partition("gpgsig")
    block = "gpgsig" + rest.partition("\n\n")[0] + "\n"
    (here.root / "forged").write_text(f"{head}{block}gpgsig{rest}")
    here.git("update-ref", "HEAD", here.git("hash-object", "-t", "commit", "-w", "forged").strip())
    assert here.against().endswith(", which added it, has more than one signature")


@pytest.mark.parametrize("signer", [None, BEA, ANA])
def test_what_was_changed_later_does_not_count(here, signer):
    here.write()
    first = here.commit(ANA)
    here.write("kind: approval\ndecision: approved\n")
    last = here.commit(signer)
    assert here.against() == f"commit {last} changed it since commit {first} added it"


def test_what_was_taken_away_and_put_back_does_not_count(here):
    here.write()
    first = here.commit(ANA)
    (here.root / EVENT).unlink()
    here.commit(ANA)
    here.write()
    last = here.commit()
    assert here.against() == f"commit {last} changed it since commit {first} added it"


def test_what_is_not_committed_or_changed_and_not_committed_does_not_count(here):
    here.write()
    assert here.against() == "it is not committed"
    commit = here.commit(ANA)
    here.write("kind: approval\n\n")
    assert here.against() == f"it says something else now than when commit {commit} added it"


def test_a_signed_merge_does_not_sign_what_it_brings(here):
    here.git("checkout", "-qb", "branch")
    here.write()
    added = here.commit()
    here.git("checkout", "-q", "main")
    here.git("-c", f"user.signingkey={here.keys[ANA]}", "merge", "-q", "-S", "--no-ff", "-m", "m", "branch")
    assert here.against() == f"commit {added}, which added it, has no signature"


def test_a_merge_that_adds_the_file_itself_does_not_count(here):
    here.git("checkout", "-qb", "branch")
    here.write("b\n", "b.txt")
    here.commit()
    here.git("checkout", "-q", "main")
    here.git("merge", "-q", "--no-ff", "--no-commit", "branch")
    here.write()
    merge = here.commit(ANA)
    assert len(here.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert here.against() == (
        f"merge {merge} added it, and none of what it merges has it: a merge signs no file of its own"
    )


def test_a_merge_of_ones_own_signed_commit_counts(here):
    here.git("checkout", "-qb", "branch")
    here.write()
    here.commit(ANA)
    here.git("checkout", "-q", "main")
    here.write("on main\n", "README.md")
    here.commit()
    here.git("merge", "-q", "--no-ff", "-m", "merge", "branch")
    assert here.against() == ""


def test_a_commit_signed_by_gpg_counts(tmp_path):
    """As git and gpg 2.2 made it; its private key was thrown away."""
    here = Checkout(tmp_path)
    (here.root / "README.md").unlink()
    here.write((OPENPGP / "content.txt").read_text())
    shutil.copy(OPENPGP / "ana-commit.txt", tmp_path)
    here.git("add", "-A")
    here.git("write-tree")
    made = here.git("hash-object", "-t", "commit", "-w", str(tmp_path / "ana-commit.txt")).strip()
    here.git("update-ref", "HEAD", made)
    keys = {
        who: {"roles": ["approver"], "gpg_keys": [(OPENPGP / f"{who[:3]}.asc").read_text()]}
        for who in (ANA, BEA)
    }
    assert here.against(people=People.model_validate({"people": keys})) == ""
    assert here.against(BEA, People.model_validate({"people": keys})) == (
        f"commit {made[:10]}, which added it, is signed by a key of {ANA}"
    )
    assert here.against(people=People.model_validate({"people": {ANA: keys[BEA]}})).endswith(
        "is signed by a key that releases/people.yaml does not name, or was changed after it was signed"
    )


def test_what_was_found_once_is_not_asked_again_and_another_file_is(here, monkeypatch):
    here.write()
    here.commit(ANA)
    asked = []
    monkeypatch.setattr(commits, "changes", lambda *words: asked.append(words) or history.changes(*words))
    said = [approval(2, "approved").model_copy(update={"who": ANA})]
    for _ in range(2):
        again = Commits(here.root / "releases", here.people)
        again.expect(VERSION, appended(said), set())
        assert again.against(EVENT) == ""
    assert len(asked) == 1
    here.write("kind: approval\n# changed\n")
    assert again.against(EVENT).startswith("it says something else now")
    assert len(asked) == 2
