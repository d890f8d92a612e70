"""Two sides of a scripted repository, through the command: each test is a branch somebody could open."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gate.cli.against import GONE
from tests.scripted import against, checkout, comment, difference, edit, git, slipway

DAY = "--today=2026-11-28"
UNUSED = """\
nothing-needs-this:
  rule: kms-keys-rotate
  resource: aws:kms/key:Key nowhere-key
  finding: "enableKeyRotation: is off"
  stacks: [prod-models]
  reason: >-
    What it accepted is mended, and nobody took it out.
  owner: ml-platform
  created: 2026-11-28
  expires: 2027-02-20
"""


@pytest.fixture
def repository(tmp_path):
    """A copy of this checkout with one commit on main, and a branch on top of it."""
    return checkout(tmp_path)


def test_a_changed_pool_is_compared_once_and_the_base_is_kept(repository):
    edit(repository, "stacks/Pulumi.prod.yaml", "max_gpus: 8", "max_gpus: 16")
    first = against(repository)
    assert first.returncode == 0
    stacks, notes = difference(repository)
    assert notes == []
    assert list(stacks) == ["prod", "prod-models"]
    assert stacks["prod"]["capacity"] == [
        "pool gpu-l4: at most 16 GPUs on g6.2xlarge, g6.4xlarge instead of 8 GPUs on g6.2xlarge, g6.4xlarge"
    ]
    assert [(r["kind"], r["name"]) for r in stacks["prod"]["resources"]] == [("changed", "gpu-l4-node-pool")]
    assert stacks["prod-models"]["resources"] == []

    (kept,) = (repository / ".cache" / "base").iterdir()
    report = kept / "prod" / "report.json"
    written = report.read_text(encoding="utf-8")
    report.write_text(written.replace('"verdict": "pass"', '"verdict": "fail"'), encoding="utf-8")
    assert against(repository).returncode == 0
    assert report.read_text(encoding="utf-8") == written
    assert difference(repository) == (stacks, notes)


def test_documentation_touches_no_stack_and_builds_nothing(repository):
    (repository / "README.md").write_text("# Another word\n", encoding="utf-8")
    done = against(repository)
    assert done.returncode == 0
    assert difference(repository) == ({}, ["Nothing that stacks are made of changed."])
    assert not (repository / ".cache").exists()
    assert slipway(repository, "affected", "--against", "main").stdout == ""
    unknown = slipway(repository, "preview", "prod", "gone", "--against", "main")
    assert unknown.returncode == 2
    assert "gone: no such stack; there are dev, prod" in unknown.stderr


def test_documentation_is_answered_without_importing_pulumi(repository):
    (repository / "README.md").write_text("# Another word\n", encoding="utf-8")
    program = (
        "import sys; from gate.cli.app import app\n"
        "sys.argv = ['slipway', 'preview', '--against', 'main']\n"
        "try: app()\n"
        "finally: print([m for m in ('pulumi', 'pulumi_aws', 'stacks.load') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-c", program],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_stack_that_goes_is_told_with_all_that_it_held(repository):
    (repository / "stacks" / "Pulumi.prod-models.yaml").unlink()
    done = against(repository)
    assert done.returncode == 0
    stacks, _ = difference(repository)
    assert list(stacks) == ["prod-models"]
    assert (stacks["prod-models"]["verdict_before"], stacks["prod-models"]["verdict"]) == ("pass", "")
    assert {r["kind"] for r in stacks["prod-models"]["resources"]} == {"removed"}
    said = comment(repository)
    assert said.startswith("# ⚠️ This change breaks no rule, but puts ")
    assert f"> prod-models: {GONE}\n" in said


def test_a_stack_that_comes_needs_no_base(repository):
    text = (repository / "stacks" / "Pulumi.prod-models.yaml").read_text(encoding="utf-8")
    (repository / "stacks" / "Pulumi.more-models.yaml").write_text(text, encoding="utf-8")
    done = against(repository)
    assert done.returncode == 0
    assert not (repository / ".cache" / "base").exists()
    stacks, _ = difference(repository)
    assert list(stacks) == ["more-models"]
    assert (stacks["more-models"]["verdict_before"], stacks["more-models"]["verdict"]) == ("", "pass")


def test_a_base_that_does_not_build_leaves_this_side_alone(repository):
    edit(repository, "components/mesh/mesh.py", "class Mesh(", "class Mash(")
    git(repository, "commit", "-qam", "broken")
    git(repository, "branch", "-f", "broken")
    edit(repository, "components/mesh/mesh.py", "class Mash(", "class Mesh(")
    done = against(repository, "broken")
    stacks, notes = difference(repository)
    assert done.returncode == 0
    assert len(notes) == 1
    assert notes[0].startswith(
        "The base could not be built, so this side stands alone: stack dev could not be captured:\n"
    )
    cause = "ImportError: cannot import name 'Mesh' from 'components.mesh.mesh' (components/mesh/mesh.py)\n"
    assert cause in notes[0]
    assert str(repository) not in notes[0]
    assert comment(repository).startswith("# ✅ This side passes, and was compared with nothing\n")
    assert "| dev | ✅ passes | not known | 0 | 0 | 0 | 0 |" in comment(repository)
    assert {s["verdict"] for s in stacks.values()} == {"pass"}
    assert {s["problem"] for s in stacks.values()} == {"compared with nothing"}


def test_a_base_whose_waiver_excuses_nothing_is_compared_all_the_same(repository):
    with (repository / "policies/waivers.yaml").open("a", encoding="utf-8") as file:
        file.write(UNUSED)
    git(repository, "commit", "-qam", "a waiver that nothing needs")
    git(repository, "branch", "-f", "main")
    edit(repository, "policies/waivers.yaml", UNUSED, "")
    edit(repository, "stacks/Pulumi.prod-models.yaml", "max: 6", "max: 5")
    assert (
        slipway(repository, "preview", "prod-models", "--against", "main", "--no-checkov", DAY).returncode
        == 0
    )
    assert difference(repository)[1] == []


def test_this_side_broken_is_never_a_pass(repository):
    edit(repository, "stacks/Pulumi.prod.yaml", "region: eu-central-1", "region: CHANGEME")
    older = repository / "build" / "preview" / "difference.md"
    older.parent.mkdir(parents=True)
    older.write_text("# This change passes", encoding="utf-8")
    done = against(repository)
    assert done.returncode == 2
    assert (
        "stacks/Pulumi.prod.yaml:8: platform.region: replace the placeholder (got 'CHANGEME')" in done.stderr
    )
    assert comment(repository).splitlines()[0] == "# 💥 This change could not be judged"
    assert "replace the placeholder (got 'CHANGEME')" in comment(repository)


def test_unknown_and_unreachable_references_are_refused(repository):
    unknown = against(repository, "no-such-branch")
    assert unknown.returncode == 2
    assert unknown.stderr == "--against: there is no commit 'no-such-branch' here; is it fetched?\n"
    option = against(repository, "--upload-pack=x")
    assert (option.returncode, "Traceback" in option.stderr) == (2, False)
    git(repository, "checkout", "-q", "--orphan", "apart")
    git(repository, "commit", "-qm", "apart")
    apart = against(repository)
    assert apart.returncode == 2
    assert apart.stderr.endswith("they share no history\n")
    nothing = against(repository, "")
    assert (nothing.returncode, nothing.stderr) == (
        2, "--against: should name a branch, a tag or a commit (got nothing)\n",
    )  # fmt: skip


def test_without_git_it_says_so_and_does_not_speak_of_the_reference(
    repository, tmp_path_factory, monkeypatch
):
    outside = Path(tmp_path_factory.mktemp("outside"))
    shutil.copytree(repository, outside / "copy", ignore=shutil.ignore_patterns(".git"), symlinks=True)
    done = against(outside / "copy")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "git rev-parse failed:")
    assert "not a git repository" in done.stderr
    monkeypatch.setenv("PATH", "/nonexistent")
    done = against(repository)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "git cannot be started:")


def test_a_tag_a_commit_and_a_detached_head_are_references_like_branches(repository):
    (repository / "README.md").write_text("# Another word\n", encoding="utf-8")
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "-a", "first", "-m", "first")
    git(repository, "checkout", "-q", "--detach")
    for reference in ("first", commit, commit[:10], "main~0"):
        assert against(repository, reference).returncode == 0
        assert comment(repository).endswith(f" against `{commit[:10]} ({reference})`\n")


def test_reports_stand_in_the_checkout_wherever_the_command_is_run(repository):
    (repository / "README.md").write_text("# Another word\n", encoding="utf-8")
    # -P: not the folder it is run in, whose modules are called as some of Python's own.
    command = [
        sys.executable,
        "-P",
        "-c",
        "from gate.cli import main; main()",
        "preview",
        "--against",
        "main",
    ]
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    subprocess.run(command, cwd=repository / "stacks", env=environment, check=True, capture_output=True)  # noqa: S603 our own command
    assert comment(repository).startswith("# ✅ This change touches no stack")
    assert not (repository / "stacks" / "build").exists()
