"""``slipway release new`` writes a draft that nothing accepts, or nothing at all."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from facts.explain import placeholders
from facts.strict_yaml import load
from gate.cli import release_new as command_release_new
from gate.cli.app import app
from gate.core.errors import GateError
from releases.load import ReleaseError, load_releases
from tests.gate.cli.organisation import files, organisation
from tests.gate.cli.organisation import run as slipway
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
    assert lines[-1] == (
        "then: slipway release review chat/v1 --evidence '...', and slipway release approve chat/v1 --evidence '...'"
    )
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
    with pytest.raises(GateError, match="nothing was written:"):
        command_release_new.new_release("chat/v1", folder, command_release_new.date(2026, 11, 23), tmp_path)
    assert not (tmp_path / "releases").exists()


def next_version(mine, folder, name="minilm/v2"):
    words = ("release", "new", name, folder, "--today=2026-12-01", "--who=me@acme.io", f"--from={mine}")
    code, out = slipway(*words)
    assert code == 0, out
    return (mine / "releases/models" / name / "release.yaml").read_text(), out


def test_a_next_version_begins_as_the_one_before(tmp_path):
    mine = organisation(tmp_path / "mine")
    text, out = next_version(mine, files(tmp_path / "files"))
    before = load((mine / "releases/models/minilm/v1/release.yaml").read_text(), "v1")
    data = load(text, "v2")
    assert [line.partition(":")[0] for line in placeholders(data)] == [
        "origin.revision",
        "origin.source",
        "origin.notes",
        "evaluations.0.value",
    ]
    for section in ("owner", "data", "bounds", "slo", "needs"):
        assert data[section] == before[section]
    assert (data["version"], data["artifact"]["uri"]) == ("v2", "s3://{model_bucket}/minilm-v2/")
    assert (data["artifact"]["parameters"], "signature" in data["artifact"]) == (4, False)
    assert (data["evaluations"][0]["by"], data["evaluations"][0]["floor"]) == ("me@acme.io", 0.8)
    assert (
        "  # Longer input is truncated to 256 word pieces: model card and sentence_bert_config.json.\n"
        in text
    )
    assert "# rollout:\n#   steps: [1, 10, 50, 100]\n" in text
    assert out.startswith("drafted releases/models/minilm/v2/release.yaml, which begins as v1\n")
    assert (
        "--- a/releases/models/minilm/v1/release.yaml\n+++ b/releases/models/minilm/v2/release.yaml\n" in out
    )


def test_the_newest_version_below_is_the_one_before_and_its_files_keep_their_signature(tmp_path):
    mine = organisation(tmp_path / "mine")
    folder = files(tmp_path / "files")
    next_version(mine, folder, "minilm/v10")
    record = mine / "releases/models/minilm/v10/release.yaml"
    record.write_text(
        record.read_text().replace("'CHANGEME: as measured on these files (v1: 0.8605)'", "0.9")
    )
    text = record.read_text()
    for line in placeholders(load(text, "v10")):
        field = line.partition(":")[0].partition(".")[2]
        start = text.index(f"  {field}: ")
        text = text[:start] + f"  {field}: said" + text[text.index("\n", start) :]
    record.write_text(text)
    text, out = next_version(mine, folder, "minilm/v11")
    assert "which begins as v10" in out
    assert list(placeholders(load(text, "v11"))) == []
    assert "value: 0.9\n" in text


def test_a_signature_of_the_same_files_is_taken_along(tmp_path, monkeypatch):
    mine = organisation(tmp_path / "mine")
    before = load((mine / "releases/models/minilm/v1/release.yaml").read_text(), "v1")
    monkeypatch.setattr(command_release_new, "has_same_files", lambda *_: True)
    monkeypatch.setattr("releases.next_version.has_same_files", lambda *_: True)
    text, _ = next_version(mine, files(tmp_path / "files"))
    assert load(text, "v2")["artifact"]["signature"] == before["artifact"]["signature"]
    assert (mine / "releases/models/minilm/v2/signature.json").read_bytes() == (
        mine / "releases/models/minilm/v1/signature.json"
    ).read_bytes()


def test_a_version_before_that_is_no_record_is_said(tmp_path):
    mine = organisation(tmp_path / "mine")
    (mine / "releases/models/minilm/v1/release.yaml").write_text("owner: CHANGEME\n")
    words = ("release", "new", "minilm/v2", files(tmp_path / "files"), "--today=2026-12-01", f"--from={mine}")
    code, out = slipway(*words)
    assert (code, out.splitlines()[0]) == (2, "no version can begin as the one before it:")
    assert not (mine / "releases/models/minilm/v2").exists()
