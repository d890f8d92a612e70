"""Bases and clones that are not as they should be. Beside the twelve changes, since each builds stacks twice."""

import re

import pytest

from tests.scripted import against, checkout, comment, difference, edit, git


@pytest.fixture
def repository(tmp_path):
    return checkout(tmp_path)


def test_a_shallow_clone_says_what_to_fetch(repository, tmp_path_factory):
    edit(repository, "stacks/Pulumi.prod.yaml", "max_gpus: 8", "max_gpus: 16")
    git(repository, "commit", "-qam", "more")
    git(repository, "checkout", "-q", "main")
    edit(repository, "stacks/Pulumi.prod.yaml", "max_gpus: 8", "max_gpus: 12")
    git(repository, "commit", "-qam", "other")
    git(repository, "checkout", "-q", "change")
    shallow = tmp_path_factory.mktemp("clones") / "shallow"
    git(repository, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repository}", str(shallow))
    done = against(shallow, "origin/main")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.endswith("this clone is shallow: fetch the whole history\n")
    assert not (shallow / "build" / "preview" / "difference.md").exists()


def test_a_dirty_tree_is_compared_as_it_stands_and_says_so(repository):
    edit(repository, "stacks/Pulumi.prod-models.yaml", "web-shop: {subject: web-shop", "shop: {subject: shop")
    git(repository, "commit", "-qam", "renamed")
    edit(repository, "stacks/Pulumi.prod-models.yaml", "requests_per_minute: 60,", "requests_per_minute: 70,")
    assert against(repository).returncode == 0
    stacks, _ = difference(repository)
    assert stacks["prod-models"]["opened"] == [
        "support-chat: shop may now call it (70 requests a minute and 50000 tokens a minute)"
    ]
    assert stacks["prod-models"]["closed"] == ["support-chat: web-shop may no longer call it"]
    assert re.match(r"`[0-9a-f]{7,} with uncommitted changes` against ", comment(repository).splitlines()[-1])
    assert git(repository, "status", "--porcelain").splitlines() == ["M stacks/Pulumi.prod-models.yaml"]
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_a_base_with_an_older_schema_is_read_by_its_own_code(repository):
    """The base's stack files hold a key that this side's schema knows no longer."""
    edit(repository, "components/observability/telemetry.py", "log_retention_days: L", "keep_logs_days: L")
    edit(
        repository,
        "components/observability/telemetry.py",
        "settings.log_retention_days",
        "settings.keep_logs_days",
    )
    edit(repository, "stacks/Pulumi.prod.yaml", "telemetry:\n", "telemetry:\n      keep_logs_days: 180\n")
    git(repository, "commit", "-qam", "older schema")
    git(repository, "branch", "-f", "older")
    edit(repository, "components/observability/telemetry.py", "keep_logs_days", "log_retention_days")
    edit(repository, "stacks/Pulumi.prod.yaml", "keep_logs_days: 180", "log_retention_days: 365")
    done = against(repository, "older")
    assert done.returncode == 0
    stacks, notes = difference(repository)
    assert notes == []
    assert stacks["prod"]["kept"] == [
        f"log lines of telemetry-logs-{what} are kept: 365 days instead of 180 days"
        for what in ("applications", "containers")
    ]
    assert stacks["dev"]["resources"] == []


def test_a_base_whose_reports_have_another_format_leaves_this_side_alone(repository):
    edit(repository, "gate/report/report.py", "FORMAT = ", "FORMAT = 10 + ")
    git(repository, "commit", "-qam", "another format")
    git(repository, "branch", "-f", "older")
    edit(repository, "gate/report/report.py", "FORMAT = 10 + ", "FORMAT = ")
    assert against(repository, "older").returncode == 0
    stacks, notes = difference(repository)
    assert len(notes) == 1
    assert "ValueError: the base writes reports of format 11, this side reads 1" in notes[0]
    assert {s["problem"] for s in stacks.values()} == {"compared with nothing"}
    assert {s["verdict"] for s in stacks.values()} == {"pass"}


def test_a_damaged_base_is_built_again(repository):
    edit(repository, "stacks/Pulumi.prod-models.yaml", "requests_per_minute: 60,", "requests_per_minute: 70,")
    assert against(repository).returncode == 0
    first = difference(repository)
    (kept,) = (repository / ".cache" / "base").iterdir()
    report, sums = kept / "prod" / "report.json", kept / "sums.json"
    whole = report.read_bytes(), sums.read_bytes()
    damages = (
        lambda: report.write_bytes(b""),
        report.unlink,
        sums.unlink,
        lambda: sums.write_text("{", encoding="utf-8"),
    )
    for damage in damages:
        damage()
        assert against(repository).returncode == 0
        assert (report.read_bytes(), sums.read_bytes()) == whole
        assert difference(repository) == first
        assert [p.name for p in (repository / ".cache" / "base").iterdir()] == [kept.name]
