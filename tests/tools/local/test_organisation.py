"""The records of the local run."""

from datetime import date

import yaml

from releases.load import load_releases
from releases.measured import GivenShare, measurement_notices
from runtime.loops.references import FolderReferences
from tools.local.layout import Layout
from tools.local.organisation import COMMITTED, DRIFT, REFERENCE, ROLLOUT, make

TODAY = date(2026, 11, 29)


def test_v1_is_the_committed_one_but_for_what_is_watched(tmp_path):
    made, committed = make(Layout(tmp_path), TODAY)["v1"].release, load_releases()["minilm"]["v1"].release
    assert made.drift.model_dump(exclude_unset=True, mode="json") == DRIFT
    assert made.model_copy(update={"drift": None}) == committed


def test_v2_is_the_same_files_with_a_rollout(tmp_path):
    made, committed = make(Layout(tmp_path), TODAY)["v2"].release, load_releases()["minilm"]["v1"].release
    assert made.artifact.digest == committed.artifact.digest
    assert made.rollout.model_dump(exclude_unset=True, mode="json") == ROLLOUT


def test_the_reference_of_the_signal_is_there(tmp_path):
    made = make(Layout(tmp_path), TODAY)["v1"].release
    (signal,) = made.drift.signals
    assert FolderReferences(Layout(tmp_path).references).read(signal.reference) == REFERENCE
    assert REFERENCE.total >= signal.minimum_samples


def test_the_candidate_was_measured_and_may_be_given_a_share(tmp_path):
    made = make(Layout(tmp_path), TODAY)
    assert list(measurement_notices(made["v2"], GivenShare(percent=10, is_candidate=True), TODAY)) == []


def test_nothing_of_an_earlier_run_is_left(tmp_path):
    make(Layout(tmp_path), TODAY)
    extra = tmp_path / "organisation" / "releases" / "models" / "minilm" / "v2" / "events" / "x.yaml"
    extra.write_text("kind: x")
    make(Layout(tmp_path), TODAY)
    assert not extra.exists()


def test_the_checkout_is_not_written(tmp_path):
    before = sorted((path, path.read_bytes()) for path in COMMITTED.rglob("*") if path.is_file())
    make(Layout(tmp_path), TODAY)
    assert before == sorted((path, path.read_bytes()) for path in COMMITTED.rglob("*") if path.is_file())


def test_its_events_name_its_own_record(tmp_path):
    made = make(Layout(tmp_path), TODAY)
    folder = tmp_path / "organisation" / "releases" / "models" / "minilm" / "v2" / "events"
    said = {path.name: yaml.safe_load(path.read_text())["record"] for path in folder.iterdir()}
    assert said == dict.fromkeys(
        ["2026-11-29-approval.yaml", "2026-11-29-evaluation.yaml", "2026-11-29-licence-review.yaml"],
        made["v2"].record_digest,
    )
