"""Steps of the workflows, run as the service would run them, with a client that only writes down what it is asked."""

import subprocess

import pytest
import yaml

from gate.cli.comment import MARK
from gate.core.checkout import ROOT
from gate.difference.markdown import as_json
from gate.difference.record import Difference, StackDifference
from tests.github import BOT, Client, comments, issues, pulls

WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
COMMIT = "ab" * 20


def steps(workflow):
    return [step for job in WORKFLOWS[workflow]["jobs"].values() for step in job["steps"]]


def script(workflow, word):
    (found,) = [step["run"] for step in steps(workflow) if word in step.get("run", "")]
    return found


@pytest.fixture
def run(tmp_path):
    client = Client(tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")

    def ran(command, *answers):
        done = subprocess.run(  # noqa: S603 our own workflow's step
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],  # noqa: S607 as the service does
            cwd=tmp_path,
            env={
                "RUNNER_TEMP": str(tmp_path),
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
                "COMMIT": COMMIT,
                **client.environment(answers),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return client.changes(), done.stdout

    return ran


@pytest.fixture
def difference(tmp_path):
    stack = StackDifference(
        stack="dev", verdict_before="pass", verdict="pass", gained=["$(touch x) `id` @all"]
    )
    folder = tmp_path / "reports" / "against"
    folder.mkdir(parents=True)
    text = as_json(Difference(base="b", head="h", stacks=[stack]))
    (folder / "difference.json").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("difference")
def test_the_comment_is_put_on_the_pull_request_of_that_commit(run, tmp_path):
    answers = (
        pulls((7, "cd" * 20), (8, COMMIT)),
        comments(8, [{"id": 2, "user": BOT, "body": f"older\n{MARK}"}]),
    )
    ((method, path, sent),), _ = run(script("comment", "slipway comment"), *answers)
    assert (method, path) == ("PATCH", "repos/{owner}/{repo}/issues/comments/2")
    assert sent["body"].startswith("# ✅ This change passes: it widens access\n")
    assert "- $(touch x) \\`id\\` @&#8203;all" in sent["body"]
    assert sent["body"].endswith(f"{MARK}\n")
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("difference")
def test_a_commit_that_is_no_head_any_more_is_not_commented(run):
    changes, said = run(script("comment", "slipway comment"), pulls((7, "cd" * 20)))
    assert changes == []
    assert said == f"no open pull request is at {COMMIT} any more\n"


def test_a_preview_that_left_nothing_takes_an_older_pass_away(run):
    older = {"id": 2, "user": BOT, "body": f"# ✅ passes\n{MARK}"}
    ((method, _, sent),), _ = run(
        script("comment", "slipway comment"), pulls((8, COMMIT)), comments(8, [older])
    )
    assert method == "PATCH"
    assert sent["body"].startswith("# 💥 This change could not be judged")


def test_what_ends_soon_becomes_one_issue(run):
    """As of a day when every waiver has ended: whatever is committed, there is something to say."""
    command = script("nightly", "slipway expiring").replace("--within 30", "--within 30 --today=2030-01-01")
    ((method, path, sent),), said = run(command, issues())
    assert (method, path, said) == ("POST", "repos/{owner}/{repo}/issues", "opened\n")
    assert sent["title"] == "What ends within 30 days"
    assert "| 2027-05-20 | over | waiver | " in sent["body"]


def test_the_summary_holds_the_difference_and_every_report(run, tmp_path):
    for name, text in (("against/difference.md", "# d\n"), ("preview/dev/report.md", "# dev\n")):
        path = tmp_path / "build" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    run(script("preview", "slipway summary"))
    assert (tmp_path / "summary").read_text(encoding="utf-8") == "# d\n\n# dev\n"


def test_what_comments_fetches_no_code_of_the_pull_request():
    (checkout,) = [s["with"] for s in steps("comment") if s.get("uses", "").startswith("actions/checkout@")]
    assert checkout == {"ref": "${{ github.event.repository.default_branch }}", "persist-credentials": False}
    assert WORKFLOWS["comment"]["permissions"] == {}
    assert WORKFLOWS["comment"]["jobs"]["comment"]["permissions"] == {
        "actions": "read", "contents": "read", "pull-requests": "write",
    }  # fmt: skip


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_step_is_one_line_that_no_expression_reaches(workflow):
    """What the service puts into a script is code there; and what a script does beyond one line is tested nowhere."""
    for step in steps(workflow):
        command = step.get("run", "")
        assert "${{" not in command
        assert len(command.splitlines()) <= 1, command
        assert not command or command.split()[0] in {".venv/bin/slipway", "make", "pulumi", ".ci/run"}, (
            command
        )


def test_a_workflow_says_what_it_may_do_job_by_job():
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {}, name
        assert all("permissions" in job for job in workflow["jobs"].values()), name
    assert sorted(WORKFLOWS) == ["ci", "comment", "nightly", "preview", "pulumi-preview", "rehearse", "up"]
