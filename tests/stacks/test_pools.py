"""Which pools hold a release: those of the committed stacks, and of a folder with other ones."""

from pathlib import Path

import pytest
import yaml

from releases.load import find, load_releases
from releases.release import Release
from stacks.load import FOLDER, SettingsError, read_stack
from stacks.pools import PoolFit, pool_fits
from tests.releases.records import record

CHAT = find(load_releases(), "support-chat", "v1").release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The stack dev without models, so that it needs no releases."""
    where = tmp_path / "stacks"
    where.mkdir()
    write(where)
    return where


def write(folder: Path, **sections: object) -> None:
    data = yaml.safe_load((FOLDER / "Pulumi.dev.yaml").read_text())
    settings = data["config"]["slipway:settings"]
    del settings["models"]
    settings.update(sections)
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump(data))


def embedding(**needs: int) -> Release:
    return Release.model_validate(record(change={f"needs.{key}": value for key, value in needs.items()}))


def test_every_stack_that_holds_a_pool_is_asked() -> None:
    found = list(pool_fits(CHAT, FOLDER))
    assert [(fit.stack, fit.pool, fit.holds) for fit in found] == [
        (stack, "l4", ("g6.2xlarge", "g6.4xlarge")) for stack in ("dev", "prod", "staging")
    ]


@pytest.mark.parametrize(
    ("pool", "reason"),
    [
        ({"instance_types": ["p5.48xlarge"], "max_gpus": 8}, "h100 is not among bounds.placements"),
        (
            {"instance_types": ["g6.xlarge"], "max_gpus": 8},
            "g6.xlarge has 4 vCPUs - 1 for the node = 3, needs 4",
        ),
    ],
)
def test_a_pool_that_holds_none_says_why(folder: Path, pool: dict[str, object], reason: str) -> None:
    write(folder, gpu_pools={"other": pool})
    assert list(pool_fits(CHAT, folder)) == [PoolFit(stack="dev", pool="other", reasons=(reason,))]


def test_a_model_without_gpu_runs_on_the_system_nodes(folder: Path) -> None:
    assert list(pool_fits(embedding(), folder)) == [
        PoolFit(stack="dev", pool="system_nodes", holds=("m7i.xlarge",))
    ]
    (large,) = pool_fits(embedding(cpu=16), folder)
    assert large.holds == ()
    assert large.reasons == ("m7i.xlarge has 4 vCPUs - 1 for the node = 3, needs 16",)
    write(folder, system_nodes={"instance_types": ["m7i.xlarge", "m7i.8xlarge"]})
    (mixed,) = pool_fits(embedding(cpu=16), folder)
    assert mixed.holds == ("m7i.8xlarge",)


def test_a_stack_refuses_a_model_that_none_of_its_nodes_holds(tmp_path: Path) -> None:
    """A pod that no node can take waits for ever, and nobody is told."""
    release = tmp_path / "releases" / "models" / "minilm" / "v1"
    release.mkdir(parents=True)
    data = record(change={"needs.memory_gib": 64})
    (release / "release.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    where = tmp_path / "stacks"
    where.mkdir()
    write(where, models={"minilm": {"versions": {"v1": {}}, "traffic": {"stable": "v1"}}})
    with pytest.raises(SettingsError) as refused:
        read_stack("dev", where)
    said = next(line for line in refused.value.lines if "system_nodes" in line)
    assert said.endswith(
        "models.minilm.versions.v1: no node of system_nodes holds a replica; give it larger instance_types:\n"
        "  m7i.xlarge has 16384 MiB - 4096 MiB for the node = 12.0 GiB of memory, needs 64.0 GiB"
    )
    write(
        where,
        system_nodes={"instance_types": ["t3.xlarge"]},  # whose name does not say what it holds
        models={"minilm": {"versions": {"v1": {}}, "traffic": {"stable": "v1"}}},
    )
    with pytest.raises(SettingsError) as refused:
        read_stack("dev", where)
    assert not [line for line in refused.value.lines if "system_nodes" in line]
