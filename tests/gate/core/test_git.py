"""What git is asked, of histories with merges in them."""

from datetime import UTC, datetime

from gate.core.git import commits_of, contents_at, is_shallow
from tests.gate.cli.organisation import git


def commit(folder, hour):
    git(folder, "add", "-A")
    when = f"2026-11-29T{hour}:00:00+00:00"
    words = ("-c", "user.name=a", "-c", "user.email=a@acme.io", "commit", "-qm", hour)
    git(folder, *words, GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)


def merged(folder):
    """A file that a merge brought a line of, after somebody else's change of another file."""
    git(folder, "init", "-q", "-b", "main")
    (folder / "a").write_text("1\n")
    commit(folder, "10")
    git(folder, "checkout", "-qb", "work")
    (folder / "a").write_text("1\n2\n")
    commit(folder, "11")
    git(folder, "checkout", "-q", "main")
    (folder / "b").write_text("1\n")
    commit(folder, "12")
    when = "2026-11-29T13:00:00+00:00"
    words = ("-c", "user.name=a", "-c", "user.email=a@acme.io", "merge", "-q", "--no-ff", "-m", "13", "work")
    git(folder, *words, GIT_COMMITTER_DATE=when, GIT_AUTHOR_DATE=when)
    return folder


def test_a_merge_is_one_commit_of_a_file(tmp_path):
    found = list(commits_of(merged(tmp_path), "a"))
    assert [when for _, when in found] == [datetime(2026, 11, 29, hour, tzinfo=UTC) for hour in (13, 10)]
    assert contents_at(tmp_path, [commit for commit, _ in found], "a") == [b"1\n2\n", b"1\n"]


def test_a_file_that_was_not_there_held_nothing(tmp_path):
    first = git(merged(tmp_path), "rev-list", "--max-parents=0", "HEAD").strip()
    assert contents_at(tmp_path, [first, first], "b") == [b"", b""]
    assert contents_at(tmp_path, [], "b") == []
    assert not is_shallow(tmp_path)
