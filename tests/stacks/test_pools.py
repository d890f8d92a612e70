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
    del settings["models"], settings["agents"]
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
        ({"instance_types": ["p4d.24xlarge"], "max_gpus": 8}, "a100 is not among bounds.placements"),
        (
            {"instance_types": ["g6.xlarge"], "max_gpus": 8},
            "g6.xlarge has 4 vCPUs - 1 for the node = 3, needs 4",
        ),
    ],
)
def test_a_pool_that_holds_none_says_why(folder: Path, pool: dict[str, object], reason: str) -> None:
    write(folder, gpu_pools={"other": pool})
    assert list(pool_fits(CHAT, folder)) == [PoolFit(stack="dev", pool="other", reasons=(reason,))]


def test_a_model_without_gpu_runs_on_a_cpu_pool(folder: Path) -> None:
    assert list(pool_fits(embedding(), folder)) == [
        PoolFit(stack="dev", pool="cpu", holds=("m7i.xlarge", "m7i.2xlarge"))
    ]
    (large,) = pool_fits(embedding(cpu=16), folder)
    assert large.holds == ()
    assert large.reasons[0] == "m7i.xlarge has 4 vCPUs - 1 for the node = 3, needs 16"
    write(folder, cpu_pools={"cpu": {"instance_types": ["m7i.xlarge", "m7i.8xlarge"]}})
    (mixed,) = pool_fits(embedding(cpu=16), folder)
    assert mixed.holds == ("m7i.8xlarge",)


def refused(folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as error:
        read_stack("dev", folder)
    return [line for line in error.value.lines if ".pool: " in line or "picker" in line]


def test_a_stack_refuses_a_model_that_no_machine_of_its_pool_holds(tmp_path: Path) -> None:
    """A pod that no node can take waits for ever, and nobody is told."""
    release = tmp_path / "releases" / "models" / "minilm" / "v1"
    release.mkdir(parents=True)
    data = record(change={"needs.memory_gib": 64})
    (release / "release.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    where = tmp_path / "stacks"
    where.mkdir()
    one = {"minilm": {"versions": {"v1": {}}, "traffic": {"stable": "v1"}}}
    write(where, models=one, cpu_pools={"cpu": {"instance_types": ["m7i.xlarge"]}})
    assert refused(where) == [
        (
            "stacks/Pulumi.dev.yaml: models.minilm.versions.v1.pool: no machine of the pool holds a replica; give it "
            "larger instance_types:\n"
            "  cpu: m7i.xlarge has 16384 MiB - 4096 MiB for the node = 12.0 GiB of memory, needs 64.0 GiB"
        )
    ]
    write(where, models=one, cpu_pools={})
    assert refused(where) == [
        (
            "stacks/Pulumi.dev.yaml: models.minilm.versions.v1.pool: no pool of this name, here or upstream; there are "
            "l4 (got 'cpu')"
        )
    ]
    one["minilm"]["versions"]["v1"] = {"pool": "l4"}
    write(where, models=one)
    assert (
        "stacks/Pulumi.dev.yaml: models.minilm.versions.v1.pool: l4 has GPUs and the release asks for none; "
        "name a pool of cpu_pools"
    ) in refused(where)


def test_a_language_model_needs_a_gpu_pool_and_a_place_for_its_picker(tmp_path: Path) -> None:
    where = tmp_path / "stacks"
    where.mkdir()
    (tmp_path / "releases").symlink_to(FOLDER.parent / "releases")
    chat = {"support-chat": {"versions": {"v1": {}}, "traffic": {"stable": "v1"}}}
    write(where, models=chat)
    assert refused(where) == [
        (
            "stacks/Pulumi.dev.yaml: models.support-chat.versions.v1.pool: cpu has no GPUs and the release asks for 1; "
            "name a pool of gpu_pools"
        )
    ]
    chat["support-chat"]["versions"]["v1"] = {"pool": "l4"}
    write(where, models=chat, cpu_pools={"small": {}})
    assert refused(where) == [
        (
            "stacks/Pulumi.dev.yaml: models.support-chat.versions.v1: its endpoint picker runs on the pool 'cpu' "
            "(serving.picker_pool), which cpu_pools do not hold, here or upstream; there are small"
        )
    ]


def test_pools_of_both_kinds_share_their_names(folder: Path) -> None:
    write(folder, cpu_pools={"l4": {}, "system": {}})
    with pytest.raises(SettingsError) as error:
        read_stack("dev", folder)
    assert error.value.lines == [
        "stacks/Pulumi.dev.yaml: cpu_pools.l4: a GPU pool has this name; pods choose a pool by its name",
        "stacks/Pulumi.dev.yaml: cpu_pools.system: the platform's own nodes are called so; choose another name",
    ]
