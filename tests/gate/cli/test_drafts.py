"""A draft that nobody finished is in the way of nobody who does not use it."""

import pytest

from stacks.load import SettingsError, read_stack
from tests.gate.cli.organisation import organisation, run


@pytest.fixture
def mine(tmp_path):
    root = organisation(tmp_path)
    (root / "releases/models/minilm/v2").mkdir()
    (root / "releases/models/minilm/v2/release.yaml").write_text("owner: CHANGEME\n")
    return root


def test_stacks_that_do_not_use_it_are_read(mine):
    for name in ("dev", "prod-models", "staging"):
        assert read_stack(name, mine / "stacks").name == name


def test_a_stack_that_uses_it_is_refused_and_told_where(mine):
    file = mine / "stacks/Pulumi.dev.yaml"
    v1 = "          v1: {pool: cpu, replicas: {min: 0, max: 2}}\n"
    file.write_text(file.read_text().replace(v1, v1 + v1.replace("v1", "v2")))
    with pytest.raises(SettingsError, match=r"minilm/v2/release\.yaml: owner: replace the placeholder"):
        read_stack("dev", mine / "stacks")
    assert read_stack("prod-models", mine / "stacks").name == "prod-models"


def test_a_release_of_its_own_is_told_of_and_the_list_of_all_is_not(mine):
    words = ("--today=2026-12-01", f"--from={mine}")
    assert run("release", "status", "minilm/v1", *words)[0] == 0
    code, out = run("release", "list", *words)
    assert (code, "releases/models/minilm/v2/release.yaml:1: owner: replace the placeholder" in out) == (
        2,
        True,
    )


def test_an_unfinished_model_is_no_model_that_is_missing(mine):
    record = mine / "releases/models/support-chat/v1/release.yaml"
    stand_in = "fail_soft: [{kind: smaller-model, model: tiny}]\n"
    record.write_text(record.read_text() + stand_in)
    (mine / "releases/models/tiny/v1").mkdir(parents=True)
    (mine / "releases/models/tiny/v1/release.yaml").write_text("owner: CHANGEME\n")
    with pytest.raises(SettingsError) as refused:
        read_stack("dev", mine / "stacks")
    assert "no model 'tiny'" not in str(refused.value)
