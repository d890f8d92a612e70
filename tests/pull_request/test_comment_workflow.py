"""The step that comments, run as the service would run it, with a client that only writes down what it is asked."""

import json
import os
import shutil
import stat
import subprocess
import sys

import pytest
import yaml

from gate.command_comment import MARK
from gate.difference.record import Difference, StackDifference
from gate.difference.render import as_json
from gate.stacks import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "comment.yml").read_text(encoding="utf-8"))
STEPS = WORKFLOW["jobs"]["comment"]["steps"]
CLIENT = """#!{python}
import json, os, subprocess, sys
asked = sys.argv[1:]
with open(os.environ["ASKED"], "a") as log:
    log.write(json.dumps(asked) + "\\n")
answer = {{"pr": os.environ["PULLS"], "api": os.environ["COMMENTS"]}}[asked[0]]
if "--jq" in asked:
    query = asked[asked.index("--jq") + 1]
    sys.exit(subprocess.run(["jq", "-r", query], input=answer, text=True).returncode)
body = next((a.partition("=@")[2] for a in asked if a.startswith("body=@")), "")
with open(os.environ["ASKED"] + ".body", "w") as sent:
    sent.write(open(body).read())
"""
PULLS = [{"number": 7, "headRefOid": "other"}, {"number": 8, "headRefOid": "abc"}]
BOT, SOMEBODY = {"login": "github-actions[bot]"}, {"login": "somebody"}


@pytest.fixture
def run(tmp_path):
    assert shutil.which("jq"), "jq is not installed (Debian: apt-get install jq)"
    (tmp_path / "bin").mkdir()
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    client = tmp_path / "bin" / "gh"
    client.write_text(CLIENT.format(python=sys.executable), encoding="utf-8")
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    script = next(step["run"] for step in STEPS if "gh pr list" in step.get("run", ""))

    def ran(difference=None, comments=(), pulls=PULLS):
        if difference is not None:
            folder = tmp_path / "reports" / "against"
            folder.mkdir(parents=True)
            (folder / "difference.json").write_text(difference, encoding="utf-8")
        done = subprocess.run(  # noqa: S603 our own workflow's step
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # noqa: S607 as the service does
            cwd=tmp_path,
            env={
                "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), "GH_REPO": "o/r",
                "COMMIT": "abc", "ASKED": str(tmp_path / "asked"), "PULLS": json.dumps(pulls),
                "COMMENTS": json.dumps(list(comments)),
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        asked = [json.loads(line) for line in (tmp_path / "asked").read_text(encoding="utf-8").splitlines()]
        sent = tmp_path / "asked.body"
        return [a for a in asked if "--method" in a], sent.read_text(
            encoding="utf-8"
        ) if sent.exists() else ""

    return ran


def difference():
    stack = StackDifference(
        stack="dev", verdict_before="pass", verdict="pass", gained=["$(touch x) `id` @all"]
    )
    return as_json(Difference(base="b", head="h", stacks=[stack]))


def test_the_first_comment_is_made_on_the_pull_request_of_that_commit(run):
    ((_, path, _, method, *_),), body = run(difference())
    assert (path, method) == ("repos/o/r/issues/8/comments", "POST")
    assert "- $(touch x) \\`id\\` @&#8203;all" in body
    assert body.endswith(f"{MARK}\n")


def test_the_next_one_replaces_ours_and_nobody_elses(run):
    comments = [
        {"id": 1, "user": SOMEBODY, "body": MARK},
        {"id": 2, "user": BOT, "body": f"older\n{MARK}\n"},
        {"id": 3, "user": BOT, "body": "of another workflow"},
    ]
    ((_, path, _, method, *_),), body = run(difference(), comments)
    assert (path, method) == ("repos/o/r/issues/comments/2", "PATCH")
    assert body.startswith("# ✅ This change passes")


def test_a_commit_that_is_no_head_any_more_is_not_commented(run):
    assert run(difference(), pulls=PULLS[:1]) == ([], "")


def test_a_preview_that_left_nothing_takes_an_older_pass_away(run):
    ((_, path, _, method, *_),), body = run(comments=[{"id": 2, "user": BOT, "body": f"# ✅ passes\n{MARK}"}])
    assert (path, method) == ("repos/o/r/issues/comments/2", "PATCH")
    assert body.startswith("# 💥 This change could not be judged")


def test_the_workflow_fetches_no_code_of_the_pull_request():
    (checkout,) = [step["with"] for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout == {"ref": "${{ github.event.repository.default_branch }}", "persist-credentials": False}
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["comment"]["permissions"] == {
        "actions": "read", "contents": "read", "pull-requests": "write",
    }  # fmt: skip
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []
