"""A stack like another one, and a model's first entry: one command each."""

import pytest

from stacks.load import read_stack
from tests.gate.cli.organisation import organisation, run


@pytest.fixture
def mine(tmp_path):
    return organisation(tmp_path)


def stack(mine, *words):
    return run("stack", "new", *words, f"--from={mine}")


def test_a_second_region_is_a_copy_with_names_of_its_own(mine):
    code, out = stack(mine, "prod-west", "--like=prod", "--region=us-east-1")
    assert code == 0
    new = read_stack("prod-west", mine / "stacks")
    assert (new.names.platform, new.names.region) == ("example-prodwest", "us-east-1")
    text = (mine / "stacks/Pulumi.prod-west.yaml").read_text()
    assert "hostname: models.prod-west.example.com\n" in text
    assert "role/example-prodwest-models-deploy\n" in text
    assert "slipway permissions deploy prod-west --write" in out
    code, _ = stack(mine, "prod-west-models", "--like=prod-models", "--upstream=prod-west")
    models = read_stack("prod-west-models", mine / "stacks") if code == 0 else None
    assert models is None or models.names.platform == "example-prodwest"


def test_models_stand_on_the_upstream_that_is_named(mine):
    stack(mine, "prod-west", "--like=prod", "--region=us-east-1", "--account=444455556666")
    code, out = stack(mine, "prod-west-models", "--like=prod-models", "--upstream=prod-west")
    assert (code, "is nobody: that domain is for documentation" in out) == (2, True)
    assert not (mine / "stacks/Pulumi.prod-west-models.yaml").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Prod", "--like=prod"], "a stack's name is lower-case letters, digits and dashes (got 'Prod')"),
        (["dev", "--like=prod"], "stacks/Pulumi.dev.yaml exists; change it, or choose another name"),
        (
            ["west", "--like=nope"],
            "nope: no such stack; there are dev, prod, prod-models, staging, staging-models",
        ),
        (
            ["west", "--like=prod", "--region=us-esat-1"],
            "platform.region: no region of AWS; did you mean us-west-1?",
        ),
        (
            ["west", "--like=prod", "--region=us-east-1", "--environment=prod"],
            "an account has each name of IAM once",
        ),
    ],
)
def test_what_would_be_wrong_is_not_written(mine, words, said):
    before = sorted(path.name for path in (mine / "stacks").iterdir())
    code, out = stack(mine, *words)
    assert (code, said in out) == (2, True), out
    assert sorted(path.name for path in (mine / "stacks").iterdir()) == before


def model(mine, *words):
    return run("model", "new", *words, f"--from={mine}")


def test_a_model_is_entered_with_its_newest_version(mine):
    file = mine / "stacks/Pulumi.dev.yaml"
    text = file.read_text()
    start, end = text.index("      minilm:"), text.index("      support-chat:")
    file.write_text(text[:start] + text[end:])
    code, out = model(mine, "minilm", "--stack=dev", "--caller=web", "--caller=batch=nightly-job")
    assert code == 0, out
    chosen = read_stack("dev", mine / "stacks").settings.models["minilm"]
    assert (chosen.traffic.stable, chosen.versions["v1"].pool, chosen.versions["v1"].replicas.max) == (
        "v1",
        "cpu",
        1,
    )
    assert {name: caller.subject for name, caller in chosen.callers.items()} == {
        "web": "web",
        "batch": "nightly-job",
    }
    assert text.partition("      minilm:")[0] == file.read_text().partition("      support-chat:")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["minilm", "--stack=dev"],
            "stack dev runs minilm already; slipway release promote enters another version",
        ),
        (
            ["nope", "--stack=dev"],
            "releases/models/nope: there is no version; slipway release new drafts one",
        ),
        (["minilm", "--stack=nope"], "nope: no such stack; there are dev"),
        (["minilm", "--stack=prod", "--pool=l4"], "l4 has GPUs and the release asks for none"),
        (["minilm", "--stack=prod", "--caller==x"], "--caller: should be NAME or NAME=SUBJECT (got '=x')"),
    ],
)
def test_a_model_that_may_not_run_there_is_not_entered(mine, words, said):
    before = {path.name: path.read_text() for path in (mine / "stacks").iterdir()}
    code, out = model(mine, *words)
    assert (code, said in out) == (2, True), out
    assert {path.name: path.read_text() for path in (mine / "stacks").iterdir()} == before
