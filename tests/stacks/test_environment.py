"""What a release is asked about before it may run in a stack: taken from the stack's own sections."""

from pathlib import Path

import pytest
import yaml

from stacks.load import SettingsError, read_stack
from stacks.models import environment_of
from tests.releases.records import record
from tests.stacks.test_pools import write

MODEL = {"minilm": {"versions": {"v1": {}}, "traffic": {"stable": "v1"}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "stacks"
    where.mkdir()
    return where


def test_a_stack_that_says_nothing_is_commercial_and_keeps_payloads_by_class(folder: Path) -> None:
    write(folder)
    stack = read_stack("dev", folder)
    environment = environment_of(stack.settings_of, stack.names)
    assert (environment.use, environment.signed_only) == ("commercial", False)
    # One day more than model_store.payload_retention: S3 keeps an expired object as an old version first.
    assert environment.payload_days == {"public": 91, "internal": 31, "confidential": 15, "restricted": 4}


@pytest.mark.parametrize(
    ("section", "change", "said"),
    [
        (
            {},
            {"licence.permitted_uses": ["research"]},
            ["licence.permitted_uses: it may be used for research"],
        ),
        ({"use": "research"}, {"licence.permitted_uses": ["research"]}, []),
        (
            {"use": "internal"},
            {"licence.permitted_uses": ["commercial"]},
            ["licence.permitted_uses: it may be used"],
        ),
        ({}, {"data.retention_days": 30}, ["data.retention_days: payloads may be kept 30 days"]),
        ({}, {"data.retention_days": 31}, []),
        ({"signed_models_only": True}, {}, ["artifact.signature: this stack serves signed files only"]),
    ],
)
def test_what_a_stack_says_is_compared_with_the_record(
    folder: Path, section: dict[str, object], change: dict[str, object], said: list[str]
) -> None:
    release = folder.parent / "releases" / "models" / "minilm" / "v1" / "release.yaml"
    release.parent.mkdir(parents=True)
    release.write_text(yaml.safe_dump(record(change=change), sort_keys=False))
    write(folder, models=MODEL, workload_namespace=section)
    with pytest.raises(SettingsError) as refused:  # nobody reviewed or approved it, whatever else
        read_stack("dev", folder)
    where = "stacks/Pulumi.dev.yaml: models.minilm.versions.v1: releases/models/minilm/v1/release.yaml: "
    told = [line.removeprefix(where) for line in refused.value.lines if line.startswith(where)]
    assert len(told) == len(said)
    assert all(line.startswith(start) for line, start in zip(told, said, strict=True)), told
