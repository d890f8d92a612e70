from dataclasses import replace

import pytest
import yaml
from typer.testing import CliRunner

from gate.capture.chosen import chosen
from gate.cli.app import app
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.pull_request.affected import LEVELS, affected, levels, matrices
from tests.captured import STACKS


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("README.md", []),
        ("docs/gate.md", []),
        ("releases/README.md", []),
        ("tests/gate/pull_request/test_affected.py", []),
        (".github/workflows/up.yml", STACKS),
        ("runtime/payload_sampler.py", STACKS),
        ("requirements-dev.txt", STACKS),
        ("stacks/Pulumi.staging.yaml", ["staging", "staging-models"]),
        ("stacks/Pulumi.prod-models.yaml", ["prod-models"]),
        ("releases/models/minilm/v1/release.yaml", ["dev", "prod-models", "staging-models"]),
        ("releases/models/nobody-runs-it/v1/release.yaml", []),
        ("releases/load.py", STACKS),
        ("stacks/settings.py", STACKS),
        ("components/network/network.py", STACKS),
        ("policies/waivers.yaml", STACKS),
        ("tools/checkov-requirements.txt", STACKS),
        ("requirements.txt", STACKS),
    ],
)
def test_a_file_touches_the_stacks_that_are_made_of_it(path, touched):
    assert sorted(affected([path], chosen([]))) == sorted(touched)


def test_files_add_up():
    paths = ["docs/gate.md", "stacks/Pulumi.prod-models.yaml", "stacks/Pulumi.dev.yaml"]
    assert affected(paths, chosen([])) == ["dev", "prod-models"]


def test_levels_hold_what_can_run_at_once():
    stacks = chosen([])
    assert levels(["prod-models", "dev", "prod"], stacks) == [["dev", "prod"], ["prod-models"], []]
    assert levels([], stacks) == [[], [], []]
    assert matrices([["dev", "prod"], ["prod-models"], []]) == [
        'all={"stack": ["dev", "prod", "prod-models"]}',
        'level-0={"stack": ["dev", "prod"]}',
        'level-1={"stack": ["prod-models"]}',
        "level-2=",
    ]


def test_a_stack_higher_than_the_workflows_is_refused():
    (stack,) = [s for s in chosen([]) if s.name == "prod-models"]
    higher = replace(stack, name="top", upstream=replace(stack, name="middle", upstream=stack))
    with pytest.raises(GateError, match="stack top stands on 3 others; the workflows have jobs for 2"):
        levels([], [higher])


@pytest.mark.parametrize("name", ["pulumi-preview", "up"])
def test_workflows_have_a_job_for_every_level_each_after_the_one_before(name):
    path = ROOT / ".github" / "workflows" / f"{name}.yml"
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    assert [job for job in jobs if job.startswith("level-")] == [f"level-{n}" for n in range(LEVELS)]
    for number in range(LEVELS):
        job = jobs[f"level-{number}"]
        before = [f"level-{n}" for n in range(number)]
        if name == "up":  # a stack is previewed before its reviewers are asked
            assert (job["needs"], job["environment"]) == (
                ["stacks", f"preview-{number}"],
                "${{ matrix.stack }}",
            )
            assert f"needs.preview-{number}.result == 'success'" in job["if"]
            job = jobs[f"preview-{number}"]
            assert job["environment"] == "${{ matrix.stack }}-read"
            before = [f"{kind}-{n}" for n in range(number) for kind in ("preview", "level")]
        assert [n for n in job["needs"] if n != "stacks"] == before
        assert f"needs.stacks.outputs.level-{number} != ''" in job["if"]
        assert all(f"needs.{b}.result" in job["if"] for b in before)
        assert job["strategy"]["matrix"] == f"${{{{ fromJSON(needs.stacks.outputs.level-{number}) }}}}"
        assert jobs["stacks"]["outputs"][f"level-{number}"] == (
            f"${{{{ steps.stacks.outputs.level-{number} }}}}"
        )


def test_the_command_prints_every_stack_where_nothing_is_compared():
    done = CliRunner().invoke(app, ["affected", "--format", "github-matrix"])
    assert done.output.splitlines() == matrices(levels(STACKS, chosen([])))
    assert CliRunner().invoke(app, ["affected"]).output.splitlines() == [s.name for s in chosen([])]
    refused = CliRunner().invoke(app, ["affected", "--format", "xml"])
    assert str(refused.exception) == "--format: should be text, github-matrix (got 'xml')"
