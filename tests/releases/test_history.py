"""Git is asked for history alone: nothing that a repository brings along runs, or stands for what was committed."""

import shutil
import subprocess

import pytest

from releases import history
from releases.commits import Commits
from tests.gate.cli.organisation import git
from tests.releases.checkouts import ANA, VERSION, Checkout
from tests.releases.events_examples import appended
from tests.releases.test_state import approval


@pytest.fixture
def here(tmp_path):
    return Checkout(tmp_path)


def test_a_clone_that_ends_too_early_is_said(here, tmp_path):
    here.write()
    here.commit(ANA)
    here.write("more\n", "README.md")
    last = here.commit(ANA)
    for depth, against in ((1, last), (2, here.git("rev-parse", "--short=10", "HEAD~1").strip()), (3, "")):
        shallow = tmp_path / f"depth-{depth}"
        subprocess.run(  # noqa: S603 git, our own arguments
            ["git", "clone", "-q", f"--depth={depth}", f"file://{here.root}", str(shallow)],  # noqa: S607 whichever git
            check=True,
        )
        assert here.against(root=shallow) == (
            against
            and f"this clone is shallow and ends at commit {against}, before one can tell which commit added it: "
            "fetch the whole history (fetch-depth: 0, git fetch --unshallow)"
        )


def test_a_folder_that_is_no_checkout_is_said(here, tmp_path):
    here.write()
    here.commit(ANA)
    shutil.copytree(here.root / "releases", tmp_path / "copy" / "releases")
    assert here.against(root=tmp_path / "copy") == "this is no checkout of git, where commits could be asked"


def test_a_repository_that_somebody_committed_as_files_is_not_asked(here, tmp_path):
    """Else a branch could bring a history of its own, with what was signed and never merged."""
    here.write()
    here.commit(ANA)
    fake = tmp_path / "bare"
    git(here.root, "clone", "-q", "--bare", str(here.root), str(fake))
    inside = tmp_path / "other" / "releases"
    shutil.copytree(here.root / "releases", inside)
    for name in ("HEAD", "config", "objects", "refs", "packed-refs"):
        (shutil.copytree if (fake / name).is_dir() else shutil.copy)(fake / name, inside / name)
    git(inside, "rev-parse", "HEAD")  # git itself would take it
    assert here.against(root=tmp_path / "other") == "this is no checkout of git, where commits could be asked"


def test_nothing_that_the_repository_says_counts_or_runs(here, tmp_path):
    """Lists of signers, programs for signatures, names for people, filters."""
    here.write()
    here.write("* filter=evil diff=evil eol=crlf ident text\n", ".gitattributes")
    here.write(f"Ana <{ANA}> X <x@y.z>\n", ".mailmap")
    commit = here.commit("stranger")
    trap, ran = tmp_path / "trap", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch {ran}\nexit 0\n")
    trap.chmod(0o755)
    allowed = here.root / "allowed"
    allowed.write_text(f"{ANA} {here.keys['stranger'].with_suffix('.pub').read_text()}")
    for key in (
        "gpg.program",
        "gpg.ssh.program",
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "core.sshCommand",
    ):
        here.git("config", key, str(trap))
    for key in (
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "pager.log",
        "alias.rev-list",
    ):
        here.git("config", key, str(trap))
    here.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    here.git("config", "log.showSignature", "true")
    assert here.against().startswith(f"commit {commit}, which added it, is signed by a key that")
    assert not ran.exists()
    here.git("log", "-1")
    assert ran.exists(), "git itself obeys"


def test_a_commit_that_stands_for_another_is_not_read(here, tmp_path):
    good = Checkout(tmp_path / "good")
    good.write()
    good.commit(ANA)
    here.write()
    commit = here.commit()
    here.git("fetch", "-q", str(good.root), "main")
    here.git("replace", "HEAD", "FETCH_HEAD")
    assert "gpgsig" in here.git("cat-file", "commit", "HEAD"), "git itself reads the other one"
    assert here.against() == f"commit {commit}, which added it, has no signature"


def test_git_is_asked_three_times_for_all_and_never_for_what_nobody_asks(here, monkeypatch):
    names = [f"2026-11-0{day}-approval.yaml" for day in range(1, 6)]
    for name in names:
        here.write(name, f"{VERSION}/events/{name}")
        here.commit(ANA)
    ran = []
    run = subprocess.run
    monkeypatch.setattr(history.subprocess, "run", lambda words, **k: ran.append(words) or run(words, **k))
    asked = Commits(here.root / "releases", here.people)
    events = [approval(day, "approved").model_copy(update={"who": ANA}) for day in range(1, 6)]
    asked.expect(VERSION, appended(events), {names[0]})
    assert ran == []
    assert [asked.against(f"{VERSION}/events/{name}") for name in names[1:]] == [""] * 4
    assert [next(w for w in words if w in {"rev-list", "diff-tree", "cat-file"}) for words in ran] == [
        "rev-list",
        "diff-tree",
        "cat-file",
        "cat-file",
    ]


def test_a_repository_whose_names_are_sha256_is_asked_the_same(tmp_path):
    here = Checkout(tmp_path / "a folder ä", "sha256")
    here.write()
    commit = here.commit(ANA)
    assert here.against() == ""
    assert here.against("bea@acme.io") == f"commit {commit}, which added it, is signed by a key of {ANA}"


def test_another_worktree_knows_the_same_commits(here):
    here.write()
    here.commit(ANA)
    here.git("worktree", "add", "-q", str(here.folder / "other"))
    assert here.against(root=here.folder / "other") == ""


def test_what_a_clone_left_out_is_not_fetched(here, tmp_path):
    """It would be, by a program that the repository's settings may name."""
    here.write()
    here.commit(ANA)
    here.git("config", "uploadpack.allowFilter", "true")
    part = tmp_path / "part"
    git(tmp_path, "clone", "-q", "--filter=tree:0", "--no-checkout", f"file://{here.root}", str(part))
    shutil.copytree(here.root / "releases", part / "releases")
    assert here.against(root=part).startswith("git rev-list failed: fatal: could not fetch ")
    assert git(part, "rev-list", "--full-history", "HEAD", "--", "releases") != "", "git itself fetches it"
