"""The checkout of a worker: made, brought up to its branch, and what cannot be fetched is said in one message."""

import subprocess

import pytest

from runtime.loops.checkout import fetch
from runtime.loops.settings import LoopsError, RepositorySettings


def git(folder, *words):
    said = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", str(folder), *said, *words], check=True, capture_output=True)  # noqa: S603, S607


def commit(folder, name):
    (folder / name).write_text(name)
    git(folder, "add", name)
    git(folder, "commit", "-m", name)


@pytest.fixture
def origin(tmp_path):
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init")
    commit(folder, "first")
    return folder


def settings(origin, folder, branch="main"):
    return RepositorySettings(url=str(origin), branch=branch, folder=str(folder))


def names(folder):
    return {path.name for path in folder.iterdir()} - {".git"}


def test_a_checkout_is_made_and_later_brought_up(origin, tmp_path):
    asked = settings(origin, tmp_path / "work")
    fetch(asked)
    assert names(tmp_path / "work") == {"first"}
    commit(origin, "second")
    fetch(asked)
    assert names(tmp_path / "work") == {"first", "second"}


def test_what_a_worker_appended_is_kept_and_goes_on_on_its_branch(origin, tmp_path):
    asked, work = settings(origin, tmp_path / "work"), tmp_path / "work"
    fetch(asked, "slipway-events-rollout")
    commit(work, "event-1")
    git(work, "push", "origin", "slipway-events-rollout")
    commit(work, "event-2")
    commit(origin, "record-2")
    fetch(asked, "slipway-events-rollout")
    assert names(work) == {"first", "event-1", "event-2", "record-2"}
    fetch(settings(origin, tmp_path / "other"), "slipway-events-rollout")
    assert names(tmp_path / "other") == {"first", "event-1", "record-2"}


def test_a_branch_that_is_not_there_is_said(origin, tmp_path):
    with pytest.raises(LoopsError, match=r"(?s)repository: cannot be fetched:.*nowhere"):
        fetch(settings(origin, tmp_path / "work", branch="nowhere"))


def test_an_image_without_git_is_said(origin, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LoopsError, match=r"(?s)repository: cannot be fetched:.*git: .*No such file"):
        fetch(settings(origin, tmp_path / "work"))
