"""Jobs that act in an account run where the private API can be reached, for as long as their role lasts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.foundation.deploy_role import DEPLOY_SESSION_SECONDS, PREVIEW_SESSION_SECONDS

FOLDER = Path(__file__).parent.parent.parent / ".github" / "workflows"


def jobs() -> dict[str, dict[str, Any]]:
    """Every job that takes a role, by file and name."""
    return {
        f"{path.stem}/{name}": job
        for path in sorted(FOLDER.glob("*.yml"))
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
        if any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
    }


JOBS = jobs()


def test_there_are_jobs_that_preview_and_jobs_that_deploy():
    assert {name.partition("/")[0] for name in JOBS} == {"nightly", "pulumi-preview", "up"}
    assert len(JOBS) == 10


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_it_runs_on_the_runner_that_the_repository_names(job):
    """CodeBuild takes a job by a label that holds its project, the run and the attempt: no variable can hold that."""
    codebuild = "format('codebuild-{0}-{1}-{2}', vars.CODEBUILD_RUNNER, github.run_id, github.run_attempt)"
    choice = f"vars.CODEBUILD_RUNNER && {codebuild} || vars.RUNNER || 'ubuntu-24.04'"
    assert job["runs-on"] == f"${{{{ {choice} }}}}"


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_its_session_lasts_as_long_as_its_role_allows_and_longer_than_the_job(job):
    deploys = any(step.get("run", "").startswith("pulumi up ") for step in job["steps"])
    (taken,) = [s for s in job["steps"] if "configure-aws-credentials" in s.get("uses", "")]
    wanted = DEPLOY_SESSION_SECONDS if deploys else PREVIEW_SESSION_SECONDS
    assert taken["with"]["role-duration-seconds"] == wanted
    assert job["timeout-minutes"] * 60 <= wanted
