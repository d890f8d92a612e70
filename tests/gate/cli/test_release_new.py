"""``slipway release new`` writes a draft that nothing accepts, or nothing at all."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gate.cli import release_new as command_release_new
from gate.cli.app import app
from gate.core.errors import GateError
from releases.load import ReleaseError, load_releases
from tests.releases.test_draft import LLAMA, weights


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "files"
    where.mkdir()
    weights(where / "model.safetensors")
    (where / "config.json").write_text(json.dumps(LLAMA))
    return where


def run(name, folder, organisation):
    words = ["release", "new", name, str(folder), "--today=2026-11-23", f"--from={organisation}"]
    return CliRunner().invoke(app, words)


def test_the_draft_says_what_is_left_and_is_refused_until_then(folder, tmp_path):
    result = run("chat/v1", folder, tmp_path)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "drafted releases/models/chat/v1/release.yaml"
    assert lines[-1] == "then: slipway release event chat/v1 licence-review, and another for the approval"
    assert "  owner: replace the placeholder (got 'CHANGEME: the team that answers for it')" in lines
    path = tmp_path / "releases" / "models" / "chat" / "v1" / "release.yaml"
    assert "*id" not in path.read_text()
    assert yaml.safe_load(path.read_text())["artifact"]["parameters"] == 4
    with pytest.raises(ReleaseError) as refused:
        load_releases(tmp_path / "releases" / "models")
    assert any("owner: replace the placeholder" in problem for problem in refused.value.problems)


def test_a_release_that_exists_stays(folder, tmp_path):
    run("chat/v1", folder, tmp_path)
    path = tmp_path / "releases" / "models" / "chat" / "v1" / "release.yaml"
    path.write_text("mine")
    result = run("chat/v1", folder, tmp_path)
    assert isinstance(result.exception, GateError)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "stray", "message"),
    [
        ("chat", None, r"name the new release MODEL/VERSION"),
        ("chat/latest", None, r"name the new release MODEL/VERSION"),
        ("../chat/v1", None, r"name the new release MODEL/VERSION"),
        ("chat/v1", "extra.pkl", r"extra.pkl: a pickle runs code when it is loaded"),
        ("chat/v1", "broken.safetensors", r"broken.safetensors: the header's length cannot be"),
    ],
)
def test_what_cannot_be_drafted_leaves_nothing_behind(folder, tmp_path, name, stray, message):
    if stray:
        (folder / stray).write_bytes(b"x")
    result = run(name, folder, tmp_path)
    with pytest.raises(GateError, match=message):
        raise result.exception
    assert not (tmp_path / "releases").exists()


def test_a_full_disk_leaves_nothing_behind(folder, tmp_path, monkeypatch):
    def full(_path, _text, **_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(GateError, match="the draft cannot be written:"):
        command_release_new.new_release("chat/v1", folder, command_release_new.date(2026, 11, 23), tmp_path)
    assert not (tmp_path / "releases").exists()
