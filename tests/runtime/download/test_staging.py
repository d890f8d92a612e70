"""What an earlier start left behind is taken up, and never trusted."""

import pytest

from runtime.download.listing import STAGING
from runtime.download.outcome import Outcome
from tests.runtime.download.conftest import BUCKET, FILES, PREFIX


def test_what_an_earlier_start_left_is_gone_on_with(store, fetch, tmp_path):
    digest = store.put(FILES)
    staging = tmp_path / "models" / STAGING
    staging.mkdir(parents=True)
    (staging / "weights.safetensors").write_bytes(FILES["weights.safetensors"][: 2**20 + 5])
    (staging / "config.json").write_bytes(FILES["config.json"])
    (staging / "of-another-model.bin").write_bytes(b"x")
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    assert events[0]["kept"] == 2**20 + 5 + 22
    assert [a for a in store.asked if "config.json" in a] == []
    assert f"GET /{BUCKET}/{PREFIX}weights.safetensors bytes=1048581-2097156" in store.asked


def test_a_beginning_that_is_not_the_objects_is_fetched_afresh(store, fetch, tmp_path):
    digest = store.put(FILES)
    staging = tmp_path / "models" / STAGING
    staging.mkdir(parents=True)
    (staging / "weights.safetensors").write_bytes(b"\x00" * 4096)
    outcome, events, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    assert [e["event"] for e in events] == ["listed", "afresh", "done"]


@pytest.mark.parametrize("moved_back", [[], ["config.json"]], ids=["all in place", "killed while moving"])
def test_a_second_start_verifies_and_fetches_nothing(store, fetch, tmp_path, moved_back):
    digest = store.put(FILES)
    fetch(digest)
    target = tmp_path / "models"
    for path in moved_back:
        (target / STAGING).mkdir()
        (target / path).rename(target / STAGING / path)
    store.asked.clear()
    outcome, _, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
    assert store.asked == [f"GET /{BUCKET} {PREFIX}"]


def test_files_that_were_changed_in_place_are_fetched_again(store, fetch, tmp_path):
    digest = store.put(FILES)
    fetch(digest)
    (tmp_path / "models" / "config.json").write_bytes(b'{"model_type": "EVIL"}')
    (tmp_path / "models" / "evil.py").symlink_to("/etc/passwd")
    outcome, _, found = fetch(digest)
    assert (outcome, found) == (Outcome.DONE, FILES)
