"""The proof of the embedding model's record, and of its evaluation, with the fetched parts replaced."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from gate.evaluate.verification import Check
from releases.load import load_releases
from tests.releases.records import record
from tools import embedding, evaluate_embedding, verify_embedding


def fail(_: object = None) -> None:
    raise subprocess.CalledProcessError(1, ["install"])


def test_weights_that_cannot_be_fetched_are_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_embedding, "fetch", fail)

    assert verify_embedding.main() == 2
    assert "returned non-zero exit status 1" in capsys.readouterr().err


def test_other_weights_than_the_recorded_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setattr(verify_embedding, "fetch", lambda _: tmp_path)
    monkeypatch.setattr(
        "gate.evaluate.verification._signature", lambda *_: Check("artifact.signature", "by us")
    )

    assert verify_embedding.main() == 1
    assert "minilm/v1: the files are NOT what was recorded" in capsys.readouterr().out


def test_the_pinned_package_is_the_one_the_record_names() -> None:
    pinned = embedding._REQUIREMENTS.read_text().split("--hash=")[1].strip()

    assert pinned in record()["origin"]["source"]


EVALUATION = load_releases()["minilm"]["v1"].release.evaluations[0]


def test_the_record_names_the_pairs_that_are_there() -> None:
    pairs = evaluate_embedding.PAIRS.read_bytes()
    assert f"sha256:{hashlib.sha256(pairs).hexdigest()}" == EVALUATION.dataset_digest
    assert EVALUATION.subject == evaluate_embedding.SUITE
    rows = [line.split("\t") for line in pairs.decode().splitlines()]
    assert rows[0] == ["score", "first", "second"]
    assert len(rows) == 61
    assert {row[0] for row in rows[1:]} == set("012345")
    assert len({sentence for row in rows[1:] for sentence in row[1:]}) == 120


def test_another_figure_other_pairs_and_a_broken_floor_are_said() -> None:
    pairs = evaluate_embedding.PAIRS.read_bytes()
    assert list(evaluate_embedding.contradictions(EVALUATION, EVALUATION.value + 0.0004, pairs)) == []
    said = list(evaluate_embedding.contradictions(EVALUATION, 0.79, pairs + b"\n"))
    assert [line.partition(" (got")[0].partition(" sha")[0] for line in said] == [
        "dataset_digest: the pairs have",
        "value: measured 0.7900",
        "value: measured 0.7900, beneath the floor of 0.8000",
    ]


@pytest.mark.parametrize(("value", "code"), [(0.8605, 0), (0.5, 1)])
def test_the_command_fails_where_the_record_is_not_true(
    monkeypatch: pytest.MonkeyPatch, value: float, code: int
) -> None:
    monkeypatch.setattr(evaluate_embedding, "measured", lambda: value)
    assert evaluate_embedding.main() == code


def test_what_cannot_be_measured_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_embedding, "measured", fail)
    assert evaluate_embedding.main() == 2
