"""Stack files that are wrong: every problem at once, in the file's words. The expected lines stand beside each file.

``invalid/<problem>.yaml`` is read as stack ``bad`` beside the committed stacks; ``<problem>.<stack>.yaml`` is
another stack it needs; ``<problem>.txt`` holds the lines.
"""

import shutil
from pathlib import Path

import pytest

from stacks.load import FOLDER, SettingsError, load_stack, read_stack, stack_names, stray_files

INVALID = Path(__file__).parent / "invalid"
PROBLEMS = sorted(p.stem for p in INVALID.glob("*.yaml") if "." not in p.stem)


def stacks_with(problem: str, organisation: Path) -> Path:
    folder = organisation / "stacks"
    folder.mkdir()
    (organisation / "releases").symlink_to(FOLDER.parent / "releases")
    for path in FOLDER.glob("Pulumi.*.yaml"):
        shutil.copy(path, folder)
    shutil.copy(INVALID / f"{problem}.yaml", folder / "Pulumi.bad.yaml")
    for path in INVALID.glob(f"{problem}.*.yaml"):
        shutil.copy(path, folder / f"Pulumi.{path.stem.partition('.')[2]}.yaml")
    return folder


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_wrong_file_is_explained_in_its_own_words(problem, tmp_path):
    with pytest.raises(SettingsError) as error:
        read_stack("bad", stacks_with(problem, tmp_path))
    expected = (INVALID / f"{problem}.txt").read_text(encoding="utf-8")
    assert expected
    assert "\n".join(error.value.lines) + "\n" == expected


def test_a_model_whose_files_fill_its_machines_disk_is_refused(monkeypatch):
    monkeypatch.setattr("components.models.disk.SERVER_IMAGE_GIB", 400)
    with pytest.raises(SettingsError) as error:
        read_stack("dev")
    small, large = error.value.lines
    assert small.startswith(
        "stacks/Pulumi.dev.yaml: models.minilm.versions.v1.pool: a replica takes 403 GiB of disk"
    )
    assert large.startswith(
        "stacks/Pulumi.dev.yaml: models.support-chat.versions.v1.pool: a replica takes 436 GiB of disk"
    )


def test_every_expectation_has_its_file():
    assert sorted(p.stem for p in INVALID.glob("*.txt")) == PROBLEMS


def test_a_missing_stack_says_which_there_are(tmp_path):
    with pytest.raises(
        SettingsError, match=r"no such stack; there are dev, prod, prod-models, staging, staging"
    ):
        read_stack("nope")
    with pytest.raises(SettingsError, match=r"nope: no such stack; there are none$"):
        read_stack("nope", tmp_path)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "Pulumi.bad.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError) as error:
        read_stack("bad", tmp_path)
    assert error.value.lines == [
        "stacks/Pulumi.bad.yaml: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    ]


def test_the_headline_counts_the_problems(tmp_path):
    with pytest.raises(SettingsError) as error:
        read_stack("bad", stacks_with("unknown-keys", tmp_path))
    headline, *lines = str(error.value).splitlines()
    assert headline == f"stacks/Pulumi.bad.yaml has {len(lines)} problems:"


@pytest.mark.parametrize("name", stack_names())
def test_committed_stacks_are_read(name):
    stack = read_stack(name)
    assert stack.name == name
    assert set(stack.plans) == set(stack.settings.models)


def test_a_stack_stands_on_its_upstream():
    stack = read_stack("prod-models")
    assert stack.upstream is not None
    assert stack.upstream.name == "prod"
    assert stack.owner_of("network") is stack.upstream
    assert stack.owner_of("workload_namespace") is stack.upstream
    assert stack.owner_of("models") is stack
    assert stack.upstream.owner_of("models") is None
    assert stack.gpu_pools == stack.upstream.settings.gpu_pools
    assert stack.ground.api_server_range == "10.0.0.0/16"


def test_what_pulumi_read_is_what_the_file_says():
    read = read_stack("dev")
    assert load_stack("dev", read.raw) == read


def test_the_range_of_the_api_server_needs_a_network(tmp_path):
    raw = {"platform": dict(read_stack("dev").raw["platform"])}
    stack = load_stack("bad", raw, tmp_path)
    with pytest.raises(
        SettingsError, match=r"network: another section needs it; add it here or name an upstream"
    ):
        _ = stack.ground.api_server_range


def test_a_file_that_nobody_would_read_is_named(tmp_path):
    for name in ("Pulumi.prod_eu.yaml", "Pulumi.dev.yml", "Pulumi.dev.yaml", "Pulumi.yaml.bak"):
        (tmp_path / name).touch()
    assert stray_files(tmp_path) == ["Pulumi.dev.yml", "Pulumi.prod_eu.yaml"]
    assert stray_files() == []
